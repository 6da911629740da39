"""Schedules: what runs again and again, when it last did, and when it will."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart.queue import SCHEDULES, Task
from wizamart.queue.registry import Schedule, module_code_of

_TICK = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class ScheduleRow:
    """One schedule; `module_code` is None for the framework's, `last` for one that has never run or was purged."""

    name: str
    module_code: str | None
    per_platform: bool
    interval: timedelta
    next_at: datetime
    last: Task | None


def list_schedules(session: Session, *, at: datetime) -> list[ScheduleRow]:
    """Return all schedules, the next to run first; one query finds the last runs."""
    last = _last_runs(session, list(SCHEDULES))
    rows = [_row(schedule, last.get(name), at) for name, schedule in SCHEDULES.items()]
    return sorted(rows, key=lambda row: (row.next_at, row.name))


def _row(schedule: Schedule, last: Task | None, at: datetime) -> ScheduleRow:
    """Work out the next time: a cadence knows the one at or before a moment, and two of them give the step."""
    latest = schedule.cadence(at)
    interval = latest - schedule.cadence(latest - _TICK)
    return ScheduleRow(
        name=schedule.name,
        module_code=module_code_of(schedule.name),
        per_platform=schedule.per_platform,
        interval=interval,
        next_at=latest + interval,
        last=last,
    )


def _last_runs(session: Session, names: list[str]) -> dict[str, Task]:
    newest = sa.select(sa.func.max(Task.id)).where(Task.name.in_(names)).group_by(Task.name)
    return {task.name: task for task in session.scalars(sa.select(Task).where(Task.id.in_(newest)))}
