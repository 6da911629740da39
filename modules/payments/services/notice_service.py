"""What providers tell, by messages or when they are looked up: written into the ledger, each fact once."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.exceptions import PaymentNotFound, WebhookRefused
from modules.payments.gateways.interface import Notice, Outcome
from modules.payments.models.account import ProviderAccount
from modules.payments.models.attempt import Attempt
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.schemas.dispute import DisputeState
from modules.payments.schemas.ledger import EntryKind, Verb
from modules.payments.services import attempt_service, checkout_service, ledger_service, payment_service
from wizamart.queue import enqueue

REMIND: Final = "payments.remind_of_dispute"
REMINDED_BEFORE: Final = timedelta(days=2)


def find_payment_id(session: Session, account: ProviderAccount, notice: Notice) -> int | None:
    """Return which payment of an account is meant: by our name, or by one of the provider's."""
    of_account = sa.select(Payment.id).where(Payment.account_id == account.id)
    if notice.token:
        return session.scalar(of_account.where(Payment.token == notice.token))
    external_id = notice.payment_external_id
    if not external_id:
        return None
    found = session.scalar(of_account.where(Payment.external_id == external_id).limit(1))
    return found or session.scalar(
        of_account.join(Attempt, Attempt.payment_id == Payment.id)
        .where(Attempt.external_id == external_id)
        .limit(1)
    )


def apply(session: Session, account: ProviderAccount, notice: Notice, *, at: datetime) -> LedgerEntry:
    """Write down what a notice tells, and do what follows from it; told again it changes nothing.

    :raises PaymentNotFound: when no payment of the account is meant: it may come later than its messages.
    """
    payment_id = find_payment_id(session, account, notice)
    if payment_id is None:
        raise PaymentNotFound
    return write(session, ledger_service.lock_payment(session, payment_id), notice, at=at)


def write(session: Session, payment: Payment, notice: Notice, *, at: datetime) -> LedgerEntry:
    """Write down what a notice tells of a locked payment.

    :raises WebhookRefused: when it is about another currency.
    """
    if notice.amount.currency != payment.currency:
        raise WebhookRefused
    fact = notice.fact_id or notice.external_id
    is_new = all(entry.external_id != fact for entry in payment.entries)
    if is_new and notice.kind in {EntryKind.AUTHORIZED, EntryKind.CAPTURED, EntryKind.APPROVED}:
        payment.external_id = notice.payment_external_id or payment.external_id
        payment.method_label = notice.method_label or payment.method_label
    attempt = _answered(payment, notice)
    outcome = _outcome(payment, notice)
    entry = ledger_service.append(
        session,
        payment,
        outcome,
        notice.amount.minor,
        at=notice.occurred_at or at,
        attempt=attempt,
        dispute=notice.dispute,
        due_at=notice.due_at,
    )
    _follow(session, payment, entry, at=at)
    return entry


def _outcome(payment: Payment, notice: Notice) -> Outcome:
    """Return what is written; a refund that came back before it was told to be done was declined.

    Its line then takes the name of the refund, so that its success, which may be told late, counts no more.
    """
    kind, name = notice.kind, notice.fact_id or notice.external_id
    if kind is EntryKind.REFUND_REVERSED and not any(
        entry.external_id == notice.reverses and entry.kind == EntryKind.REFUNDED for entry in payment.entries
    ):
        kind, name = EntryKind.DECLINED, notice.reverses
    return Outcome(kind, name, notice.payment_external_id, reason=notice.reason)


def _answered(payment: Payment, notice: Notice) -> Attempt | None:
    """Return the request that a notice answers, if it was ours; without a name it is none."""
    if notice.kind in {EntryKind.TRIED, EntryKind.DISPUTED}:
        return None
    named = {notice.attempt_key, notice.fact_id, notice.external_id, notice.reverses} - {""}
    for attempt in payment.attempts:
        if {attempt.provider_key, attempt.external_id} & named:
            return attempt
    if notice.kind is EntryKind.DECLINED:
        return next((one for one in payment.attempts if one.external_id == notice.payment_external_id), None)
    if notice.kind in {EntryKind.AUTHORIZED, EntryKind.CAPTURED}:
        # A consent is used once, whoever tells of it.
        return next((one for one in payment.open_attempts if one.verb == Verb.COMPLETE), None)
    return None


def remind_of_dispute(session: Session, entry_id: int) -> None:
    """Tell once more of a dispute that a provider still wants to be answered, by the same day.

    :raises PaymentNotFound: when the payment is gone.
    """
    entry = session.get_one(LedgerEntry, entry_id)
    payment = ledger_service.lock_payment(session, entry.payment_id)
    dispute = next((one for one in payment.disputes if one.number == entry.dispute), None)
    if dispute and dispute.state is DisputeState.OPEN and dispute.due_at == entry.due_at:
        ledger_service.tell(session, payment, entry, None)


def _follow(session: Session, payment: Payment, entry: LedgerEntry, *, at: datetime) -> None:
    if entry.kind == EntryKind.DISPUTED and entry.due_at and entry.due_at - REMINDED_BEFORE > at:
        enqueue(
            session,
            REMIND,
            {"entry_id": entry.id},
            platform_id=payment.platform_id,
            key=f"payments:dispute:{entry.id}",
            run_at=entry.due_at - REMINDED_BEFORE,
        )
    if entry.kind == EntryKind.AUTHORIZED:
        payment_service.capture_if_wanted(session, payment, at=at)
    is_unpaid = not payment.balance.captured and not payment.balance.authorized
    # A consent that comes after the order was cancelled is not made use of: nothing is taken then.
    if entry.kind == EntryKind.APPROVED and is_unpaid and not checkout_service.is_called_off(payment):
        key = f"complete:{entry.external_id}"[:120]
        if attempt_service.find_by_key(payment, key) is None:
            attempt = attempt_service.write(
                session, payment, Verb.COMPLETE, payment.amount_minor, idempotency_key=key, at=at
            )
            attempt_service.ask_later(session, attempt)
