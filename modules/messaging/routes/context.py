"""What the views of messaging ask of the request."""

from flask import g, request

from wizamart.exceptions import NotFound
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.state import ModuleState
from wizamart.web.access import current_state, frontend_of


def get_state() -> ModuleState:
    """Return the state of the platform's modules.

    :raises NotFound: when the address leads to no platform.
    """
    state = current_state()
    if state is None:
        raise NotFound
    return state


def portal() -> FrontendType:
    """Return the portal of the view at work."""
    return frontend_of(request.endpoint, current_manager()) or FrontendType.ADMIN


def layout() -> str:
    """Return the layout of the portal of the view at work."""
    return f"layouts/{portal()}.html"


def vendor_id() -> int | None:
    """Return the id of the vendor whose portal this is, if any."""
    vendor = g.get("vendor")
    return vendor.id if vendor is not None else None
