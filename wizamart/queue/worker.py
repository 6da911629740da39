"""Who works: a few threads of the process that claim rows (the embedded default), or a worker of RQ."""

import signal
import threading
from datetime import timedelta
from typing import cast

import structlog
from flask import Flask
from sqlalchemy.exc import DBAPIError

from wizamart import clock
from wizamart.config import Settings
from wizamart.database import db
from wizamart.queue import leases
from wizamart.queue.execution import execute
from wizamart.queue.extension import queue_state
from wizamart.queue.leases import LEASE
from wizamart.queue.schedules import Scheduler

log = structlog.get_logger(__name__)


class EmbeddedWorkers:
    """Threads that run tasks within this process; `poll` is the longest sleep in seconds."""

    def __init__(
        self,
        app: Flask,
        threads: int = 2,
        *,
        lease: timedelta = LEASE,
        poll: float = 1.0,
        with_scheduler: bool = True,
    ) -> None:
        self.app = app
        self.lease = lease
        self.poll = poll
        self._count = threads
        self._scheduler = Scheduler(app) if with_scheduler else None
        self._condition = threading.Condition()
        self._calls = 0
        self._stopping = False
        self._threads: list[threading.Thread] = []
        self._reported: set[tuple[str, str]] = set()

    def start(self) -> None:
        """Start the threads; starting twice changes nothing."""
        if self._threads:
            return
        self._stopping = False
        queue_state(self.app).add_waker(self._wake)
        targets = [self._work] * self._count + ([self._schedule] if self._scheduler else [])
        for number, target in enumerate(targets):
            thread = threading.Thread(target=target, name=f"queue-{number}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self, timeout: float | None = 30.0) -> None:
        """Let running tasks end, then the threads; what does not end in time is claimed again later."""
        queue_state(self.app).remove_waker(self._wake)
        with self._condition:
            self._stopping = True
            self._condition.notify_all()
        for thread in self._threads:
            thread.join(timeout)
        self._threads.clear()
        if self._scheduler is not None:
            self._scheduler.stop()

    @property
    def is_running(self) -> bool:
        """Whether all threads are alive."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def _wake(self, _task_ids: object) -> None:
        with self._condition:
            self._calls += 1
            self._condition.notify_all()

    def _work(self) -> None:
        while not self._stopping:
            calls = self._calls
            try:
                ran = self.run_next()
            except Exception as error:  # noqa: BLE001 - a worker outlives whatever fails in it
                self._report("queue_worker_error", error)
                ran = False
            if not ran:
                self._sleep(calls)

    def run_next(self) -> bool:
        """Run one task in the calling thread; False when none is due."""
        with self.app.app_context():
            claim = leases.claim(db.engine, now=clock.now(), lease=self.lease)
        self._reported.clear()  # the database answers: should it go away again, that is news
        if claim is None:
            return False
        execute(self.app, claim, lease=self.lease)
        return True

    def _report(self, event: str, error: Exception) -> None:
        """Log a fault in full; a database that is away or not migrated yet, which lasts, in one line and once."""
        if not isinstance(error, DBAPIError):
            log.warning(event, exc_info=error)
        elif (known := (event, str(error.orig))) not in self._reported:
            self._reported.add(known)
            log.warning(event, error=known[1])

    def _sleep(self, calls: int) -> None:
        with self._condition:
            self._condition.wait_for(lambda: self._stopping or self._calls != calls, timeout=self.poll)

    def _schedule(self) -> None:
        scheduler = self._scheduler
        while scheduler is not None and not self._stopping:
            try:
                scheduler.tick()
            except Exception as error:  # noqa: BLE001 - likewise
                self._report("scheduler_error", error)
            with self._condition:
                self._condition.wait_for(lambda: self._stopping, timeout=1.0)


def run_worker(app: Flask, *, with_scheduler: bool = True, burst: bool = False) -> None:
    """Work in this process until a signal ends it, or with `burst` until nothing is due.

    With a Redis URL this is a worker of RQ, else the embedded threads alone.
    """
    settings = cast("Settings", app.extensions["settings"])
    if settings.redis_url:
        from wizamart.queue.rq_bridge import run_rq_worker  # RQ is loaded only where there is a Redis

        run_rq_worker(app, settings.redis_url, with_scheduler=with_scheduler, burst=burst)
        return
    workers = EmbeddedWorkers(app, max(1, settings.embedded_workers), with_scheduler=with_scheduler)
    if burst:
        while workers.run_next():
            pass
        return
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    workers.start()
    ended.wait()
    workers.stop()
