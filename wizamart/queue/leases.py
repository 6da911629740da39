"""Leases: who works on what until when; one that runs out is anybody's again, so a crash loses nothing."""

import os
import socket
import uuid
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from wizamart.database import immediate_connection, upsert_into
from wizamart.queue.models import WAITING, Lease, Task, TaskStatus

LEASE: Final = timedelta(seconds=60)
CRASHED: Final = "The worker disappeared during the last permitted attempt."


class Claim(NamedTuple):
    """A task that this process may run; `token` proves it when the outcome is written."""

    task_id: int
    token: str


def new_token() -> str:
    """Return a name for one holder of a lease: host, process, and a part that never repeats."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


def claimable(now: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of a task that anybody may take."""
    return sa.or_(
        sa.and_(Task.status.in_(WAITING), Task.run_at <= now),
        sa.and_(Task.status == TaskStatus.RUNNING, Task.lease_until < now),
    )


def claim(
    engine: Engine, *, now: datetime, lease: timedelta = LEASE, task_id: int | None = None
) -> Claim | None:
    """Take one task that is due, the given one or the one due longest, and count the attempt.

    A task whose worker disappeared in its last attempt is not tried again: it would take the next one down too.
    """
    due = sa.select(Task.id, Task.attempts, Task.max_attempts).where(claimable(now))
    if task_id is not None:
        due = due.where(Task.id == task_id)
    due = due.order_by(Task.run_at, Task.id).limit(1)
    with engine.connect() as connection:
        if connection.execute(due).first() is None:
            return None  # an idle worker must not take SQLite's only write lock every second
    with immediate_connection(engine) as connection:
        row = connection.execute(due.with_for_update(skip_locked=True)).first()
        if row is None:
            return None
        if row.attempts >= row.max_attempts:
            values: dict[str, Any] = {"status": TaskStatus.DEAD, "finished_at": now, "error": CRASHED}
            connection.execute(sa.update(Task).where(Task.id == row.id).values(**values))
            return None
        token = new_token()
        connection.execute(
            sa.update(Task)
            .where(Task.id == row.id)
            .values(
                status=TaskStatus.RUNNING,
                attempts=row.attempts + 1,
                started_at=now,
                lease_until=now + lease,
                leased_by=token,
                progress=0,
                progress_note=None,
            )
        )
    return Claim(row.id, token)


def held(claim: Claim) -> sa.ColumnElement[bool]:
    """Return the condition that this claim still holds."""
    return sa.and_(Task.id == claim.task_id, Task.leased_by == claim.token, Task.status == TaskStatus.RUNNING)


def write_if_held(engine: Engine, claim: Claim, **values: Any) -> bool:
    """Change a claimed task in a transaction of its own; False when the claim is lost."""
    statement = sa.update(Task).where(held(claim)).values(**values).returning(Task.id)
    with immediate_connection(engine) as connection:
        return connection.execute(statement).first() is not None


def acquire(engine: Engine, name: str, *, owner: str, now: datetime, duration: timedelta) -> bool:
    """Take or renew the lease `name` if it is free, has run out or is the owner's already."""
    with engine.connect() as connection:
        row = connection.execute(sa.select(Lease.owner, Lease.until).where(Lease.name == name)).first()
    if row is not None and row.owner != owner and row.until >= now:
        return False
    statement = (
        upsert_into(Lease, engine)
        .values(name=name, owner=owner, until=now + duration)
        .on_conflict_do_update(
            index_elements=[Lease.name],
            set_={"owner": owner, "until": now + duration},
            where=sa.or_(Lease.owner == owner, Lease.until < now),
        )
        .returning(Lease.name)
    )
    with immediate_connection(engine) as connection:
        return connection.execute(statement).first() is not None


def release(engine: Engine, name: str, *, owner: str) -> None:
    """Give the lease back early, so that another need not wait for its end."""
    with immediate_connection(engine) as connection:
        connection.execute(sa.delete(Lease).where(Lease.name == name, Lease.owner == owner))
