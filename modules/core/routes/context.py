"""What core's views ask of the request."""

from flask import current_app, g

from wizamart.observability.health import HealthRegistry
from wizamart.permissions import NO_GRANTS


def permissions() -> frozenset[str]:
    """Return what the person may do here."""
    granted: frozenset[str] = g.get("grants", NO_GRANTS).permissions
    return granted


def known_health() -> dict[str, str]:
    """Return the modules' last known health by code, without asking anybody anew."""
    health: HealthRegistry = current_app.extensions["health"]
    report = health.latest
    checks = report.checks if report is not None else ()
    return {
        check.name.removeprefix("module:"): check.status.value
        for check in checks
        if check.name.startswith("module:")
    }
