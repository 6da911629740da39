"""What the views of analytics ask of the request: portal, vendor, and the report that its address describes."""

from __future__ import annotations  # so that naming a type of a service does not load it

from datetime import date
from typing import NamedTuple
from zoneinfo import ZoneInfo

from flask import request

from modules.analytics.schemas import period as periods
from modules.analytics.schemas.period import Choice, Preset
from modules.analytics.services import report_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import NotFound
from wizamart.module_system.definition import FrontendType
from wizamart.platform_context import current_platform
from wizamart.web.portal import current_frontend, current_vendor_id, get_state


class Asked(NamedTuple):
    """A report and what it was asked for with; `vendor_name` is set where an admin looks at one vendor."""

    choice: Choice
    report: report_service.SalesReport
    vendor_id: int | None
    vendor_name: str | None
    arguments: dict[str, str]


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
    own = current_vendor_id()
    if own is not None:
        return own, None
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
    if current_frontend() is FrontendType.ADMIN and vendor_id is not None:
        arguments["vendor"] = str(vendor_id)
    if currency != current_platform.currency:
        arguments["currency"] = currency
    return arguments
