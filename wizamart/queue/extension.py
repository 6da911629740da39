"""What the queue keeps per application: whom to wake after a commit."""

import threading
from collections.abc import Callable, Sequence
from typing import cast

import structlog
from flask import Flask

from wizamart.config import Settings

log = structlog.get_logger(__name__)
Waker = Callable[[Sequence[int]], None]


class QueueState:
    """The wakers of one application; a waker that fails costs a second of waiting, never the commit."""

    def __init__(self) -> None:
        self._wakers: list[Waker] = []
        self._lock = threading.Lock()

    def add_waker(self, waker: Waker) -> None:
        """Call `waker(task_ids)` after each commit that has added due tasks."""
        with self._lock:
            self._wakers.append(waker)

    def remove_waker(self, waker: Waker) -> None:
        """Call it no longer; unknown ones are ignored."""
        with self._lock:
            if waker in self._wakers:
                self._wakers.remove(waker)

    def wake(self, task_ids: Sequence[int]) -> None:
        """Tell the workers that these tasks are there."""
        with self._lock:
            wakers = tuple(self._wakers)
        for waker in wakers:
            try:
                waker(task_ids)
            except Exception:
                log.warning("queue_waker_error", exc_info=True)


def queue_state(app: Flask) -> QueueState:
    """Return the application's state, made at the first call."""
    return cast("QueueState", app.extensions.setdefault("queue", QueueState()))


def init_app(app: Flask, settings: Settings) -> None:
    """Prepare the queue; with a Redis URL, what is enqueued here is pushed there."""
    state = queue_state(app)
    if settings.redis_url:
        from wizamart.queue.rq_bridge import Pusher  # RQ is loaded only where there is a Redis

        state.add_waker(Pusher(settings.redis_url))
