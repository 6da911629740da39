"""What core's views ask of the request."""

from flask import current_app, g, request

from wizamart.exceptions import NotFound
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.state import ModuleState
from wizamart.observability.health import HealthRegistry
from wizamart.permissions import NO_GRANTS
from wizamart.web.access import current_state, frontend_of


def get_state() -> ModuleState:
    """Return the state of the platform's modules.

    :raises NotFound: when the address leads to no platform.
    """
    state = current_state()
    if state is None:
        raise NotFound
    return state


def permissions() -> frozenset[str]:
    """Return what the person may do here."""
    granted: frozenset[str] = g.get("grants", NO_GRANTS).permissions
    return granted


def frontend() -> FrontendType:
    """Return the frontend of the view at work."""
    return frontend_of(request.endpoint, current_manager()) or FrontendType.ADMIN


def layout() -> str:
    """Return the layout of the frontend of the view at work."""
    return f"layouts/{frontend()}.html"


def vendor_id() -> int | None:
    """Return the id of the vendor whose pages these are, if any."""
    vendor = g.get("vendor")
    return vendor.id if vendor is not None else None


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
