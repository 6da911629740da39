"""What got lost between a provider and us: found, looked up at the provider, and mended.

A request can be made, and its answer lost by a crash; a message can fail to arrive. Both leave a payment that waits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.exceptions import ProviderRefusesUs
from modules.payments.gateways.interface import Access, Gateway, Inquiry, Notice, Outcome
from modules.payments.gateways.registry import find_gateway, installed_gateways
from modules.payments.models.account import ProviderAccount
from modules.payments.models.attempt import Attempt
from modules.payments.models.message import WebhookMessage
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.schemas.ledger import EntryKind, Payee, PaymentStatus, Verb
from modules.payments.services import (
    account_service,
    attempt_service,
    ledger_service,
    listing_service,
    notice_service,
)

LOOK_UP: Final = "payments.look_up"
PATIENCE: Final = timedelta(minutes=5)
SHORTEST_PAUSE: Final = timedelta(minutes=10)
LONGEST_WAIT: Final = timedelta(days=30)
MOST_AT_ONCE: Final = 100
NO_CREDENTIALS: Final = "no credentials"


@dataclass(frozen=True, slots=True)
class LookUp:
    """Whom to ask about which payment."""

    payment_id: int
    gateway: Gateway
    access: Access
    inquiry: Inquiry


def open_attempts(*, before: datetime) -> sa.Select[Any]:
    """Return the requests that were made, or should have been, before a time, and have no answer."""
    answer = sa.select(LedgerEntry.id).where(
        LedgerEntry.attempt_id == Attempt.id, LedgerEntry.kind != EntryKind.TRIED
    )
    asked = sa.func.coalesce(Attempt.asked_at, Attempt.created_at)
    return sa.select(Attempt).where(asked < before, ~answer.exists())


def stuck_payments(*, at: datetime, payee: Payee | None = None) -> sa.Select[Any]:
    """Return the payments that wait for a provider longer than it should take, with their vendors."""
    attempts = open_attempts(before=at - PATIENCE).where(Attempt.payment_id == Payment.id)
    messages = sa.select(WebhookMessage.id).where(
        WebhookMessage.payment_id == Payment.id,
        WebhookMessage.handled_at.is_(None),
        WebhookMessage.received_at < at - PATIENCE,
    )
    local = [code for code, gateway in installed_gateways().items() if not gateway.capabilities.is_remote]
    return listing_service.payments(payee=payee).where(
        Payment.gateway.not_in(local), sa.or_(attempts.exists(), messages.exists())
    )


def count_stuck(session: Session, *, at: datetime, payee: Payee | None = None) -> int:
    """Return how many payments wait so."""
    query = sa.select(sa.func.count()).select_from(stuck_payments(at=at, payee=payee).subquery())
    return session.scalar(query) or 0


def list_due(session: Session, *, platform_id: int, at: datetime) -> list[int]:
    """Return which payments are to be looked up now: seldomer, the longer they wait."""
    remote = [code for code, gateway in installed_gateways().items() if gateway.capabilities.is_remote]
    attempts = open_attempts(before=at - PATIENCE).where(Attempt.payment_id == Payment.id)
    query = (
        sa.select(Payment.id, Payment.account_id, Payment.created_at, Payment.looked_up_at)
        .where(
            Payment.platform_id == platform_id,
            Payment.gateway.in_(remote),
            Payment.created_at < at - PATIENCE,
            Payment.created_at > at - LONGEST_WAIT,
            sa.or_(attempts.exists(), listing_service.status_expression() == PaymentStatus.ACTION_REQUIRED),
            sa.or_(Payment.looked_up_at.is_(None), Payment.looked_up_at < at - SHORTEST_PAUSE),
        )
        .order_by(Payment.looked_up_at.is_not(None), Payment.looked_up_at, Payment.id)
        .limit(MOST_AT_ONCE)
    )
    accounts = session.scalars(sa.select(ProviderAccount).where(ProviderAccount.platform_id == platform_id))
    known = {one.id for one in accounts if one.is_readable and not account_service.missing_credentials(one)}
    return [
        payment_id
        for payment_id, account_id, created_at, looked_up_at in session.execute(query)
        if account_id in known and (looked_up_at is None or at - looked_up_at >= (at - created_at) / 8)
    ]


def prepare(session: Session, payment_id: int, *, at: datetime) -> LookUp | None:
    """Return whom to ask about a payment, or None where nobody can be asked.

    :raises PaymentNotFound: when there is none in this scope.
    :raises ProviderRefusesUs: when the account has no credentials.
    """
    payment = ledger_service.lock_payment(session, payment_id)
    gateway = find_gateway(payment.gateway)
    payment.looked_up_at = at
    if gateway is None or payment.account is None or not gateway.capabilities.is_remote:
        return None
    if not payment.account.is_readable or account_service.missing_credentials(payment.account):
        raise ProviderRefusesUs(NO_CREDENTIALS)
    inquiry = Inquiry(
        token=payment.token,
        external_id=payment.external_id,
        amount=payment.amount,
        attempts={attempt.provider_key: attempt.external_id for attempt in payment.attempts},
        created_at=payment.created_at,
    )
    return LookUp(payment.id, gateway, payment.account.access, inquiry)


def settle(session: Session, payment_id: int, notices: Sequence[Notice], *, at: datetime) -> int:
    """Write down what a look-up told, and deal with what the provider knows nothing of; returns how much was new."""
    payment = ledger_service.lock_payment(session, payment_id)
    before = len(payment.entries)
    for notice in notices:
        notice_service.write(session, payment, notice, at=at)
    for attempt in list(payment.attempts):
        if payment.answer_to(attempt) is None:
            _mend(session, payment, attempt, at=at)
    return len(payment.entries) - before


def list_waiting_completions(session: Session, payment_id: int) -> list[int]:
    """Return the requests that make use of the customer's consent and were not made yet."""
    payment = ledger_service.lock_payment(session, payment_id)
    return [
        attempt.id
        for attempt in payment.attempts
        if attempt.verb == Verb.COMPLETE and not attempt.times_asked and payment.answer_to(attempt) is None
    ]


def _mend(session: Session, payment: Payment, attempt: Attempt, *, at: datetime) -> None:
    """Make a request again while its key still holds; after that, what is not known there was never done.

    One that the provider has and will answer later has a name there. A customer's page is opened again only by the
    customer, who presses the button.
    """
    gateway = find_gateway(payment.gateway)
    keys_hold = gateway.capabilities.keys_hold if gateway else timedelta(0)
    if attempt.external_id and attempt.verb != Verb.CANCEL:
        return
    if at - attempt.created_at > keys_hold:
        outcome = Outcome(
            EntryKind.DECLINED, f"{attempt.provider_key}:lost", payment.external_id, reason="never_arrived"
        )
        ledger_service.append(session, payment, outcome, attempt.amount_minor, at=at, attempt=attempt)
    elif attempt.verb != Verb.AUTHORIZE and (attempt.asked_at is None or at - attempt.asked_at > PATIENCE):
        attempt_service.ask_later(session, attempt)
