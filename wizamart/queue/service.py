"""Asking for work, and what a person may do with it: cancel, retry, unpark."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from flask import current_app
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wizamart import clock
from wizamart.database import after_commit
from wizamart.exceptions import NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _
from wizamart.queue.models import FINISHED, WAITING, Task, TaskStatus
from wizamart.queue.registry import TASKS, module_code_of


class TaskNotFound(NotFound):
    """No such task, or it was purged."""

    code = "queue.task_not_found"
    message = _("There is no such task.")


class TaskStateRefuses(RuleViolation):
    """What is done cannot be cancelled, what runs cannot be retried."""

    code = "queue.task_state_refuses"
    message = _("This cannot be done with a task in its current state.")


def enqueue(
    session: Session,
    name: str,
    payload: dict[str, Any] | None = None,
    *,
    platform_id: int | None = None,
    vendor_id: int | None = None,
    user_id: int | None = None,
    locale: str | None = None,
    key: str | None = None,
    run_at: datetime | None = None,
    max_attempts: int | None = None,
    parent_id: int | None = None,
) -> Task:
    """Add a task to the current transaction; workers are woken once it has committed.

    With a `key` that a task already has, that task is returned and nothing is added.
    """
    if key is not None and (known := find_task_by_key(session, key)) is not None:
        return known
    definition = TASKS.get(name)
    moment = clock.now()
    task = Task(
        name=name,
        module_code=module_code_of(name),
        platform_id=platform_id,
        vendor_id=vendor_id,
        user_id=user_id,
        locale=locale,
        payload=payload or {},
        key=key,
        status=TaskStatus.QUEUED,
        max_attempts=max_attempts or (definition.max_attempts if definition else 5),
        run_at=run_at or moment,
        created_at=moment,
        parent_id=parent_id,
    )
    added = _add(session, task)
    if added is task and task.run_at <= moment:
        _wake_after_commit(session, [task.id])
    return added


def _add(session: Session, task: Task) -> Task:
    """Write a task, or return the one that another transaction has given its key meanwhile."""
    if task.key is None:
        session.add(task)
        session.flush()  # whoever is woken is told the id
        return task
    try:
        with session.begin_nested():
            session.add(task)
    except IntegrityError:
        known = find_task_by_key(session, task.key)
        if known is None:
            raise
        return known
    return task


def _wake_after_commit(session: Session, task_ids: Sequence[int]) -> None:
    state = current_app.extensions.get("queue")
    if state is not None and task_ids:
        after_commit(session, lambda: state.wake(task_ids))


def find_task_by_key(session: Session, key: str) -> Task | None:
    """Return the task with this key, if there is one."""
    return session.scalar(sa.select(Task).where(Task.key == key))


def get_task(session: Session, task_id: int, *, platform_id: int | None = None) -> Task:
    """Return a task, of this platform if one is given.

    :raises TaskNotFound: when there is none.
    """
    task = session.get(Task, task_id)
    if task is None or (platform_id is not None and task.platform_id != platform_id):
        raise TaskNotFound
    return task


def has_stopped(session: Session, task_id: int) -> bool:
    """Tell whether a task has failed for good, was cancelled, or is not there any more."""
    return bool(list_stopped(session, {task_id}))


def list_stopped(session: Session, task_ids: Collection[int]) -> set[int]:
    """Return those of the ids whose tasks have failed for good, were cancelled, or are not there any more."""
    going_on = sa.select(Task.id).where(
        Task.id.in_(task_ids), Task.status.not_in([TaskStatus.DEAD, TaskStatus.CANCELLED])
    )
    return set(task_ids) - set(session.scalars(going_on))


def list_tasks(
    session: Session,
    *,
    platform_id: int | None = None,
    status: str | None = None,
    module_code: str | None = None,
    name: str | None = None,
    before_id: int | None = None,
    limit: int = 100,
) -> Sequence[Task]:
    """Return tasks, newest first; with `before_id` those that are older than that one."""
    wanted = {"platform_id": platform_id, "status": status, "module_code": module_code, "name": name}
    filters = {column: value for column, value in wanted.items() if value is not None}
    statement = sa.select(Task).filter_by(**filters).order_by(Task.id.desc()).limit(limit)
    if before_id is not None:
        statement = statement.where(Task.id < before_id)
    return session.scalars(statement).all()


def count_tasks_by_status(session: Session, *, platform_id: int | None = None) -> dict[str, int]:
    """Return how many tasks stand where; every status is there, with 0 if need be."""
    statement = sa.select(Task.status, sa.func.count()).group_by(Task.status)
    if platform_id is not None:
        statement = statement.where(Task.platform_id == platform_id)
    counted = {status: count for status, count in session.execute(statement)}  # noqa: C416 - a Row is no tuple
    return {status.value: counted.get(status.value, 0) for status in TaskStatus}


def cancel(session: Session, task: Task, *, at: datetime) -> Task:
    """Cancel a task; one that runs is stopped at its next word of progress, and its work rolled back.

    :raises TaskStateRefuses: when it is finished already.
    """
    if task.status == TaskStatus.CANCELLED:
        return task
    _change(session, task, refused=FINISHED, status=TaskStatus.CANCELLED, finished_at=at, lease_until=None)
    return task


def retry_task(session: Session, task: Task, *, at: datetime) -> Task:
    """Give a dead, cancelled, failed or parked task its attempts back and run it now.

    :raises TaskStateRefuses: when it runs, or has succeeded.
    """
    _change(
        session,
        task,
        refused=(TaskStatus.RUNNING, TaskStatus.SUCCEEDED),
        status=TaskStatus.QUEUED,
        attempts=0,
        run_at=at,
        error=None,
        finished_at=None,
        lease_until=None,
        leased_by=None,
    )
    _wake_after_commit(session, [task.id])
    return task


def _change(session: Session, task: Task, *, refused: Iterable[TaskStatus], **values: Any) -> None:
    """Change the row only if its status allows it now: a worker may have moved it since it was read."""
    changed = session.execute(
        sa.update(Task)
        .where(Task.id == task.id, Task.status.not_in(list(refused)))
        .values(**values)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.refresh(task)
    if not changed:
        raise TaskStateRefuses(status=task.status)


def unpark(session: Session, platform_id: int, module_codes: Iterable[str]) -> int:
    """Let the parked tasks of these modules go on; returns how many."""
    statement = (
        sa.update(Task)
        .where(
            Task.platform_id == platform_id,
            Task.module_code.in_(list(module_codes)),
            Task.status == TaskStatus.PARKED,
        )
        .values(status=TaskStatus.QUEUED, error=None)
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    task_ids = list(session.scalars(statement))
    _wake_after_commit(session, task_ids)
    return len(task_ids)


def purge_tasks(session: Session, *, before: datetime) -> int:
    """Delete what finished before then; dead tasks stay until a person has dealt with them."""
    statement = (
        sa.delete(Task)
        .where(
            Task.status.in_([TaskStatus.SUCCEEDED, TaskStatus.CANCELLED]),
            Task.finished_at < before,
        )
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    )
    return len(session.scalars(statement).all())


def oldest_waiting_age(session: Session, *, at: datetime) -> timedelta:
    """Return how long the most overdue task has been waiting for a worker."""
    oldest = session.scalar(sa.select(sa.func.min(Task.run_at)).where(Task.status.in_(WAITING)))
    return max(at - oldest, timedelta(0)) if oldest is not None else timedelta(0)
