"""The tasks and schedules that code has declared, and the gate that says whether a module may run them."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final, NamedTuple, TypeVar

from sqlalchemy.orm import Session

from wizamart.database import unit_of_work
from wizamart.queue.cadence import Cadence, parse_cadence

FRAMEWORK: Final = "framework"
TaskFunction = Callable[..., Any]
F = TypeVar("F", bound=TaskFunction)


class GiveUp(Exception):
    """A task raises this when another attempt cannot help: it is dead at once."""


class TaskStopped(Exception):
    """The task was cancelled, ran out of time or lost its lease; what it did is rolled back."""


@dataclass(frozen=True, slots=True)
class TaskContext:
    """What a task may know of where it runs; everything it writes through `session` commits with its success."""

    session: Session
    task_id: int
    platform_id: int | None
    vendor_id: int | None
    user_id: int | None
    locale: str | None
    attempt: int
    report: Callable[[int, str | None], None]

    def progress(self, percent: int, note: str | None = None) -> None:
        """Tell the pages how far this is, in a transaction of its own.

        :raises TaskStopped: when the task was cancelled, is over its time or belongs to another worker by now.
        """
        self.report(max(0, min(100, percent)), note)


def exponential_back_off(attempt: int) -> float:
    """Return the seconds before the next attempt: 2, 4, 8 … up to an hour, half of it by chance."""
    longest = float(min(3600, 2**attempt))
    return longest / 2 + random.uniform(0, longest / 2)  # noqa: S311 - spreads retries, guards nothing


class TaskDefinition(NamedTuple):
    """A declared task; `timeout` is in seconds."""

    name: str
    function: TaskFunction
    max_attempts: int
    timeout: float
    back_off: Callable[[int], float]
    own_transactions: bool = False


class Schedule(NamedTuple):
    """A task that runs again and again, for every platform with its module on or once for the installation."""

    name: str
    cadence: Cadence
    per_platform: bool


class TaskNameError(RuntimeError):
    """Two functions claim the same task name: a fault of the program."""


TASKS: dict[str, TaskDefinition] = {}
SCHEDULES: dict[str, Schedule] = {}


def task(
    name: str,
    *,
    max_attempts: int = 5,
    timeout: float = 600.0,
    back_off: Callable[[int], float] = exponential_back_off,
    own_transactions: bool = False,
) -> Callable[[F], F]:
    """Register `def f(context, **payload)` under `name`, which begins with its module's package and a dot.

    With `own_transactions` the function opens every `unit_of_work` itself and holds none while it asks somebody over
    the network; what it wrote stays written when it fails, so it must be able to begin again.
    """

    def register(function: F) -> F:
        known = TASKS.get(name)
        if known is not None and not _is_same(known.function, function):
            raise TaskNameError(name)
        TASKS[name] = TaskDefinition(name, function, max_attempts, timeout, back_off, own_transactions)
        return function

    return register


def schedule(name: str, *, every: timedelta | str, per_platform: bool = True) -> Callable[[F], F]:
    """Run the task `name` again and again; registers the function as that task unless `@task` already has.

    :param every: a timedelta, "hourly at :15", "daily at 03:00" or "weekly on monday at 03:00"; times are UTC.
    """
    cadence = parse_cadence(every)

    def register(function: F) -> F:
        if name not in TASKS:
            task(name)(function)
        SCHEDULES[name] = Schedule(name, cadence, per_platform)
        return function

    return register


def _is_same(known: TaskFunction, new: TaskFunction) -> bool:
    """Say whether a module was merely loaded again."""
    return (known.__module__, known.__qualname__) == (new.__module__, new.__qualname__)


def module_code_of(name: str) -> str | None:
    """Return the code of the module a task belongs to; None for the framework's own."""
    package = name.partition(".")[0]
    return None if package == FRAMEWORK else package.replace("_", "-")


_gate: Callable[[int, str], bool] = lambda _platform_id, _module_code: True  # noqa: E731 - the open gate
_platform_source: Callable[[], Iterable[int]] | None = None


def set_module_gate(gate: Callable[[int, str], bool]) -> None:
    """Ask `gate(platform_id, module_code)` before a module's task starts; called in an application context."""
    global _gate  # noqa: PLW0603 - set once by the composition root
    _gate = gate


def set_platform_source(source: Callable[[], Iterable[int]] | None) -> None:
    """List by `source()` the platforms that schedules run for; without one, all active platforms."""
    global _platform_source  # noqa: PLW0603 - set once by the composition root
    _platform_source = source


def is_open(platform_id: int | None, module_code: str | None) -> bool:
    """Say whether a module's task may run there; the framework's and the installation's always may."""
    if platform_id is None or module_code is None:
        return True
    # What the gate reads must not leave a reading transaction open that the task would then try to write in.
    with unit_of_work(read_only=True):
        return _gate(platform_id, module_code)


def listed_platforms() -> Iterable[int] | None:
    """Return what the platform source lists, or None where there is no source."""
    return _platform_source() if _platform_source is not None else None
