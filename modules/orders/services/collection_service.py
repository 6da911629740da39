"""Money that customers pay and get back through the payments: begun here, followed by what their ledger says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.exceptions import PaymentNotOffered
from modules.orders.models.happening import MoneyEntry
from modules.orders.models.order import Order
from modules.orders.schemas.order_state import Action, OrderStatus, find_transition
from modules.orders.services import credit_service, step_service
from modules.orders.services.step_service import Step
from modules.payments.exceptions import NoAccount, PaymentNotFound
from modules.payments.schemas.ledger import PaymentStatus
from modules.payments.schemas.offer import PaymentOffer
from modules.payments.services import checkout_service, ledger_service, payment_service
from wizamart.money import Money

PAY, REFUND, REFUND_FAILED = "pay_part", "refund", "refund_failed"
HELD: Final = frozenset({PaymentStatus.AUTHORIZED, PaymentStatus.PARTIALLY_CAPTURED})
# A transfer takes a working day, and a weekend or a holiday may lie before it.
BANK_DAYS: Final = timedelta(days=4)
# However often a way to pay is chosen anew, nobody holds goods longer than this without paying.
LONGEST_WAIT: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Outlook:
    """How an order can still be paid: on the page of a payment (`token`), by choosing a way, or not here (neither).

    `is_waiting` says that the money is on its way, so there is nothing to do.
    """

    token: str = ""
    is_transfer: bool = False
    is_waiting: bool = False
    offers: Sequence[PaymentOffer] = ()


def list_offers(session: Session, *, platform_id: int, vendor_id: int, currency: str) -> list[PaymentOffer]:
    """Return how a vendor's customers can pay now."""
    return checkout_service.list_offers(
        session, platform_id=platform_id, vendor_id=vendor_id, currency=currency
    )


def begin_payment(session: Session, order: Order, offer_code: str, *, at: datetime) -> Any:
    """Let a customer pay what is due in the way they chose; a payment that waits in another way is called off.

    :raises PaymentNotOffered: when nobody takes money in this way (any more).
    """
    offers = list_offers(
        session, platform_id=order.platform_id, vendor_id=order.vendor_id, currency=order.currency
    )
    offer = next((one for one in offers if one.code == offer_code), None)
    if offer is None:
        raise PaymentNotOffered({"payment": [str(PaymentNotOffered.message)]})
    before = find_payment(session, order)
    if before is not None and checkout_service.is_payable(before):
        is_same = (order.payment_label, before.amount_minor) == (offer.label, order.due_minor)
        if is_same and _is_open(before):
            return before
        checkout_service.call_off(session, before, at=at)
    order.version += 1  # each payment of an order has a key of its own
    try:
        payment = checkout_service.begin(
            session,
            platform_id=order.platform_id,
            vendor_id=order.vendor_id,
            amount=Money(order.due_minor, order.currency),
            reference=order.number,
            customer_id=order.customer_id,
            customer_email=order.customer_email,
            offer=offer.code,
            return_url=urlsplit(order.page_url).path,
            idempotency_key=f"order-{order.id}-{order.version}",
            at=at,
        )
    except NoAccount as error:
        raise PaymentNotOffered({"payment": [str(PaymentNotOffered.message)]}) from error
    order.payment_id, order.payment_label = payment.id, offer.label[:120]
    return payment


def find_payment(session: Session, order: Order) -> Any:
    """Return the payment that was begun last for an order, if there is one."""
    if order.payment_id is None:
        return None
    try:
        return payment_service.get_payment(session, order.payment_id)
    except PaymentNotFound:
        return None


def begin_again(session: Session, order_id: int, offer_code: str, step: Step) -> Any:
    """Let a customer pay a placed order in another way than before.

    :raises StepNotOpen: when the order waits for no money.
    """
    lock_payments(session, order_id)
    order = step_service.begin(session, order_id, step).order
    step_service.check_open(order, Action.PAY)
    payment = begin_payment(session, order, offer_code, at=step.at)
    if order.expires_at is not None:
        latest = max(order.expires_at, order.created_at + LONGEST_WAIT)
        order.expires_at = min(deadline_of(payment, order.expires_at), latest)
    return payment


def deadline_of(payment: Any, earliest: datetime) -> datetime:
    """Return until when an order waits for its payment: at least as long as the customer is given, and banks take."""
    due = checkout_service.find_due(payment)
    return earliest if due is None else max(earliest, due + BANK_DAYS)


def find_outlook(session: Session, order: Order) -> Outlook:
    """Return how a placed order can be paid now; providers may have been switched off since it was placed."""
    if order.state is not OrderStatus.PLACED or not order.due_minor:
        return Outlook()
    payment = find_payment(session, order)
    offers = list_offers(
        session, platform_id=order.platform_id, vendor_id=order.vendor_id, currency=order.currency
    )
    if payment is not None and payment.balance.is_part_paid:
        return Outlook(payment.token, is_transfer=True)
    if payment is not None and payment.status in HELD:
        return Outlook(is_waiting=True)
    if payment is not None and checkout_service.is_payable(payment) and _is_open(payment):
        others = [one for one in offers if one.label != order.payment_label]
        return Outlook(payment.token, is_transfer=pays_by_transfer(payment), offers=others)
    return Outlook(offers=offers)


