"""Health: checks run side by side under a deadline; one that hangs says so itself and delays nobody."""

import enum
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple, cast

import structlog
from flask import Flask, current_app
from werkzeug.local import LocalProxy

log = structlog.get_logger(__name__)

KEPT_SECONDS: Final = 1.0
DEFAULT_DEADLINE: Final = 2.0


class HealthStatus(enum.StrEnum):
    """How well something is."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True, slots=True)
class HealthResult:
    """What a check says; the message is for operators and is never shown to strangers."""

    status: HealthStatus = HealthStatus.HEALTHY
    message: str = ""


Check = Callable[[], Any]


class CheckReport(NamedTuple):
    """One check's name, verdict and duration."""

    name: str
    status: HealthStatus
    message: str
    milliseconds: float
    critical: bool


class HealthReport(NamedTuple):
    """The verdict over all checks."""

    status: HealthStatus
    checks: tuple[CheckReport, ...]

    def as_dict(self, *, with_details: bool) -> dict[str, Any]:
        """Return what `/health` answers; strangers get names and statuses only."""
        checks: list[dict[str, Any]] = []
        for check in self.checks:
            shown: dict[str, Any] = {"name": check.name, "status": check.status.value}
            if with_details:
                shown |= {
                    "message": check.message,
                    "milliseconds": check.milliseconds,
                    "critical": check.critical,
                }
            checks.append(shown)
        return {"status": self.status.value, "checks": checks}


class _Registered(NamedTuple):
    name: str
    check: Check
    critical: bool
    deadline: float


class _Run:
    """One run of one check in a thread of its own."""

    def __init__(self, app: Flask, registered: _Registered) -> None:
        self.registered = registered
        self.began = time.monotonic()
        self.seconds = 0.0
        self.result: HealthResult | None = None
        self._app = app
        self._thread = threading.Thread(target=self._run, name=f"health-{registered.name}", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether the check has answered, in time or not."""
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            with self._app.app_context():
                result = _as_result(self.registered.check())
        except Exception as error:
            log.warning("health_check_failed", check=self.registered.name, exc_info=True)
            result = HealthResult(HealthStatus.UNHEALTHY, f"{type(error).__name__}: {error}")
        self.seconds = time.monotonic() - self.began
        self.result = result

    def report(self) -> CheckReport:
        """Wait until the deadline at most and say what came out."""
        self._thread.join(max(0.0, self.began + self.registered.deadline - time.monotonic()))
        result, seconds = self.result, self.seconds
        if result is None:
            seconds = time.monotonic() - self.began
            result = HealthResult(HealthStatus.UNHEALTHY, f"no answer after {seconds:.1f} s")
        return CheckReport(
            name=self.registered.name,
            status=result.status,
            message=result.message,
            milliseconds=round(seconds * 1000, 1),
            critical=self.registered.critical,
        )


class HealthRegistry:
    """The checks of one application."""

    def __init__(self, app: Flask, *, kept_seconds: float = KEPT_SECONDS) -> None:
        self._app = app
        self._kept_seconds = kept_seconds
        self._checks: dict[str, _Registered] = {}
        self._hanging: dict[str, _Run] = {}
        self._lock = threading.Lock()
        self._report: HealthReport | None = None
        self._reported_at = float("-inf")

    def register(
        self, name: str, check: Check, *, critical: bool = False, deadline: float = DEFAULT_DEADLINE
    ) -> None:
        """Add a check, or replace the one of this name; it is called in an application context.

        It returns a `HealthResult`, a status, `(status, message)`, a mapping of both, a boolean, or None for
        healthy; or it raises.
        """
        with self._lock:
            self._checks[name] = _Registered(name, check, critical, deadline)
            self._reported_at = float("-inf")

    def unregister(self, name: str) -> None:
        """Ask this one no longer."""
        with self._lock:
            self._checks.pop(name, None)
            self._reported_at = float("-inf")

    def run(self) -> HealthReport:
        """Return the verdict, at most a second old; whoever asks meanwhile waits for the same run."""
        with self._lock:
            if self._report is None or time.monotonic() - self._reported_at >= self._kept_seconds:
                self._report = self._run_checks()
                self._reported_at = time.monotonic()
            return self._report

    @property
    def latest(self) -> HealthReport | None:
        """The last verdict, whatever its age, without asking anybody; None before the first."""
        return self._report

    def _run_checks(self) -> HealthReport:
        self._hanging = {name: run for name, run in self._hanging.items() if not run.is_over}
        # A check that still hangs is not started again: threads are bounded by the number of checks.
        runs = [
            self._hanging.get(registered.name) or _Run(self._app, registered)
            for registered in self._checks.values()
        ]
        reports = tuple(run.report() for run in runs)
        self._hanging |= {run.registered.name: run for run in runs if not run.is_over}
        return HealthReport(_verdict(reports), reports)


health_registry = cast("HealthRegistry", LocalProxy(lambda: current_app.extensions["health"]))
"""The checks of the application at work."""


def _verdict(reports: tuple[CheckReport, ...]) -> HealthStatus:
    if any(report.critical and report.status is HealthStatus.UNHEALTHY for report in reports):
        return HealthStatus.UNHEALTHY
    if any(report.status is not HealthStatus.HEALTHY for report in reports):
        return HealthStatus.DEGRADED
    return HealthStatus.HEALTHY


def _as_result(value: Any) -> HealthResult:
    if value is None or isinstance(value, HealthResult):
        return value or HealthResult()
    if isinstance(value, bool):
        return HealthResult(HealthStatus.HEALTHY if value else HealthStatus.UNHEALTHY)
    if isinstance(value, Mapping):
        return HealthResult(HealthStatus(value["status"]), str(value.get("message", "")))
    if isinstance(value, tuple):
        status, message = value
        return HealthResult(HealthStatus(status), str(message))
    return HealthResult(HealthStatus(value))
