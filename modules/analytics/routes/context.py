"""What the views of analytics ask of the request: portal, vendor, and the report that its address describes."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from flask import g, request

from modules.analytics.schemas import period as periods
from modules.analytics.schemas.period import Choice, Preset
from modules.analytics.services import report_service
from modules.analytics.services.report_service import SalesReport
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import NotFound
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.state import ModuleState
from wizamart.platform_context import current_platform
from wizamart.web.access import current_state, frontend_of


@dataclass(frozen=True, slots=True)
class Asked:
    """A report and what it was asked for with; `vendor_name` is set where an admin looks at one vendor."""

    choice: Choice
    report: SalesReport
    vendor_id: int | None
    vendor_name: str | None
    arguments: dict[str, str]


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


def today() -> date:
    """Return the day it is on the platform."""
    return clock.now().astimezone(ZoneInfo(current_platform.time_zone)).date()


def ask() -> Asked:
    """Return the report that the address of the request describes.

    :raises VendorNotHere: when an admin asks for a vendor that does not sell here.
    """
    choice = periods.choose(request.args, today=today())
    vendor_id, vendor_name = _vendor()
    report = report_service.build_report(
        db.session(),
        get_state(),
        choice,
        vendor_id=vendor_id,
        currency=request.args.get("currency", "").upper(),
        platform_currency=current_platform.currency,
    )
    return Asked(choice, report, vendor_id, vendor_name, _arguments(choice, vendor_id, report.currency))


def _vendor() -> tuple[int | None, str | None]:
    own = g.get("vendor")
    if own is not None:
        return own.id, None
    asked = request.args.get("vendor", "")
    if not asked:
        return None, None
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):  # noqa: PLR2004 - no id is that long
        raise NotFound
    return int(asked), report_service.get_vendor_name(
        db.session(), int(asked), platform_id=current_platform.id
    )


def _arguments(choice: Choice, vendor_id: int | None, currency: str) -> dict[str, str]:
    """Return the query string that leads to the same report."""
    arguments = {"period": str(choice.preset)}
    if choice.preset is Preset.CUSTOM:
        arguments |= {"from": choice.period.start.isoformat(), "until": choice.period.end.isoformat()}
    if portal() is FrontendType.ADMIN and vendor_id is not None:
        arguments["vendor"] = str(vendor_id)
    if currency != current_platform.currency:
        arguments["currency"] = currency
    return arguments
