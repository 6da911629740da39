"""Catching up with payments: money that came or went while orders were off is written down afterwards, once."""

import functools
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from modules.orders.models.order import Order
from modules.orders.services import collection_service, settlement_service
from modules.orders.services.step_service import Step
from modules.payments.services import ledger_service
from wizamart.module_system import catching_up

TASK: Final = "orders.catch_up"
AT_ONCE: Final = 50

ask_for_catching_up = functools.partial(catching_up.ask, TASK)


def catch_up(session: Session, *, since: datetime, after: int, at: datetime) -> int | None:
    """Let the orders of the next payments say what the ledgers say; returns the last id, None at the end."""
    ids = ledger_service.list_changed(session, since=since, after=after, limit=AT_ONCE)
    for payment_id in ids:
        _follow(session, payment_id, at=at)
    return ids[-1] if len(ids) == AT_ONCE else None


def _follow(session: Session, payment_id: int, *, at: datetime) -> None:
    payment = ledger_service.lock_payment(session, payment_id)
    order_id = collection_service.find_order_id(
        session,
        payment_id=payment_id,
        vendor_id=payment.vendor_id,
        reference=payment.reference,
        payee=payment.payee,
    )
    if order_id is None:
        return
    order = session.get_one(Order, order_id)
    gone = payment.refunded_minor > order.refunded_minor
    told = collection_service.REFUND if gone else collection_service.PAY
    order = collection_service.follow(session, order_id, payment_id, told, reason="", at=at)
    if collection_service.has_come_too_late(order):
        step = Step(at, form_key=f"late-{payment_id}-{payment.captured_minor}")
        settlement_service.refund(session, order, order.refundable_minor, step)
