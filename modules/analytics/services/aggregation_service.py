"""Computing sales ahead into daily tables; doing it again gives the same."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.analytics.models.daily_sales import DailySales, SalesCoverage
from modules.analytics.schemas.period import Period
from modules.analytics.services import source_service
from modules.analytics.services.source_service import SourceDay
from wizamart.module_system.state import ModuleState
from wizamart.platforms import list_vendors, scoped

PLATFORM_KEY: Final = 0
FIRST_REBUILD: Final = timedelta(days=2 * 366)
Report = Callable[[int, str | None], None]


def find_coverage(session: Session) -> SalesCoverage | None:
    """Return which days were computed, if any."""
    return session.scalar(sa.select(SalesCoverage))


def period_due(coverage: SalesCoverage | None, *, days: int, today: date) -> Period:
    """Return what the nightly run computes: the latest days and what is missing, or two years at first."""
    if coverage is None:
        return Period(today - FIRST_REBUILD, today)
    recent = today - timedelta(days=days - 1)
    return Period(min(recent, coverage.last_day + timedelta(days=1)), today)


def rebuild(
    session: Session, state: ModuleState, *, period: Period, today: date, at: datetime, report: Report
) -> int:
    """Compute the days of a period anew, for the platform and for each of its vendors; returns the rows written.

    The running day is written too, but does not count as covered: pages ask for it live.

    :raises Exception: what a source raises; then nothing of the run stays.
    """
    vendors = [vendor_id for vendor_id, _name in list_vendors(session, state.platform_id)]
    written = 0
    _delete(session, period)
    for number, vendor_id in enumerate([None, *vendors]):
        days = source_service.demand_days(session, state, vendor_id=vendor_id, period=period)
        session.add_all(_build_row(day, vendor_id) for day in days)
        written += len(days)
        report(100 * (number + 1) // (len(vendors) + 1), None)
    _cover(session, period, today=today, at=at)
    return written


def _delete(session: Session, period: Period) -> None:
    statement = sa.delete(DailySales).where(DailySales.day.between(period.start, period.end))
    session.execute(statement.execution_options(synchronize_session=False))


def _build_row(day: SourceDay, vendor_id: int | None) -> DailySales:
    values: dict[str, Any] = {
        "orders": day.figures.orders,
        "units": day.figures.units,
        "gross_minor": day.figures.gross,
    }
    return DailySales(
        vendor_id=vendor_id,
        vendor_key=vendor_id or PLATFORM_KEY,
        day=day.day,
        currency=day.currency,
        source=day.source,
        **values,
    )


def _cover(session: Session, period: Period, *, today: date, at: datetime) -> None:
    """Note which days are covered; a gap between old and new coverage would hide days, so then the new one stands."""
    last = min(period.end, today - timedelta(days=1))
    row = find_coverage(session)
    if row is None:
        row = SalesCoverage(first_day=period.start, last_day=last)
        session.add(row)
    elif period.start > row.last_day + timedelta(days=1) or last < row.first_day - timedelta(days=1):
        row.first_day, row.last_day = period.start, last
    else:
        row.first_day, row.last_day = min(row.first_day, period.start), max(row.last_day, last)
    row.refreshed_at = at


def count_days(session: Session, platform_id: int) -> int:
    """Return how many rows of a platform were computed."""
    with scoped(session, platform_id):
        return session.scalar(sa.select(sa.func.count(DailySales.id))) or 0
