"""What segments of customers can ask of orders."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from modules.customers.schemas.segment import RuleContext, SegmentRule, ValueKind
from modules.orders.models.order import Order
from modules.orders.schemas.order_state import SOLD
from wizamart.i18n import lazy_gettext as _


def _orders(*conditions: Any) -> sa.Select[Any]:
    """Select the customers of what was sold; in a vendor's portal the session sees that vendor's orders only."""
    is_sold = Order.status.in_([status.value for status in SOLD])
    return sa.select(Order.customer_id).where(Order.customer_id.is_not(None), is_sold, *conditions)


def spent_at_least(context: RuleContext, minor: int) -> sa.Select[Any]:
    """Select who paid at least so much for orders in the platform's currency, without what was given back."""
    spent = sa.func.sum(Order.paid_minor - Order.refunded_minor)
    query = _orders(Order.currency == context.currency).group_by(Order.customer_id)
    return query.having(spent >= minor)


def bought_since(context: RuleContext, day: str) -> sa.Select[Any]:
    """Select who ordered on this day or later."""
    return _placed_after(context.midnight(day))


def bought_within(context: RuleContext, days: int) -> sa.Select[Any]:
    """Select who ordered in the last days."""
    return _placed_after(context.days_ago(days))


def ordered_at_least(_context: RuleContext, times: int) -> sa.Select[Any]:
    """Select who ordered at least so many times."""
    return _orders().group_by(Order.customer_id).having(sa.func.count() >= times)


def _placed_after(moment: datetime) -> sa.Select[Any]:
    return _orders(Order.placed_at >= moment)


RULES = (
    SegmentRule("orders.spent", _("Spent at least"), ValueKind.MONEY, spent_at_least),
    SegmentRule("orders.since", _("Bought since"), ValueKind.DAY, bought_since),
    SegmentRule("orders.within", _("Bought within the last days"), ValueKind.NUMBER, bought_within),
    SegmentRule("orders.times", _("Ordered at least so many times"), ValueKind.NUMBER, ordered_at_least),
)
