"""Counts beside core's own menu entries."""

from flask import current_app
from sqlalchemy.orm import Session

from wizamart.observability.health import HealthRegistry, HealthStatus


def count_unwell(_session: Session, _platform_id: int, _vendor_id: int | None) -> int:
    """Return how many modules were not healthy when they were last asked."""
    health: HealthRegistry = current_app.extensions["health"]
    report = health.latest
    checks = report.checks if report is not None else ()
    return sum(
        check.status is not HealthStatus.HEALTHY and check.name.startswith("module:") for check in checks
    )
