"""Catching up with payments: money that came or went while orders were off is written down afterwards, once."""

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from modules.orders.models.order import Order
from modules.orders.services import collection_service, settlement_service
from modules.orders.services.step_service import Step
from modules.payments.services import ledger_service
from wizamart import clock
from wizamart.database import db
from wizamart.queue import enqueue

TASK: Final = "orders.catch_up"
AT_ONCE: Final = 50
MARGIN: Final = timedelta(hours=1)  # a request that began before the switch may have written after it


def ask_for_catching_up(platform_id: int) -> None:
    """Leave a task that waits until orders are on again, and then looks through the payments changed meanwhile.

    The queue parks what belongs to a module that is off; asking now and not later costs a switch on nothing.
    """
    payload = {"since": (clock.now() - MARGIN).isoformat(), "after": 0}
    enqueue(db.session(), TASK, payload, platform_id=platform_id)


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
