"""Orders in lists and numbers: the table, sales by day, what waits for somebody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.models.order import Order
from modules.orders.schemas.order_state import SOLD, TO_SHIP, OrderStatus
from modules.orders.services import order_service
from wizamart.platforms import Vendor, VendorStatus, sells_on

TREND_DAYS = 14


def find_vendor_id(session: Session, platform_id: int, code: str) -> int | None:
    """Return the active vendor with this code that sells on a platform."""
    query = sa.select(Vendor.id).where(
        sells_on(platform_id), Vendor.code == code, Vendor.status == VendorStatus.ACTIVE
    )
    return session.scalar(query)


def list_sales_by_day(
    session: Session, *, platform_id: int, vendor_id: int | None, start: date, end: date
) -> list[dict[str, Any]]:
    """Return what was ordered on each day from `start` to `end`, both included; cancelled orders do not count."""
    query = (
        sa.select(
            Order.placed_on,
            Order.currency,
            sa.func.count().label("orders"),
            sa.func.sum(Order.total_minor).label("gross"),
            sa.func.sum(Order.units).label("units"),
        )
        .where(Order.platform_id == platform_id, Order.placed_on.between(start, end), Order.status.in_(SOLD))
        .group_by(Order.placed_on, Order.currency)
        .order_by(Order.placed_on, Order.currency)
    )
    if vendor_id is not None:
        query = query.where(Order.vendor_id == vendor_id)
    return [
        {
            "day": row.placed_on,
            "currency": row.currency,
            "orders": int(row.orders),
            "gross_minor": int(row.gross),
            "units": int(row.units),
        }
        for row in session.execute(query)
    ]


def count_by_status(session: Session) -> dict[str, int]:
    """Return how many orders in scope are in each state."""
    query = sa.select(Order.status, sa.func.count()).group_by(Order.status)
    return {status: int(count) for status, count in session.execute(query)}


def count_to_confirm(session: Session) -> int:
    """Return how many orders were placed and wait for their payment."""
    query = sa.select(sa.func.count()).select_from(Order).where(Order.status == OrderStatus.PLACED)
    return session.scalar(query) or 0


def count_to_ship(counts: dict[str, int]) -> int:
    """Return how many of them wait for their parcel."""
    return sum(counts.get(status, 0) for status in TO_SHIP)


def count_this_month(session: Session, *, platform_id: int, vendor_id: int, at: datetime) -> int:
    """Return how many orders a vendor got this month, in the platform's time zone, cancelled ones included."""
    first = order_service.local_day(session, platform_id, at).replace(day=1)
    query = sa.select(sa.func.count()).select_from(Order)
    return session.scalar(query.where(Order.vendor_id == vendor_id, Order.placed_on >= first)) or 0


def find_orders(session: Session, text: str, *, limit: int) -> Sequence[Order]:
    """Return the newest orders whose number, customer or address holds every word."""
    query = sa.select(Order)
    for word in text.split():
        columns = (Order.number, Order.customer_name, Order.customer_email)
        query = query.where(sa.or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return session.scalars(query.order_by(Order.id.desc()).limit(limit)).all()


def trend(sales: Sequence[dict[str, Any]], *, currency: str, today: date) -> list[int]:
    """Return the sums of the last days in one currency, oldest first, in minor units."""
    by_day = {row["day"]: row["gross_minor"] for row in sales if row["currency"] == currency}
    days = [today - timedelta(days=back) for back in reversed(range(TREND_DAYS))]
    return [by_day.get(day, 0) for day in days]


@dataclass(frozen=True, slots=True)
class Listing:
    """The orders in scope with their vendors' names, and the expressions that a table works with."""

    select: Any
    number: Any = Order.id
    created_at: Any = Order.created_at
    customer: Any = Order.customer_name
    vendor: Any = Vendor.name
    vendor_id: Any = Order.vendor_id
    status: Any = Order.status
    units: Any = Order.units
    total: Any = Order.total_minor
    search: tuple[Any, ...] = (Order.number, Order.customer_name, Order.customer_email)


def build_listing() -> Listing:
    """Return what the list of orders reads; a row is an order and the name of its vendor."""
    query = sa.select(Order, Vendor.name.label("vendor_name"))
    return Listing(query.join(Vendor, Vendor.id == Order.vendor_id))


def get_vendor_name(session: Session, vendor_id: int) -> str:
    """Return a vendor's name for the heading of a page."""
    return session.scalar(sa.select(Vendor.name).where(Vendor.id == vendor_id)) or ""
