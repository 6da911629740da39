"""The figures of a report for spreadsheets."""

from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision
from flask import Response

from modules.analytics.routes.blueprints import admin, vendor
from modules.analytics.routes.context import ask
from modules.analytics.services import report_service
from wizamart.database import db
from wizamart.i18n import lazy_gettext as _
from wizamart.permissions import requires
from wizamart.web.exports import export_rows
from wizamart.web.portal import get_state
from wizamart.web.tables import Column


@admin.get("/analytics/sales.csv")
@vendor.get("/analytics/sales.csv")
@requires("analytics:report:read")
def sales_export() -> Response:
    """Return the lines of the report: days, or months where the period is long."""
    report = ask().report
    first = Column("day", _("Month from") if report.is_monthly else _("Day"), value=lambda line: line.day)
    return export_rows("sales", [first, *_figures(report.currency)], report.lines)


@admin.get("/analytics/vendors.csv")
@requires("analytics:report:read")
def vendor_export() -> Response:
    """Return what each vendor sold in the period."""
    asked = ask()
    lines = report_service.list_by_vendor(
        db.session(), get_state(), asked.choice.period, currency=asked.report.currency
    )
    first = Column("name", _("Vendor"), value=lambda line: line.name)
    return export_rows("vendors", [first, *_figures(asked.report.currency)], lines)


def _figures(currency: str) -> list[Column]:
    """Return the columns of numbers; amounts are in major units, exact."""
    places = get_currency_precision(currency)

    def amount(line: Any) -> Decimal:
        return Decimal(line.figures.gross).scaleb(-places)

    return [
        Column("orders", _("Orders"), value=lambda line: line.figures.orders),
        Column("units", _("Units sold"), value=lambda line: line.figures.units),
        Column("gross", _("Gross sales"), value=amount),
        Column("currency", _("Currency"), value=lambda _line: currency),
    ]
