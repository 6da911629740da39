"""Background tasks as operators see them: of all platforms, newest first, secrets left out."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart import audit, queue
from wizamart.logging import scrub
from wizamart.platforms import Platform
from wizamart.queue import Task, TaskStatus

RUNNING_SHOWN: Final = 10
PLATFORMS_SHOWN: Final = 200
FRAMEWORK: Final = "framework"


@dataclass(frozen=True, slots=True)
class RunningTask:
    """A task at work, with its progress as fresh as this process knows it."""

    id: int
    name: str
    percent: int
    note: str | None


def select_tasks() -> Any:
    """Return the statement of all tasks with the code of their platform."""
    return sa.select(Task, Platform.code).outerjoin(Platform, Platform.id == Task.platform_id)


def of_module(code: str) -> sa.ColumnElement[bool]:
    """Return the condition that a task belongs to this module, or to the framework."""
    return Task.module_code.is_(None) if code == FRAMEWORK else Task.module_code == code


def list_platforms(session: Session) -> list[tuple[int, str]]:
    """Return the platforms' ids and codes, for a filter."""
    query = sa.select(Platform.id, Platform.code).order_by(Platform.code).limit(PLATFORMS_SHOWN)
    return [(row.id, row.code) for row in session.execute(query)]


def list_running(session: Session) -> list[RunningTask]:
    """Return the tasks at work, those that began first."""
    query = (
        sa.select(Task)
        .where(Task.status == TaskStatus.RUNNING)
        .order_by(Task.started_at, Task.id)
        .limit(RUNNING_SHOWN)
    )
    found = []
    for task in session.scalars(query):
        percent, note = queue.progress_of(task)
        found.append(RunningTask(task.id, task.name, percent, note))
    return found


def get_task(session: Session, task_id: int) -> tuple[Task, str | None]:
    """Return a task and the code of its platform.

    :raises TaskNotFound: when there is none, or it was purged.
    """
    row = session.execute(select_tasks().where(Task.id == task_id)).first()
    if row is None:
        raise queue.TaskNotFound
    return row[0], row[1]


def list_children(session: Session, task_id: int) -> Sequence[Task]:
    """Return the tasks that a task has asked for, at most fifty."""
    query = sa.select(Task).where(Task.parent_id == task_id).order_by(Task.id.desc()).limit(50)
    return session.scalars(query).all()


def written(value: Any) -> str:
    """Return a payload or a result as text for a page, without the secrets in it."""
    return json.dumps(scrub(value), indent=2, ensure_ascii=False, default=str)


def written_trace(task: Task) -> str:
    """Return a task's error without what looks like a secret in it."""
    return str(scrub(task.error)) if task.error else ""


def retry(session: Session, task_id: int, *, actor_id: int, at: datetime) -> Task:
    """Let a task run again, and say in the trail who wanted it.

    :raises TaskStateRefuses: when it runs, or has succeeded.
    """
    task, _platform = get_task(session, task_id)
    before = task.status
    queue.retry_task(session, task, at=at)
    _record(session, "queue.task.retry", task, before=before, actor_id=actor_id, at=at)
    return task


def cancel(session: Session, task_id: int, *, actor_id: int, at: datetime) -> Task:
    """Cancel a task, and say in the trail who wanted it; cancelling a cancelled one changes nothing.

    :raises TaskStateRefuses: when it is finished.
    """
    task, _platform = get_task(session, task_id)
    before = task.status
    queue.cancel(session, task, at=at)
    if before != task.status:
        _record(session, "queue.task.cancel", task, before=before, actor_id=actor_id, at=at)
    return task


def count_dead(session: Session, _platform_id: int, _vendor_id: int | None) -> int | None:
    """Return how many tasks wait for a person, for the badge of the menu."""
    query = sa.select(sa.func.count()).select_from(Task).where(Task.status == TaskStatus.DEAD)
    return session.scalar(query) or None


def _record(session: Session, action: str, task: Task, *, before: str, actor_id: int, at: datetime) -> None:
    audit.record(
        session,
        action=action,
        target=f"task:{task.id}",
        actor_id=actor_id,
        platform_id=task.platform_id,
        before={"status": before},
        after={"status": task.status},
        note=task.name,
        at=at,
    )
