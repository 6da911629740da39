"""One step of an order: locked, done once, checked against the state machine, written into the history, told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from modules.orders import events
from modules.orders.exceptions import OrderNotFound, StaleOrder, StepForbidden, StepNotOpen
from modules.orders.models.happening import HistoryEntry
from modules.orders.models.order import Order
from modules.orders.schemas.order_state import Action, find_transition, unmet
from wizamart.module_system.events import DomainEvent

EVENTS: Final[Mapping[Action, DomainEvent[events.OrderEvent]]] = {
    Action.PLACE: events.order_placed,
    Action.PAY: events.order_paid,
    Action.FULFIL_PART: events.order_fulfilled,
    Action.FULFIL: events.order_fulfilled,
    Action.CANCEL: events.order_cancelled,
    Action.RETURN_PART: events.order_returned,
    Action.RETURN: events.order_returned,
}


@dataclass(frozen=True, slots=True)
class Step:
    """Who does something, when, by which form, and which version of the order they were looking at."""

    at: datetime
    actor_id: int | None = None
    form_key: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class Begun:
    """A locked order; `is_done` says that this very form was answered before, so there is nothing left to do."""

    order: Order
    is_done: bool = field(default=False)


def begin(session: Session, order_id: int, step: Step) -> Begun:
    """Lock an order (a row lock on PostgreSQL, the writing transaction on SQLite) and look whether the step is done.

    :raises OrderNotFound: when it is not in scope.
    :raises StaleOrder: when it has changed since the person looked at it.
    """
    query = (
        sa.select(Order)
        .where(Order.id == order_id)
        .options(selectinload(Order.lines))
        .with_for_update(of=Order)
        .execution_options(populate_existing=True)
    )
    order = session.scalars(query).one_or_none()
    if order is None:
        raise OrderNotFound
    if step.form_key is not None:
        query_done = sa.select(HistoryEntry.id).where(
            HistoryEntry.order_id == order_id, HistoryEntry.form_key == step.form_key
        )
        if session.scalar(query_done) is not None:
            return Begun(order, is_done=True)
    if step.version is not None and step.version != order.version:
        raise StaleOrder(number=order.number)
    return Begun(order)


def check_open(order: Order, action: Action) -> None:
    """Refuse an action that leads nowhere from the present state.

    :raises StepNotOpen: with the state in words.
    """
    if find_transition(order.state, action) is None:
        raise StepNotOpen(action=action.label, number=order.number, status=order.state.label)


def move(
    session: Session,
    order: Order,
    action: Action,
    step: Step,
    *,
    pieces: Mapping[int, int] | None = None,
    note: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Take the way that the action leads, and tell; `pieces` by line are what it concerns, all of them if None.

    :raises StepNotOpen: when there is no such way from here.
    :raises StepForbidden: when a guard does not hold, with every reason.
    """
    check_open(order, action)
    transition = find_transition(order.state, action)
    assert transition is not None  # noqa: S101 - checked in the line above
    reasons = unmet(transition, order.facts)
    if reasons:
        raise StepForbidden(reasons=" ".join(str(reason) for reason in reasons))
    before = order.status
    order.status = transition.target
    write(session, order, action.value, step, before=before, note=note, details=details)
    if action in EVENTS:
        tell(session, order, EVENTS[action], pieces)


def write(
    session: Session,
    order: Order,
    action: str,
    step: Step,
    *,
    before: str | None = None,
    note: str = "",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Write a line of the history, and make the order a new version."""
    order.version += 1
    order.updated_at = step.at
    session.add(
        HistoryEntry(
            platform_id=order.platform_id,
            vendor_id=order.vendor_id,
            order_id=order.id,
            action=action,
            status_before=before or order.status,
            status_after=order.status,
            note=note,
            details=dict(details or {}),
            form_key=step.form_key,
            actor_id=step.actor_id,
            occurred_at=step.at,
        )
    )
    session.flush()  # a doubled form must collide here, before anybody is told


def tell(
    session: Session,
    order: Order,
    event: DomainEvent[events.OrderEvent],
    pieces: Mapping[int, int] | None = None,
) -> None:
    """Emit an event about some pieces of the order, or all of them."""
    payload = events.OrderEvent(
        platform_id=order.platform_id,
        vendor_id=order.vendor_id,
        order_id=order.id,
        number=order.number,
        customer_id=order.customer_id,
        lines=_sold(order, pieces),
        currency=order.currency,
        total_minor=order.total_minor,
    )
    event.emit(session, payload, platform_id=order.platform_id, vendor_id=order.vendor_id)


def _sold(order: Order, pieces: Mapping[int, int] | None) -> Sequence[events.SoldLine]:
    return [
        events.SoldLine(
            reference=line.reference,
            sku=line.sku,
            quantity=line.quantity if pieces is None else pieces[line.id],
        )
        for line in order.lines
        if pieces is None or pieces.get(line.id)
    ]
