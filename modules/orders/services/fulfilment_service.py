"""Parcels that leave and goods that come back."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from modules.orders.exceptions import NothingChosen, TooMany
from modules.orders.models.happening import Fulfilment, FulfilmentLine, Return, ReturnLine
from modules.orders.models.order import Order
from modules.orders.schemas.order import FulfilmentForm, ReturnForm
from modules.orders.schemas.order_state import Action
from modules.orders.services import collection_service, credit_service, settlement_service, step_service
from modules.orders.services.step_service import Step

Moved = TypeVar("Moved", FulfilmentLine, ReturnLine)


def list_fulfilments(session: Session, order: Order) -> Sequence[Fulfilment]:
    """Return the parcels of an order, oldest first."""
    query = sa.select(Fulfilment).where(Fulfilment.order_id == order.id).order_by(Fulfilment.id)
    return session.scalars(query.options(selectinload(Fulfilment.lines))).all()


def list_returns(session: Session, order: Order) -> Sequence[Return]:
    """Return what came back, oldest first."""
    query = sa.select(Return).where(Return.order_id == order.id).order_by(Return.id)
    return session.scalars(query.options(selectinload(Return.lines))).all()


def open_pieces(order: Order) -> dict[int, int]:
    """Return what is still to be sent, by line."""
    return {line.id: line.open_quantity for line in order.lines if line.open_quantity}


def fulfil(
    session: Session,
    order_id: int,
    form: FulfilmentForm,
    step: Step,
    *,
    pieces: Mapping[int, int] | None = None,
) -> Order:
    """Send pieces by line, or all that is left; two clicks send once.

    :raises StepNotOpen: when the order cannot be sent in its state.
    :raises TooMany: when a line has fewer pieces left.
    """
    begun = step_service.begin(session, order_id, step)
    order = begun.order
    if begun.is_done:
        return order
    step_service.check_open(order, Action.FULFIL)
    chosen = _checked(order, open_pieces(order), pieces)
    for line in order.lines:
        line.fulfilled_quantity += chosen.get(line.id, 0)
    parcel = Fulfilment(**_owner(order), order_id=order.id, sent_at=step.at, **form.model_dump())
    parcel.lines = _pieces(FulfilmentLine, order, chosen)
    session.add(parcel)
    action = Action.FULFIL_PART if open_pieces(order) else Action.FULFIL
    details = {"pieces": sum(chosen.values()), "tracking_number": form.tracking_number}
    step_service.move(session, order, action, step, pieces=chosen, details=details)
    return order


def take_back(
    session: Session, order_id: int, form: ReturnForm, step: Step, *, pieces: Mapping[int, int]
) -> Order:
    """Take pieces back and refund for them; once everything is back, the order is returned.

    :raises StepNotOpen: when nothing was sent yet.
    :raises TooMany: when the customer has fewer of a line.
    :raises TooMuchMoney: when the refund is more than is left of what was paid.
    """
    if form.refund_minor:
        collection_service.lock_payments(session, order_id)
    begun = step_service.begin(session, order_id, step)
    order = begun.order
    if begun.is_done:
        return order
    step_service.check_open(order, Action.RETURN_PART)
    returnable = {line.id: line.returnable_quantity for line in order.lines if line.returnable_quantity}
    chosen = _checked(order, returnable, pieces)
    for line in order.lines:
        line.returned_quantity += chosen.get(line.id, 0)
    if form.refund_minor:
        credit_service.credit_refunds(
            session, order, step, pieces=chosen, coming_minor=form.refund_minor, reason=form.reason
        )
        settlement_service.refund(session, order, form.refund_minor, step, note=form.reason)
    back = Return(
        **_owner(order),
        order_id=order.id,
        reason=form.reason,
        refunded_minor=form.refund_minor,
        received_at=step.at,
    )
    back.lines = _pieces(ReturnLine, order, chosen)
    session.add(back)
    details = {"pieces": sum(chosen.values()), "refunded_minor": form.refund_minor}
    facts = order.facts
    action = Action.RETURN if facts.returned == facts.ordered else Action.RETURN_PART
    step_service.move(session, order, action, step, pieces=chosen, note=form.reason, details=details)
    return order


def _owner(order: Order) -> dict[str, int]:
    return {"platform_id": order.platform_id, "vendor_id": order.vendor_id}


def _pieces(kind: type[Moved], order: Order, chosen: Mapping[int, int]) -> list[Moved]:
    """Return the lines of a parcel or a return: how many of which line of the order."""
    return [kind(**_owner(order), line_id=line_id, quantity=count) for line_id, count in chosen.items()]


def _checked(order: Order, most: Mapping[int, int], wanted: Mapping[int, int] | None) -> dict[int, int]:
    """Return the pieces by line that are more than none.

    :raises TooMany: with the line's title, at the line's field.
    """
    chosen = dict(most) if wanted is None else {key: count for key, count in wanted.items() if count > 0}
    if not chosen:
        raise NothingChosen({"": [str(NothingChosen.message)]})
    for line_id, count in chosen.items():
        if count > most.get(line_id, 0):
            titles = {line.id: line.title for line in order.lines}
            error = TooMany(title=titles.get(line_id, "?"), most=most.get(line_id, 0))
            error.errors[f"quantity-{line_id}"] = [str(error)]
            raise error
    return chosen
