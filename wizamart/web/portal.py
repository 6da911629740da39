"""What views that several frontends share ask of the request: where they are, for whom, and with which modules."""

from flask import g, request
from flask_login import current_user

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


def current_frontend() -> FrontendType:
    """Return the frontend of the view at work; the framework's own pages count as the admin's."""
    return frontend_of(request.endpoint, current_manager()) or FrontendType.ADMIN


def current_layout() -> str:
    """Return the layout of the frontend of the view at work."""
    return f"layouts/{current_frontend()}.html"


def current_vendor_id() -> int | None:
    """Return the id of the vendor whose pages these are, if any."""
    vendor = g.get("vendor")
    return vendor.id if vendor is not None else None


def wants_all_platforms() -> bool:
    """Tell whether a super admin asks for the rows of all platforms instead of this one's."""
    return bool(current_user.is_super_admin and request.args.get("scope") == "all")
