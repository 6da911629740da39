"""Running one task: in its own transaction, scope and locale, with a lease kept and an outcome written."""

import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
import structlog
from blinker import signal
from flask import Flask
from flask_babel import force_locale
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from wizamart import clock
from wizamart.database import db, unit_of_work
from wizamart.platforms import Scope, enter_scope
from wizamart.queue import leases
from wizamart.queue.leases import LEASE, Claim
from wizamart.queue.models import Task, TaskStatus
from wizamart.queue.registry import TASKS, GiveUp, TaskContext, TaskDefinition, TaskStopped, is_open

log = structlog.get_logger(__name__)

LONGEST_ERROR: Final = 20_000
task_finished = signal("wizamart.task_finished")
"""Sent as (app, name=, outcome=, seconds=) after each attempt."""

_unwritten_progress: dict[int, tuple[int, str | None]] = {}


class _Attempt(NamedTuple):
    """One try at a task, with what its row said when it began."""

    claim: Claim
    row: sa.Row[Any]
    definition: TaskDefinition
    lease: timedelta
    ends: float


def progress_of(task: Task) -> tuple[int, str | None]:
    """Return a task's percentage and note, as fresh as this process knows them."""
    return _unwritten_progress.get(task.id, (task.progress, task.progress_note))


def run_task(app: Flask, task_id: int, *, lease: timedelta = LEASE) -> str | None:
    """Claim the task and run it; None when it is not due, done, or another worker's."""
    with app.app_context():
        claim = leases.claim(db.engine, now=clock.now(), lease=lease, task_id=task_id)
    return execute(app, claim, lease=lease) if claim is not None else None


def execute(app: Flask, claim: Claim, *, lease: timedelta = LEASE) -> str:
    """Run a claimed task and return the outcome: succeeded, failed, dead, parked or stopped."""
    started = time.monotonic()
    with app.app_context():
        with db.engine.connect() as connection:
            row = connection.execute(sa.select(Task.__table__).where(Task.id == claim.task_id)).one()
        fields = {"task": row.name, "task_id": row.id, "platform_id": row.platform_id}
        with structlog.contextvars.bound_contextvars(**fields):
            outcome = _attempt(claim, row, lease)
            seconds = time.monotonic() - started
            log.info("task_finished", outcome=outcome, attempt=row.attempts, seconds=round(seconds, 3))
        task_finished.send(app, name=row.name, payload=row.payload, outcome=outcome, seconds=seconds)
    return outcome


def _attempt(claim: Claim, row: sa.Row[Any], lease: timedelta) -> str:
    try:
        definition = TASKS.get(row.name)
        if definition is None:
            return _park(claim, row, f"No code here knows the task {row.name!r}.")
        if not is_open(row.platform_id, row.module_code):
            return _park(claim, row, None)
        attempt = _Attempt(claim, row, definition, lease, time.monotonic() + definition.timeout)
        with _kept_lease(db.engine, attempt):
            _perform(attempt)
    except TaskStopped as stopped:
        return _handle_stop(claim, row, stopped)
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever a task raises is its outcome
        return _record_failure(claim, row, error)
    else:
        return TaskStatus.SUCCEEDED
    finally:
        _unwritten_progress.pop(claim.task_id, None)


def _perform(attempt: _Attempt) -> None:
    """Call the task's function and mark it done in the same transaction: both hold, or neither.

    A task with transactions of its own is marked in one more.
    """
    row = attempt.row
    with ExitStack() as stack:
        if row.locale:
            stack.enter_context(force_locale(row.locale))
        session = db.session()
        if not attempt.definition.own_transactions:
            stack.enter_context(unit_of_work())
        if row.platform_id is not None:
            enter_scope(session, Scope(row.platform_id, row.vendor_id))
        context = TaskContext(
            session=session,
            task_id=row.id,
            platform_id=row.platform_id,
            vendor_id=row.vendor_id,
            user_id=row.user_id,
            locale=row.locale,
            attempt=row.attempts,
            report=lambda percent, note: _report(session, attempt, percent, note),
        )
        result = attempt.definition.function(context, **row.payload)
        if attempt.definition.own_transactions:
            session.rollback()  # what was read last must not stand in the way of the mark
            stack.enter_context(unit_of_work())
        session.flush()  # a failing write is the task's failure, not that of the mark below
        _mark_succeeded(session, attempt, result)


