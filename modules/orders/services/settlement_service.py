"""Money of an order: what came in, by hand or through the payments, and what went back."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.exceptions import NothingToRefund, PaymentRefused, TooMuchMoney
from modules.orders.models.happening import MoneyEntry
from modules.orders.models.order import Order
from modules.orders.schemas.order import CancelForm, PaymentForm, RefundForm
from modules.orders.schemas.order_state import REFUNDABLE, Action, OrderStatus
from modules.orders.services import collection_service, credit_service, letter_service, step_service
from modules.orders.services.step_service import Step
from modules.payments.schemas.dispute import Dispute
from modules.payments.schemas.ledger import EntryKind
from modules.payments.schemas.offer import METHOD_LABELS
from modules.payments.services import account_service, listing_service, payment_service
from wizamart.i18n import LazyText, format_money, lazy_pgettext
from wizamart.money import Money

BY_HAND: Final[dict[str, LazyText]] = {
    "transfer": lazy_pgettext("payment of an order", "Bank transfer"),
    "cash": lazy_pgettext("payment of an order", "Cash"),
}
# What stands in older rows is no key of these, but the words themselves.
METHODS: Final[dict[str, LazyText]] = METHOD_LABELS | BY_HAND
TEST_CARD: Final = "4111111111111111"
TEST_GATEWAY: Final = "test"
ACCOUNT_PREFIX: Final = "account-"


def list_methods(session: Session, order: Order) -> list[tuple[str, str | LazyText]]:
    """Return how a payment can be recorded: by hand, or taken by a test account (others need the customer)."""
    accounts = account_service.list_usable(session, platform_id=order.platform_id, vendor_id=order.vendor_id)
    offered = [(f"{ACCOUNT_PREFIX}{one.id}", one.name) for one in accounts if one.gateway == TEST_GATEWAY]
    return [*BY_HAND.items(), *offered]


def list_money(session: Session, order: Order) -> Sequence[MoneyEntry]:
    """Return what came in and went back, oldest first."""
    query = sa.select(MoneyEntry).where(MoneyEntry.order_id == order.id).order_by(MoneyEntry.id)
    return session.scalars(query).all()


def list_disputes(session: Session, money: Sequence[MoneyEntry]) -> list[tuple[int, Dispute]]:
    """Return the disputes about what came in that are not decided, each with its payment."""
    found = listing_service.disputes_of(session, {one.payment_id for one in money if one.payment_id})
    return [(number, one) for number, disputes in found.items() for one in disputes if not one.ended_at]


def record_payment(session: Session, order_id: int, form: PaymentForm, step: Step) -> Order:
    """Record money that came in, or take it through a test account; when all is there, the order is paid.

    :raises StepNotOpen: while the order is a draft, or when it is over.
    :raises TooMuchMoney: when it is more than is due.
    :raises PaymentRefused: when the provider declines.
    """
    begun = step_service.begin(session, order_id, step)
    order = begun.order
    if begun.is_done:
        return order
    step_service.check_open(order, Action.PAY)
    if form.amount_minor > order.due_minor:
        raise _too_much(order, order.due_minor, "amount_minor")
    if form.method.startswith(ACCOUNT_PREFIX):
        return _take(session, order, form, step)
    _add_entry(session, order, form.amount_minor, step, method=form.method, reference=form.reference)
    order.paid_minor += form.amount_minor
    details = {"amount_minor": form.amount_minor, "method": form.method}
    action = Action.PAY_PART if order.due_minor else Action.PAY
    if action is Action.PAY:
        order.expires_at = None
        collection_service.call_off(session, order, at=step.at)
    step_service.move(session, order, action, step, note=form.reference, details=details)
    return order


def cancel(session: Session, order_id: int, form: CancelForm, step: Step) -> Order:
    """Cancel an order of which nothing was sent, and give back what was paid.

    :raises StepNotOpen: when something was sent, or it is over already.
    """
    collection_service.lock_payments(session, order_id)
    begun = step_service.begin(session, order_id, step)
    order = begun.order
    if begun.is_done:
        return order
    step_service.check_open(order, Action.CANCEL)
    amount, before = order.refundable_minor, order.status
    if order.state is OrderStatus.DRAFT:
        order.status = OrderStatus.CANCELLED  # nobody was told of a draft, so nobody is told of its end
        step_service.write(session, order, Action.CANCEL, step, before=before, note=form.reason)
        return order
    collection_service.call_off(session, order, at=step.at)
    order.expires_at = None
    details = {"refunded_minor": amount}
    step_service.move(session, order, Action.CANCEL, step, note=form.reason, details=details)
    credit_service.credit_refunds(session, order, step, reason=form.reason)
    if amount:
        refund(session, order, amount, step, note=form.reason)
    return order


def give_back(session: Session, order_id: int, form: RefundForm, step: Step) -> Order:
    """Refund an order that goes on, as for something broken; an invoice is credited by as much.

    :raises NothingToRefund: when nothing of it was paid, or it is over.
    :raises TooMuchMoney: when more is asked for than is left.
    :raises PaymentRefused: when a provider refuses at once.
    """
    collection_service.lock_payments(session, order_id)
    begun = step_service.begin(session, order_id, step)
    order = begun.order
    if begun.is_done:
        return order
    if order.state not in REFUNDABLE:
        raise NothingToRefund(number=order.number, status=order.state.label)
    if form.amount_minor > order.refundable_minor:
        raise _too_much(order, order.refundable_minor, "amount_minor")
    details = {"amount_minor": form.amount_minor}
    step_service.write(session, order, "give_back", step, note=form.reason, details=details)
    credit_service.credit_refunds(session, order, step, coming_minor=form.amount_minor, reason=form.reason)
    refund(session, order, form.amount_minor, step, note=form.reason)
    return order


def refund(session: Session, order: Order, amount_minor: int, step: Step, *, note: str = "") -> None:
    """Give money back the way it came: through providers first, the rest by transfer; the order is locked.

    A provider on the network is asked after the commit; until it confirms, the amount is on its way.

    :raises TooMuchMoney: when more is asked for than is left.
    :raises PaymentRefused: when a provider refuses at once.
    """
    if amount_minor > order.refundable_minor:
        raise _too_much(order, order.refundable_minor, "refund_minor")
    missing = amount_minor
    paid_by = {entry.payment_id for entry in list_money(session, order) if entry.payment_id is not None}
    for payment_id in sorted(paid_by):
        part = min(missing, payment_service.get_payment(session, payment_id).balance.refundable)
        if part:
            _ask_back(session, order, payment_id, part, step, note=note)
            missing -= part
    if missing:
        _add_entry(session, order, -missing, step, method="transfer")
        order.refunded_minor += missing
        letter_service.write_of_refund(session, order, missing)


def _ask_back(
    session: Session, order: Order, payment_id: int, amount_minor: int, step: Step, *, note: str
) -> None:
    """Ask a provider to give back an amount; what it has done already stands in the order by its event."""
    payment = payment_service.get_payment(session, payment_id)
    attempt = payment_service.request_refund(
        session,
        payment,
        at=step.at,
        amount=Money(amount_minor, order.currency),
        idempotency_key=f"{step.form_key}:{payment.id}" if step.form_key else None,
        actor_id=step.actor_id,
        reason=note[:200],
    )
    answer = payment.answer_to(attempt)
    if answer is not None and answer.kind != EntryKind.REFUNDED:
        raise PaymentRefused(reason=answer.reason)
    if answer is None:
        order.refunding_minor += amount_minor


def _take(session: Session, order: Order, form: PaymentForm, step: Step) -> Order:
    """Take the money through the test account that was chosen; its event writes it into the order."""
    account_id = form.method.removeprefix(ACCOUNT_PREFIX)
    accounts = account_service.list_usable(session, platform_id=order.platform_id, vendor_id=order.vendor_id)
    account = next(
        (one for one in accounts if str(one.id) == account_id and one.gateway == TEST_GATEWAY), None
    )
    if account is None:
        raise PaymentRefused(reason=form.method)
    step_service.write(session, order, "take", step, note=form.reference, details={"method": account.name})
    payment = payment_service.start_payment(
        session,
        platform_id=order.platform_id,
        vendor_id=order.vendor_id,
        amount=Money(form.amount_minor, order.currency),
        reference=order.number,
        at=step.at,
        source=TEST_CARD,
        account=account,
        customer_id=order.customer_id,
        idempotency_key=f"order-{order.id}-{step.form_key}" if step.form_key else None,
        actor_id=step.actor_id,
    )
    if payment.captured_minor < form.amount_minor:
        raise PaymentRefused(reason=payment.status.label)
    return order


def _add_entry(
    session: Session,
    order: Order,
    amount_minor: int,
    step: Step,
    *,
    method: str,
    reference: str = "",
) -> None:
    session.add(
        MoneyEntry(
            platform_id=order.platform_id,
            vendor_id=order.vendor_id,
            order_id=order.id,
            amount_minor=amount_minor,
            method=method,
            reference=reference,
            occurred_at=step.at,
        )
    )


def _too_much(order: Order, most: int, field: str) -> TooMuchMoney:
    error = TooMuchMoney(most=format_money(most, order.currency))
    error.errors[field] = [str(error)]
    return error
