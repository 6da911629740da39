"""What analytics gives to the dashboards."""

from __future__ import annotations  # so that naming a type of a service does not load it

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import url_for
from sqlalchemy.orm import Session

from modules.analytics.schemas import period as periods
from modules.analytics.services import aggregation_service, report_service, source_service
from modules.core.schemas.dashboard import DashboardCard
from wizamart import clock
from wizamart.i18n import format_money, format_percent, gettext as _, ngettext
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.platforms import Platform, scoped


@contributes("core.dashboard_card", order=10)
def show_sales(
    session: Session, *, platform_id: int, vendor_id: int | None, frontend: FrontendType
) -> DashboardCard | None:
    """Show the sales of the last 30 days, if anything on this platform sells."""
    state = current_manager().state_of(session, platform_id)
    if not source_service.list_sources(state):
        return None
    platform = session.get_one(Platform, platform_id)
    today = clock.now().astimezone(ZoneInfo(platform.time_zone)).date()
    report = report_service.build_report(
        session,
        state,
        periods.choose({}, today=today),
        vendor_id=vendor_id,
        currency=platform.currency,
        platform_currency=platform.currency,
    )
    return DashboardCard(
        title=_("Sales of the last 30 days"),
        value=format_money(report.total.gross, report.currency),
        icon="chart-line",
        url=url_for(f"analytics_{frontend}.sales_report"),
        permission="analytics:report:read",
        detail=_detail(report),
        trend=[line.figures.gross for line in report.lines],
    )


@contributes("framework.demo", order=90)
def compute_in_demo(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:  # noqa: ARG001 - the hook's arguments
    """Compute the sales that other modules have made up, once."""
    state = current_manager().state_of(session, platform_id)
    platform = session.get_one(Platform, platform_id)
    today = at.astimezone(ZoneInfo(platform.time_zone)).date()
    with scoped(session, platform_id):
        if aggregation_service.find_coverage(session) is None:
            period = aggregation_service.period_due(None, days=1, today=today)
            aggregation_service.rebuild(
                session, state, period=period, today=today, at=at, report=lambda _percent, _note: None
            )


def _detail(report: report_service.SalesReport) -> str:
    orders = ngettext("%(num)d order", "%(num)d orders", report.total.orders)
    change = report.change("gross")
    if change is None:
        return orders
    sign = "+" if change > 0 else ""
    compared = _(
        "%(change)s compared with the 30 days before", change=f"{sign}{format_percent(round(change, 3))}"
    )
    return f"{orders} · {compared}"