def pays_by_transfer(payment: Any) -> bool:
    """Tell whether the customer pays outside of the shop, so that nothing waits for them on a page."""
    return bool(payment.method == "bank_transfer")


def lock_payments(session: Session, order_id: int) -> None:
    """Lock what pays for an order before the order itself, as messages of providers do."""
    begun = sa.select(Order.payment_id).where(Order.id == order_id, Order.payment_id.is_not(None))
    booked = sa.select(MoneyEntry.payment_id).where(
        MoneyEntry.order_id == order_id, MoneyEntry.payment_id.is_not(None)
    )
    ids = {number for number in (*session.scalars(begun), *session.scalars(booked)) if number is not None}
    for payment_id in sorted(ids):
        ledger_service.lock_payment(session, payment_id)


def call_off(session: Session, order: Order, *, at: datetime) -> None:
    """Close the payment that still waits for the customer of a cancelled order."""
    payment = find_payment(session, order)
    if payment is not None:
        checkout_service.call_off(session, payment, at=at)


def is_on_its_way(session: Session, order: Order) -> bool:
    """Tell whether money may still come for what was begun: somebody is at the provider, or it is held there.

    So is what has come while orders were off, until it is written down.
    """
    payment = find_payment(session, order)
    if payment is None:
        return False
    if payment.status in HELD or payment.captured_minor > order.paid_minor:
        return True
    return checkout_service.current_attempt(payment) is not None and not payment.balance.is_answered


def find_order_id(
    session: Session, *, payment_id: int, vendor_id: int, reference: str, payee: str
) -> int | None:
    """Return the order that a payment is for: the one that began it, or one of the vendor's with its number.

    Messages of providers belong to the whole platform, where another vendor's order may be named as well.
    """
    found = session.scalar(sa.select(Order.id).where(Order.payment_id == payment_id))
    if found is None:
        booked = sa.select(MoneyEntry.order_id).where(MoneyEntry.payment_id == payment_id).limit(1)
        found = session.scalar(booked)
    if found is None and payee == "vendor":
        named = sa.select(Order.id).where(Order.number == reference, Order.vendor_id == vendor_id)
        found = session.scalar(named)
    return found


def follow(
    session: Session, order_id: int, payment_id: int, told: str, *, reason: str, at: datetime
) -> Order:
    """Let an order say what the ledger of its payment says; done again it changes nothing.

    `told` is what the ledger has just told: money came, went back, or did not go back.
    """
    payment = payment_service.get_payment(session, payment_id)
    order = step_service.begin(session, order_id, Step(at)).order
    entries = session.scalars(sa.select(MoneyEntry).where(MoneyEntry.order_id == order.id)).all()
    booked = sum(entry.amount_minor for entry in entries if entry.payment_id == payment.id)
    change = payment.captured_minor - payment.refunded_minor - booked
    if change:
        session.add(
            MoneyEntry(
                platform_id=order.platform_id,
                vendor_id=order.vendor_id,
                order_id=order.id,
                amount_minor=change,
                method=payment.method[:40],
                reference=payment.method_label[:140],
                payment_id=payment.id,
                occurred_at=at,
            )
        )
    _recount(session, order, entries, payment)
    if not change and told != REFUND_FAILED:
        return order
    details = {"amount_minor": change, "method": payment.method}
    action = Action.PAY_PART if order.due_minor else Action.PAY
    if change > 0 and find_transition(order.state, action) is not None:
        order.expires_at = None
        step_service.move(session, order, action, Step(at), details=details)
    else:
        step_service.write(session, order, told, Step(at), note=reason, details=details)
    credit_service.credit_refunds(session, order, Step(at), reason=reason)
    return order


def has_come_too_late(order: Order) -> bool:
    """Tell whether an order holds money although it is cancelled, so that the money goes back."""
    return order.state is OrderStatus.CANCELLED and order.refundable_minor > 0


def _recount(session: Session, order: Order, entries: Sequence[MoneyEntry], payment: Any) -> None:
    """Add up what was paid by hand and what the ledgers of all payments of the order say."""
    ids = {entry.payment_id for entry in entries if entry.payment_id} | {order.payment_id, payment.id}
    balances = [payment_service.get_payment(session, number).balance for number in ids if number is not None]
    by_hand = [entry.amount_minor for entry in entries if entry.payment_id is None]
    order.paid_minor = sum(max(0, one) for one in by_hand) + sum(one.captured for one in balances)
    order.refunded_minor = sum(max(0, -one) for one in by_hand) + sum(one.refunded for one in balances)
    order.refunding_minor = sum(one.refund_asked for one in balances)


def _is_open(payment: Any) -> bool:
    return payment.account is not None and payment.account.is_enabled
