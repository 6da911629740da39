"""RQ carries the ids of task rows to its workers; the row is the truth, Redis may lose everything."""

import threading
from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
import structlog
from flask import Flask
from redis import Redis
from rq import Queue, Worker
from rq.exceptions import DuplicateJobError
from rq.job import Job

from wizamart import clock
from wizamart.database import db
from wizamart.queue import leases
from wizamart.queue.execution import run_task
from wizamart.queue.models import Task
from wizamart.queue.registry import TASKS
from wizamart.queue.schedules import Scheduler

log = structlog.get_logger(__name__)

QUEUE_NAME: Final = "wizamart"
SWEEP_SIZE: Final = 200
# The defaults leave the job of a worker that was killed unnoticed for minutes.
WORKER_TTL: Final = 35
MAINTENANCE_INTERVAL: Final = 5
MONITORING_INTERVAL: Final = 5

_app: Flask | None = None


def run_pushed_task(task_id: int) -> str | None:
    """Run the row an RQ job names; called in the worker's forked child."""
    if _app is None:
        raise RuntimeError("this job belongs into a process started by `wizamart worker`")
    with _app.app_context():
        db.engine.dispose(close=False)  # the parent's connections are not the child's
    return run_task(_app, task_id)


class Pusher:
    """Pushes ids of tasks to RQ."""

    def __init__(self, redis_url: str) -> None:
        self.redis = Redis.from_url(redis_url, socket_connect_timeout=2, socket_timeout=5)
        self.queue = Queue(QUEUE_NAME, connection=self.redis)

    def __call__(self, task_ids: Sequence[int]) -> None:
        """Push tasks that were just committed."""
        for task_id in task_ids:
            self.push(task_id)

    def push(self, task_id: int, *, attempts: int = 0, name: str | None = None) -> bool:
        """Push one id; False when that attempt is in Redis already."""
        definition = TASKS.get(name) if name else None
        timeout = int(definition.timeout if definition else 3600) + 10
        try:
            self.queue.enqueue(
                run_pushed_task,
                task_id,
                job_id=f"task-{task_id}-{attempts}",
                job_timeout=timeout,
                result_ttl=0,
                failure_ttl=60,
                unique=True,
            )
        except DuplicateJobError:
            return False
        return True


def sweep(app: Flask, pusher: Pusher) -> int:
    """Push again what is due and not in Redis: retries, lost pushes, tasks of workers that died."""
    statement = (
        sa.select(Task.id, Task.attempts, Task.name)
        .where(leases.claimable(clock.now()))
        .order_by(Task.run_at, Task.id)
        .limit(SWEEP_SIZE)
    )
    with app.app_context(), db.engine.connect() as connection:
        rows = connection.execute(statement).all()
    return sum(pusher.push(row.id, attempts=row.attempts, name=row.name) for row in rows)


class Housekeeping:
    """A thread of the worker that sweeps and schedules; `lock` is held while it uses the database."""

    def __init__(self, app: Flask, pusher: Pusher, *, with_scheduler: bool, interval: float = 1.0) -> None:
        self.lock = threading.Lock()
        self.interval = interval
        self._app = app
        self._pusher = pusher
        self._scheduler = Scheduler(app) if with_scheduler else None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="queue-housekeeping", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End after the current round."""
        self._stopping.set()
        self._thread.join()
        if self._scheduler is not None:
            self._scheduler.stop()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self.lock:
                    if self._scheduler is not None:
                        self._scheduler.tick()
                    sweep(self._app, self._pusher)
            except Exception:
                log.warning("queue_housekeeping_error", exc_info=True)
            self._stopping.wait(self.interval)


class TaskWorker(Worker):
    """An RQ worker that never forks amid a round of housekeeping, whose locks the child would keep."""

    housekeeping: Housekeeping | None = None

    def fork_work_horse(self, job: Job, queue: Queue) -> None:
        """Fork while the other thread rests."""
        if self.housekeeping is None:
            super().fork_work_horse(job, queue)
            return
        with self.housekeeping.lock:
            super().fork_work_horse(job, queue)


def run_rq_worker(app: Flask, redis_url: str, *, with_scheduler: bool, burst: bool) -> bool:
    """Work until told to stop, or with `burst` until nothing is left; say whether any task was run."""
    global _app  # noqa: PLW0603 - RQ calls a plain function in a forked child
    _app = app
    pusher = Pusher(redis_url)
    housekeeping = Housekeeping(app, pusher, with_scheduler=with_scheduler)
    worker = TaskWorker(
        [QUEUE_NAME],
        connection=Redis.from_url(redis_url),
        worker_ttl=WORKER_TTL,
        maintenance_interval=MAINTENANCE_INTERVAL,
        job_monitoring_interval=MONITORING_INTERVAL,
        log_job_description=False,
    )
    worker.housekeeping = housekeeping
    if burst:
        sweep(app, pusher)
    else:
        housekeeping.start()
    try:
        return bool(worker.work(burst=burst))
    finally:
        if not burst:
            housekeeping.stop()
