"""Where an order stands, in a customer's words: the steps of its way, which are done, and what comes next."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.config import OrdersConfig
from modules.orders.models.happening import HistoryEntry
from modules.orders.models.order import Order
from modules.orders.schemas.order_state import Action, OrderStatus, find_transition, unmet
from wizamart.i18n import gettext as _


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the way; `at` is None while it is still to come."""

    label: str
    at: datetime | None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the order stands: a headline, a sentence, and its stages."""

    headline: str
    sentence: str
    stages: tuple[Stage, ...]


def describe(session: Session, order: Order) -> Progress:
    """Return where an order stands."""
    headline, sentence = _words(order)
    reached = _reached(session, order)
    stages = [
        Stage(_("Ordered"), order.placed_at),
        Stage(_("Paid"), reached.get(OrderStatus.PAID)),
        Stage(_("Sent"), reached.get(OrderStatus.FULFILLED)),
    ]
    if order.state is OrderStatus.PARTLY_FULFILLED:
        stages[2] = Stage(_("Partly sent"), reached.get(OrderStatus.PARTLY_FULFILLED))
    if order.state in {OrderStatus.CANCELLED, OrderStatus.RETURNED}:
        label = _("Cancelled") if order.state is OrderStatus.CANCELLED else _("Returned")
        stages = [stage for stage in stages if stage.at is not None]
        stages.append(Stage(label, reached.get(order.state)))
    last = max((number for number, stage in enumerate(stages) if stage.at), default=0)
    return Progress(
        headline,
        sentence,
        tuple(Stage(one.label, one.at, number == last) for number, one in enumerate(stages)),
    )


def may_cancel(order: Order, config: OrdersConfig) -> bool:
    """Tell whether the customer may cancel an order themselves."""
    way = find_transition(order.state, Action.CANCEL)
    is_possible = way is not None and not unmet(way, order.facts)
    return config.customers_may_cancel and is_possible and order.state is not OrderStatus.DRAFT


def _words(order: Order) -> tuple[str, str]:
    if order.state is OrderStatus.PLACED:
        return _("Thank you, your order is placed"), _("It is sent as soon as it is paid.")
    return {
        OrderStatus.PAID: (_("Thank you, your order is paid"), _("The seller prepares your parcel now.")),
        OrderStatus.PARTLY_FULFILLED: (
            _("A part of your order is on its way"),
            _("The rest follows in another parcel."),
        ),
        OrderStatus.FULFILLED: (_("Your order is on its way"), _("Everything you ordered was sent.")),
        OrderStatus.CANCELLED: (_("This order is cancelled"), _("Nothing of it will be sent.")),
        OrderStatus.RETURNED: (_("Your order came back"), _("The seller has received everything again.")),
    }[order.state]


def _reached(session: Session, order: Order) -> dict[str, datetime]:
    """Return when each state was first reached."""
    query = (
        sa.select(HistoryEntry.status_after, sa.func.min(HistoryEntry.occurred_at))
        .where(HistoryEntry.order_id == order.id, HistoryEntry.status_before != HistoryEntry.status_after)
        .group_by(HistoryEntry.status_after)
    )
    return {row[0]: row[1] for row in session.execute(query)}
