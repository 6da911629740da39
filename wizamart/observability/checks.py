"""The framework's own health checks: the database and the queue."""

from datetime import timedelta
from typing import Final, cast

import sqlalchemy as sa
from flask import current_app

from wizamart import clock
from wizamart.config import Settings
from wizamart.database import db, unit_of_work
from wizamart.observability.health import HealthResult, HealthStatus
from wizamart.queue import TaskStatus, count_tasks_by_status, oldest_waiting_age

LONGEST_WAIT: Final = timedelta(minutes=5)


def check_database() -> HealthResult:
    """Say whether the database answers."""
    with db.engine.connect() as connection:
        connection.execute(sa.text("SELECT 1"))
    return HealthResult(message=db.engine.dialect.name)


def check_queue() -> HealthResult:
    """Say who works on tasks, and whether any wait too long or need a person."""
    settings = cast("Settings", current_app.extensions["settings"])
    with unit_of_work(read_only=True) as session:
        counts = count_tasks_by_status(session)
        waiting = oldest_waiting_age(session, at=clock.now())
    backend = "RQ" if settings.redis_url else f"embedded, {settings.embedded_workers} threads"
    dead = counts[TaskStatus.DEAD]
    message = (
        f"{backend}; {counts[TaskStatus.QUEUED]} queued, {dead} dead, {counts[TaskStatus.PARKED]} parked"
    )
    if waiting > LONGEST_WAIT:
        return HealthResult(HealthStatus.DEGRADED, f"{message}; the oldest waits for {waiting}")
    return HealthResult(HealthStatus.DEGRADED if dead else HealthStatus.HEALTHY, message)
