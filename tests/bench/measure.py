"""Measuring in pairs: ours and plain alternate, so that what else the machine does hits both alike."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from werkzeug.test import EnvironBuilder, run_wsgi_app

Clock = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two medians in seconds."""

    ours: float
    plain: float

    @property
    def ratio(self) -> float:
        return self.ours / self.plain


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table; `is_met` is None where nothing is wanted of it."""

    figure: str
    ours: str
    plain: str
    ratio: float | None
    wanted: str
    is_met: bool | None


def compare(
    ours: Callable[[], object],
    plain: Callable[[], object],
    *,
    pairs: int,
    warm_up: int = 10,
    clock: Clock = time.process_time,
) -> Pair:
    """Return the medians of two calls that alternate; who goes first alternates as well.

    The default clock counts this process's CPU time, for a busy neighbour must not decide; what waits for a disk is
    measured with `time.perf_counter`.
    """
    for _ in range(warm_up):
        ours()
        plain()
    taken: tuple[list[float], list[float]] = ([], [])
    calls = (ours, plain)
    for number in range(pairs):
        for who in (0, 1) if number % 2 else (1, 0):
            began = clock()
            calls[who]()
            taken[who].append(clock() - began)
    return Pair(statistics.median(taken[0]), statistics.median(taken[1]))


class Caller:
    """A request made ready, so that sending it again costs the client next to nothing."""

    def __init__(self, app: Any, path: str, *, expect: int = 200, **request: Any) -> None:
        self.app = app
        self.expect = expect
        self.environ = EnvironBuilder(path=path, **request).get_environ()
        self.body = self.environ["wsgi.input"].read()

    def __call__(self) -> bytes:
        """Send it, and return the body of the answer."""
        environ = self.environ | {"wsgi.input": BytesIO(self.body)}
        chunks, status, _headers = run_wsgi_app(self.app, environ, buffered=True)
        body = b"".join(chunks)
        if not status.startswith(str(self.expect)):
            raise AssertionError(f"{self.environ['PATH_INFO']}: {status}: {body[:500]!r}")
        return body


def as_time(seconds: float) -> str:
    return f"{seconds * 1e6:.2f} µs" if seconds < 1e-4 else f"{seconds * 1e3:.2f} ms"


def row_of(figure: str, pair: Pair, *, at_most: float) -> Row:
    """Return the line of a pair of which ours may take so many times as long as the plain one."""
    return Row(
        figure, as_time(pair.ours), as_time(pair.plain), pair.ratio, f"≤ {at_most:g}", pair.ratio <= at_most
    )
