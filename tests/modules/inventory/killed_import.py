"""A worker of imports that is killed again and again: `python -m tests.modules.inventory.killed_import URL IMPORT …`.

The parent forks workers, which do the import's tasks one by one and name each that has succeeded through a pipe. After
one the parent kills the worker, in the middle of whatever it does then, looks whether what was named holds, lets
the lease of the broken task run out, and forks the next. At the end a last worker is left in peace.
"""

import os
import random
import select
import signal
import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from modules.inventory.services.import_service import CATALOGUE_FILES
from tests.bench.world import settings_for
from wizamart import clock, imports
from wizamart.app import Wizamart, create_app
from wizamart.database import db, immediate_connection, unit_of_work
from wizamart.imports import steps
from wizamart.platforms import scoped
from wizamart.queue import Task, TaskStatus, run_task

STEPS_APART = 1
NUMBER_BYTES = 8


def main(url: str, import_id: int, platform_id: int, vendor_id: int, kills: int) -> int:
    """Have a file read and brought in, killing so many workers during each; returns 0 if all they named was there."""
    steps.READ_LINES = 30  # type: ignore[misc] - more steps to be killed at
    steps.BATCH_UNITS = 15  # type: ignore[misc] - likewise
    dice = random.Random(kills)  # noqa: S311 - chooses moments, guards nothing
    with TemporaryDirectory() as folder:
        app = create_app(settings_for(url, Path(folder)))
        is_kept = _are_all_kept(app, dice, kills)
        _work(app, None)
        with app.app_context(), unit_of_work() as session, scoped(session, platform_id, vendor_id):
            row = imports.get_import(session, CATALOGUE_FILES, import_id, vendor_id=vendor_id)
            imports.start_applying(
                session, CATALOGUE_FILES, row, is_all_or_nothing=False, locale="en", at=clock.now()
            )
        is_kept &= _are_all_kept(app, dice, kills)
        _work(app, None)
    return 0 if is_kept else 1


def _are_all_kept(app: Wizamart, dice: random.Random, kills: int) -> bool:
    """Let workers work and kill them; tell whether each had begun, and all that they acknowledged holds."""
    for _kill in range(kills):
        named = _killed_worker(app, dice)
        _let_leases_run_out(app)
        if not named or not _all_succeeded(app, named):
            return False
    return True


def _killed_worker(app: Wizamart, dice: random.Random) -> list[int]:
    """Fork a worker, kill it, and return the tasks that it has named."""
    with app.app_context():
        db.engine.dispose()
    reading, writing = os.pipe()
    worker = os.fork()
    if not worker:
        os.close(reading)
        try:
            _work(app, writing)
        finally:
            os._exit(0)
    os.close(writing)
    named = []
    while len(named) < STEPS_APART and (told := os.read(reading, NUMBER_BYTES)):
        named.append(int.from_bytes(told))
    select.select([], [], [], dice.random() / 25)  # some way into the next step
    os.kill(worker, signal.SIGKILL)
    os.waitpid(worker, 0)
    while told := os.read(reading, NUMBER_BYTES):
        named.append(int.from_bytes(told))
    os.close(reading)
    return named


def _work(app: Wizamart, pipe: int | None) -> None:
    while (task_id := _next_task(app)) is not None:
        if run_task(app, task_id) == TaskStatus.SUCCEEDED and pipe is not None:
            os.write(pipe, task_id.to_bytes(NUMBER_BYTES))


def _next_task(app: Wizamart) -> int | None:
    waiting = sa.select(Task.id).where(Task.status == TaskStatus.QUEUED, Task.name.startswith("inventory."))
    broken = sa.select(Task.id).where(Task.status == TaskStatus.RUNNING, Task.lease_until < clock.now())
    with app.app_context(), unit_of_work(read_only=True) as session:
        return session.scalars(broken).first() or session.scalars(waiting.order_by(Task.id)).first()


def _all_succeeded(app: Wizamart, named: list[int]) -> bool:
    query = sa.select(sa.func.count()).where(Task.id.in_(named), Task.status == TaskStatus.SUCCEEDED)
    with app.app_context(), unit_of_work(read_only=True) as session:
        return session.scalar(query) == len(named)


def _let_leases_run_out(app: Wizamart) -> None:
    past = clock.now() - timedelta(seconds=1)
    with app.app_context(), immediate_connection(db.engine) as connection:
        connection.execute(sa.update(Task).where(Task.status == TaskStatus.RUNNING).values(lease_until=past))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
