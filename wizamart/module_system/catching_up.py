"""Catching up: what happened while a module was off is looked at once it is on again.

A module that was switched off leaves a task (`on_disable`), which the queue parks until then. One whose package was
gone, that was blocked or lacked another module hears of nothing, neither before nor after: so it also looks every hour
at what happened since it last looked, and the first look after such a time covers all of it.
"""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart import clock
from wizamart.database import db
from wizamart.queue import Task, TaskStatus, enqueue

MARGIN: Final = timedelta(hours=1)  # a request that began before the switch may have written after it


def ask(task: str, platform_id: int) -> None:
    """Leave the task that catches up from now on; it takes `since` (ISO 8601) and `after`, the last id it has seen.

    The queue parks what belongs to a module that is off; asking now and not later costs a switch on nothing.
    """
    go_on(db.session(), task, platform_id=platform_id, since=clock.now() - MARGIN)


def go_on(session: Session, task: str, *, platform_id: int, since: datetime, after: int = 0) -> None:
    """Leave the task for what comes after an id."""
    enqueue(session, task, {"since": since.isoformat(), "after": after}, platform_id=platform_id)


def last_look(session: Session, schedule: str, *, platform_id: int, at: datetime) -> datetime:
    """Return from when on a scheduled look has to look: from its last one that succeeded; the first begins now."""
    looks = sa.select(sa.func.max(Task.started_at)).where(
        Task.name == schedule, Task.platform_id == platform_id, Task.status == TaskStatus.SUCCEEDED
    )
    return (session.scalar(looks) or at) - MARGIN
