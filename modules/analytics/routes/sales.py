"""The report of sales."""

from collections.abc import Sequence
from typing import Any

from flask import render_template, url_for

from modules.analytics.routes.blueprints import admin, vendor
from modules.analytics.routes.context import Asked, ask
from modules.analytics.routes.refreshing import find_running
from modules.analytics.schemas.period import PRESET_LABELS, Preset
from modules.analytics.services import report_service, source_service
from wizamart.database import db
from wizamart.i18n import format_date, format_money, format_number, format_percent, gettext as _, ngettext
from wizamart.module_system.definition import FrontendType
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.portal import current_frontend, current_layout, get_state


@admin.get("/analytics/sales")
@vendor.get("/analytics/sales")
@requires("analytics:report:read")
def sales_report() -> str:
    """Show what was sold day by day, beside the period before."""
    is_admin = current_frontend() is FrontendType.ADMIN
    if not source_service.list_sources(get_state()):
        return render_template("analytics/admin/sales_empty.html", is_admin=is_admin, layout=current_layout())
    asked = ask()
    vendors: Sequence[Any] = ()
    if is_admin and asked.vendor_id is None:
        vendors = report_service.list_by_vendor(
            db.session(), get_state(), asked.choice.period, currency=asked.report.currency
        )
    return render_template(
        "analytics/admin/sales_report.html",
        asked=asked,
        report=asked.report,
        lines=_lines(asked),
        numbers=_numbers(asked),
        presets=_presets(asked),
        vendors=vendors,
        is_admin=is_admin,
        running=find_running(current_platform.id) if is_admin else None,
        layout=current_layout(),
    )


def _lines(asked: Asked) -> list[dict[str, Any]]:
    """Return the lines of the table, and the label each has in the chart."""
    report = asked.report
    return [
        {
            "day": line.day,
            "label": format_date(line.day, "LLL yy" if report.is_monthly else "d MMM"),
            "heading": format_date(line.day, "LLL yyyy" if report.is_monthly else "EEE d MMM"),
            "figures": line.figures,
            "amount": format_money(line.figures.gross, report.currency),
        }
        for line in report.lines
    ]


def _numbers(asked: Asked) -> list[dict[str, Any]]:
    """Return the numbers above the chart with how they have changed."""
    report = asked.report
    shown = (
        ("gross", _("Gross sales"), format_money(report.total.gross, report.currency)),
        ("orders", _("Orders"), format_number(report.total.orders)),
        ("units", _("Units sold"), format_number(report.total.units)),
        ("average", _("Average order"), format_money(report.total.average, report.currency)),
    )
    return [{"label": label, "value": value, **_change(asked, name)} for name, label, value in shown]


def _change(asked: Asked, name: str) -> dict[str, str]:
    change = asked.report.change(name)
    if change is None:
        return {"trend": _("Nothing to compare with"), "tone": ""}
    written = f"{'+' if change > 0 else ''}{format_percent(round(change, 3))}"
    if asked.choice.preset is Preset.YEAR:
        text = _("%(change)s compared with the same days last year", change=written)
    else:
        text = ngettext(
            "%(change)s compared with the day before",
            "%(change)s compared with the %(num)d days before",
            asked.choice.compared.length,
            change=written,
        )
    return {"trend": text, "tone": "good" if change > 0 else "bad" if change < 0 else ""}


def _presets(asked: Asked) -> list[tuple[str, str, bool]]:
    kept = {name: text for name, text in asked.arguments.items() if name in {"vendor", "currency"}}
    return [
        (
            str(label),
            url_for(".sales_report", period=str(preset), **_any(kept)),
            preset is asked.choice.preset,
        )
        for preset, label in PRESET_LABELS.items()
        if preset is not Preset.CUSTOM
    ]


def _any(arguments: dict[str, str]) -> dict[str, Any]:
    """Return arguments of an address as `url_for` is typed to take them."""
    return dict(arguments)
