"""Reports of sales: computed days from the tables, the rest live from the sources."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.analytics.exceptions import VendorNotHere
from modules.analytics.models.daily_sales import DailySales, SalesCoverage
from modules.analytics.schemas.period import Choice, Period
from modules.analytics.schemas.sales import Figures, change_of, total_of
from modules.analytics.services import aggregation_service, source_service
from modules.analytics.services.aggregation_service import PLATFORM_KEY
from wizamart.module_system.state import ModuleState
from wizamart.platforms import Vendor, sells_on

DayLine = tuple[date, str, Figures]


@dataclass(frozen=True, slots=True)
class Line:
    """One day of a report, or one month of a long one (its first day within the period)."""

    day: date
    figures: Figures


@dataclass(frozen=True, slots=True)
class SalesReport:
    """Sales of a period in one currency, beside the period before."""

    currency: str
    currencies: tuple[str, ...]
    lines: tuple[Line, ...]
    total: Figures
    before: Figures
    is_monthly: bool
    refreshed_at: datetime | None

    def change(self, name: str) -> float | None:
        """Return the growth of `gross`, `orders`, `units` or `average`."""
        return change_of(getattr(self.total, name), getattr(self.before, name))


@dataclass(frozen=True, slots=True)
class VendorLine:
    """What one vendor sold in the period."""

    vendor_id: int
    name: str
    figures: Figures


def build_report(
    session: Session,
    state: ModuleState,
    choice: Choice,
    *,
    vendor_id: int | None,
    currency: str,
    platform_currency: str,
) -> SalesReport:
    """Return the report of a period; `currency` is the one asked for, if anything was sold in it."""
    coverage = aggregation_service.find_coverage(session)
    now = list(_read_days(session, state, coverage, vendor_id=vendor_id, period=choice.period))
    before = list(_read_days(session, state, coverage, vendor_id=vendor_id, period=choice.compared))
    currencies = _order_currencies(now, before, platform_currency)
    chosen = currency if currency in currencies else currencies[0]
    by_day = _of_currency(now, chosen)
    lines = [Line(day, by_day.get(day, Figures())) for day in choice.period.days()]
    return SalesReport(
        currency=chosen,
        currencies=currencies,
        lines=tuple(_by_month(lines) if choice.period.is_long else lines),
        total=total_of(by_day.values()),
        before=total_of(_of_currency(before, chosen).values()),
        is_monthly=choice.period.is_long,
        refreshed_at=coverage.refreshed_at if coverage else None,
    )


def list_by_vendor(
    session: Session, state: ModuleState, period: Period, *, currency: str
) -> Sequence[VendorLine]:
    """Return what each vendor sold as far as it was computed, the largest first."""
    gross = sa.func.sum(DailySales.gross_minor)
    statement = (
        sa.select(
            Vendor.id, Vendor.name, sa.func.sum(DailySales.orders), sa.func.sum(DailySales.units), gross
        )
        .join(DailySales, DailySales.vendor_id == Vendor.id)
        .where(*_stored(state, period), DailySales.currency == currency)
        .group_by(Vendor.id, Vendor.name)
        .order_by(gross.desc(), Vendor.name)
    )
    return [
        VendorLine(vendor_id, name, Figures(int(orders), int(units), int(total)))
        for vendor_id, name, orders, units, total in session.execute(statement)
    ]


def get_vendor_name(session: Session, vendor_id: int, *, platform_id: int) -> str:
    """Return the name of a vendor that sells on the platform.

    :raises VendorNotHere: when there is none.
    """
    name = session.scalar(sa.select(Vendor.name).where(Vendor.id == vendor_id, sells_on(platform_id)))
    if name is None:
        raise VendorNotHere
    return name


def _read_days(
    session: Session,
    state: ModuleState,
    coverage: SalesCoverage | None,
    *,
    vendor_id: int | None,
    period: Period,
) -> Iterator[DayLine]:
    """Yield the days of a period: covered ones as computed, the others as the sources say now."""
    if coverage is None:
        yield from _live(session, state, vendor_id, period)
        return
    stored = Period(max(period.start, coverage.first_day), min(period.end, coverage.last_day))
    if stored.length > 0:
        yield from _computed(session, state, vendor_id, stored)
    earlier = Period(period.start, min(period.end, coverage.first_day - timedelta(days=1)))
    later = Period(max(period.start, coverage.last_day + timedelta(days=1)), period.end)
    for rest in (earlier, later):
        if rest.length > 0:
            yield from _live(session, state, vendor_id, rest)


def _live(session: Session, state: ModuleState, vendor_id: int | None, period: Period) -> Iterator[DayLine]:
    for one in source_service.collect_days(session, state, vendor_id=vendor_id, period=period):
        yield one.day, one.currency, one.figures


def _computed(
    session: Session, state: ModuleState, vendor_id: int | None, period: Period
) -> Iterator[DayLine]:
    statement = (
        sa.select(
            DailySales.day,
            DailySales.currency,
            sa.func.sum(DailySales.orders),
            sa.func.sum(DailySales.units),
            sa.func.sum(DailySales.gross_minor),
        )
        .where(*_stored(state, period), DailySales.vendor_key == (vendor_id or PLATFORM_KEY))
        .group_by(DailySales.day, DailySales.currency)
    )
    for day, currency, orders, units, gross in session.execute(statement):
        yield day, currency, Figures(int(orders), int(units), int(gross))


def _stored(state: ModuleState, period: Period) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions for rows of a period; those of a source that is off stay out of sight."""
    sources = source_service.list_sources(state)
    return (DailySales.day.between(period.start, period.end), DailySales.source.in_(sources))


def _order_currencies(now: Iterable[DayLine], before: Iterable[DayLine], preferred: str) -> tuple[str, ...]:
    """Return the currencies that occur, the platform's own first; it is there even if nothing was sold."""
    found = {currency for _day, currency, _figures in (*now, *before)}
    return (preferred, *sorted(found - {preferred}))


def _of_currency(lines: Iterable[DayLine], currency: str) -> dict[date, Figures]:
    by_day: dict[date, Figures] = defaultdict(Figures)
    for day, line_currency, figures in lines:
        if line_currency == currency:
            by_day[day] += figures
    return dict(by_day)


def _by_month(lines: Iterable[Line]) -> list[Line]:
    months: dict[tuple[int, int], Line] = {}
    for line in lines:
        key = (line.day.year, line.day.month)
        known = months.get(key)
        months[key] = Line(known.day, known.figures + line.figures) if known else line
    return list(months.values())