def _mark_succeeded(session: Session, attempt: _Attempt, result: Any) -> None:
    marked = session.execute(
        sa.update(Task)
        .where(leases.held(attempt.claim))
        .values(
            status=TaskStatus.SUCCEEDED,
            progress=100,
            result=result,
            error=None,
            finished_at=clock.now(),
            lease_until=None,
        )
        .returning(Task.id)
        .execution_options(synchronize_session=False)
    ).first()
    if marked is None:
        raise TaskStopped("the claim was lost before the end")


def _report(session: Session, attempt: _Attempt, percent: int, note: str | None) -> None:
    if time.monotonic() > attempt.ends:
        raise TaskStopped("out of time")
    note = note[:255] if note else None
    if db.engine.dialect.name == "sqlite" and session.in_transaction():
        # This task holds the only write lock there is; a second transaction would wait for its end.
        _unwritten_progress[attempt.claim.task_id] = (percent, note)
    elif not leases.write_if_held(db.engine, attempt.claim, progress=percent, progress_note=note):
        raise TaskStopped("cancelled, or taken over by another worker")


@contextmanager
def _kept_lease(engine: Engine, attempt: _Attempt) -> Iterator[None]:
    """Renew the lease from a thread until the block ends or the task is out of time."""
    done = threading.Event()
    keeper = threading.Thread(target=_keep, args=(engine, attempt, done), name="lease-keeper", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        done.set()
        keeper.join()


def _keep(engine: Engine, attempt: _Attempt, done: threading.Event) -> None:
    while not done.wait(attempt.lease.total_seconds() / 3):
        if time.monotonic() > attempt.ends:
            return  # the lease runs out, and what the task still does is rolled back at its end
        try:
            if not leases.write_if_held(engine, attempt.claim, lease_until=clock.now() + attempt.lease):
                return
        except OperationalError:
            # On SQLite the task itself may hold the write lock; then nobody can take the lease either.
            log.debug("lease_not_renewed", exc_info=True)


def _park(claim: Claim, row: sa.Row[Any], reason: str | None) -> str:
    """Set the task aside until its module is back; the attempt does not count."""
    leases.write_if_held(
        db.engine, claim, status=TaskStatus.PARKED, attempts=row.attempts - 1, error=reason, lease_until=None
    )
    return TaskStatus.PARKED


def _handle_stop(claim: Claim, row: sa.Row[Any], stopped: TaskStopped) -> str:
    """Record a failure if the claim still holds (out of time); a lost claim is no longer ours to write."""
    with db.engine.connect() as connection:
        still_held = connection.execute(sa.select(Task.id).where(leases.held(claim))).first() is not None
    if still_held:
        return _record_failure(claim, row, stopped)
    log.info("task_stopped", reason=str(stopped))
    return "stopped"


def _record_failure(claim: Claim, row: sa.Row[Any], error: BaseException) -> str:
    text = "".join(traceback.format_exception(error))[-LONGEST_ERROR:]
    now = clock.now()
    definition = TASKS.get(row.name)
    dead = isinstance(error, GiveUp) or definition is None or row.attempts >= row.max_attempts
    if dead or definition is None:
        values: dict[str, Any] = {"status": TaskStatus.DEAD, "finished_at": now}
    else:
        wait = timedelta(seconds=definition.back_off(row.attempts))
        values = {"status": TaskStatus.FAILED, "run_at": now + wait}
    log.warning("task_failed", attempt=row.attempts, dead=dead, exc_info=error)
    if not leases.write_if_held(db.engine, claim, error=text, lease_until=None, **values):
        return "stopped"
    return str(values["status"])
