"""The scheduler: one at a time by a lease, and each occurrence once by the key of its task."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
import structlog
from flask import Flask
from sqlalchemy.orm import Session

from wizamart import clock
from wizamart.database import db, unit_of_work
from wizamart.platforms import Platform, PlatformStatus
from wizamart.queue import leases
from wizamart.queue.models import Task, TaskStatus
from wizamart.queue.registry import SCHEDULES, TASKS, Schedule, is_open, listed_platforms, module_code_of
from wizamart.queue.service import enqueue, unpark

log = structlog.get_logger(__name__)

LEASE_NAME: Final = "scheduler"
LEASE_DURATION: Final = timedelta(seconds=15)
PARKED_REVIEW: Final = timedelta(seconds=30)


class Scheduler:
    """Enqueues what is due; call `tick` about once a second from any number of processes."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.owner = leases.new_token()
        self._leading_until: datetime | None = None
        self._seen: dict[str, datetime] = {}
        self._parked_reviewed_at: datetime | None = None

    def tick(self, now: datetime | None = None) -> int:
        """Enqueue what has become due if this is the leading scheduler; return how many tasks were due."""
        now = now or clock.now()
        with self.app.app_context():
            if not self._leads(now):
                return 0
            self._review_parked(now)
            due = {name: schedule.cadence(now) for name, schedule in list(SCHEDULES.items())}
            due = {name: moment for name, moment in due.items() if self._seen.get(name) != moment}
            if not due:
                return 0
            with unit_of_work() as session:
                count = sum(_enqueue_occurrence(session, SCHEDULES[name], due[name]) for name in sorted(due))
            self._seen.update(due)
            return count

    def stop(self) -> None:
        """Let another lead at once."""
        if self._leading_until is not None:
            with self.app.app_context():
                leases.release(db.engine, LEASE_NAME, owner=self.owner)
            self._leading_until = None

    def _leads(self, now: datetime) -> bool:
        if self._leading_until is not None and now < self._leading_until - LEASE_DURATION * 2 / 3:
            return True
        leading = leases.acquire(db.engine, LEASE_NAME, owner=self.owner, now=now, duration=LEASE_DURATION)
        self._leading_until = now + LEASE_DURATION if leading else None
        return leading

    def _review_parked(self, now: datetime) -> None:
        """Unpark what a toggle in the very moment of parking has missed."""
        if self._parked_reviewed_at is not None and now < self._parked_reviewed_at + PARKED_REVIEW:
            return
        self._parked_reviewed_at = now
        statement = sa.select(Task.platform_id, Task.module_code, Task.name).distinct()
        with db.engine.connect() as connection:
            parked = connection.execute(statement.where(Task.status == TaskStatus.PARKED)).all()
        back = {
            (row.platform_id, row.module_code)
            for row in parked
            if row.name in TASKS and is_open(row.platform_id, row.module_code)
        }
        for platform_id, module_code in back:
            if platform_id is not None and module_code is not None:
                with unit_of_work() as session:
                    unpark(session, platform_id, [module_code])


def _enqueue_occurrence(session: Session, schedule: Schedule, moment: datetime) -> int:
    """Enqueue one occurrence for all whom it concerns; a key makes a second scheduler's try do nothing."""
    module_code = module_code_of(schedule.name)
    platforms: Iterable[int | None] = _platform_ids(session) if schedule.per_platform else (None,)
    count = 0
    for platform_id in platforms:
        if is_open(platform_id, module_code):
            place = platform_id if platform_id is not None else "all"
            key = f"schedule:{schedule.name}:{place}:{moment.isoformat()}"
            enqueue(session, schedule.name, platform_id=platform_id, key=key)
            count += 1
    return count


def _platform_ids(session: Session) -> Iterable[int]:
    listed = listed_platforms()
    if listed is not None:
        return listed
    return session.scalars(sa.select(Platform.id).where(Platform.status == PlatformStatus.ACTIVE)).all()
