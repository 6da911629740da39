"""What orders do when others tell of theirs, and what their customers are told."""

from typing import Any

from sqlalchemy.orm import Session

from modules.orders.documents.handlers import (  # noqa: F401 - found here by their mark
    issue_invoice_of_paid_order,
    issue_invoice_of_sent_order,
)
from modules.orders.events import OrderEvent
from modules.orders.personal_data import follow_merged_customer, forget_person  # noqa: F401 - likewise
from modules.orders.schemas.order_state import Action
from modules.orders.services import collection_service, letter_service, settlement_service, step_service
from modules.payments.events import PaymentChanged
from modules.payments.schemas.dispute import DISPUTED
from wizamart import clock
from wizamart.module_system.events import on


@on("payments.payment_captured", mode="in_transaction")
def take_money(session: Session, event: PaymentChanged) -> None:
    """Write down money that came; an order that was cancelled meanwhile gives it back."""
    order = _follow(session, event, collection_service.PAY)
    if order is not None and collection_service.has_come_too_late(order):
        step = step_service.Step(clock.now(), form_key=f"late-{event.payment_id}-{event.captured_minor}")
        settlement_service.refund(session, order, order.refundable_minor, step)


@on("payments.payment_refunded", mode="in_transaction")
def note_refund(session: Session, event: PaymentChanged) -> None:
    """Write down money that went back, and tell the customer; who disputed the payment hears of that elsewhere."""
    order = _follow(session, event, collection_service.REFUND)
    if order is not None and event.reason != DISPUTED:
        letter_service.write_of_refund(session, order, event.amount_minor)


@on("payments.payment_reversed", mode="in_transaction")
def note_reversal(session: Session, event: PaymentChanged) -> None:
    """Write down that money which had come was taken back: by the bank, or because it was somebody else's."""
    _follow(session, event, collection_service.REFUND)


@on("payments.payment_refund_failed", mode="in_transaction")
def note_failed_refund(session: Session, event: PaymentChanged) -> None:
    """Write down that money did not go back, so that somebody looks after it."""
    _follow(session, event, collection_service.REFUND_FAILED)


def _follow(session: Session, event: PaymentChanged, told: str) -> Any:
    order_id = collection_service.find_order_id(
        session,
        payment_id=event.payment_id,
        vendor_id=event.vendor_id,
        reference=event.reference,
        payee=event.payee,
    )
    if order_id is None:
        return None
    reason = event.reason if told == collection_service.REFUND_FAILED else ""
    return collection_service.follow(session, order_id, event.payment_id, told, reason=reason, at=clock.now())


@on("orders.order_placed", mode="in_transaction")
def write_of_placing(session: Session, event: OrderEvent) -> None:
    """Confirm to customers of the storefront what they have ordered."""
    letter_service.write(session, event.order_id, Action.PLACE)


@on("orders.order_paid", mode="in_transaction")
def write_of_payment(session: Session, event: OrderEvent) -> None:
    """Tell them that the money has come."""
    letter_service.write(session, event.order_id, Action.PAY)


@on("orders.order_fulfilled", mode="in_transaction")
def write_of_parcel(session: Session, event: OrderEvent) -> None:
    """Tell them that a parcel is on its way."""
    letter_service.write(session, event.order_id, Action.FULFIL)


@on("orders.order_cancelled", mode="in_transaction")
def write_of_cancelling(session: Session, event: OrderEvent) -> None:
    """Tell them that the order is cancelled, and what becomes of their money."""
    letter_service.write(session, event.order_id, Action.CANCEL)
