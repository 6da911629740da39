"""Requests to providers: written down first, then made, then answered.

`prepare` and `record` belong to transactions, `put` to none. A provider that is not on the network is asked in the
transaction in which the request is written, by `carry_out`.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.exceptions import AlreadyAnswered, NotOnItsOwn, PaymentNotFound, ProviderUnknown
from modules.payments.gateways.interface import Access, Authorization, Gateway, Method, Outcome
from modules.payments.gateways.registry import get_gateway
from modules.payments.models.attempt import Attempt
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.schemas.ledger import EntryKind, Verb
from modules.payments.services import ledger_service
from wizamart.money import Money
from wizamart.queue import enqueue

ASK: Final = "payments.ask_provider"
_SUCCESSES: Final = {
    Verb.COMPLETE: EntryKind.CAPTURED,
    Verb.CAPTURE: EntryKind.CAPTURED,
    Verb.REFUND: EntryKind.REFUNDED,
    Verb.VOID: EntryKind.VOIDED,
    Verb.CANCEL: EntryKind.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Question:
    """All that is needed to ask a provider without the database."""

    attempt_id: int
    gateway: Gateway
    access: Access
    verb: Verb
    payment_external_id: str
    authorization: Authorization


def find_by_key(payment: Payment, idempotency_key: str) -> Attempt | None:
    """Return the request that was made with this key, if there is one."""
    return next((one for one in payment.attempts if one.idempotency_key == idempotency_key), None)


def write(
    session: Session,
    payment: Payment,
    verb: Verb,
    amount_minor: int,
    *,
    idempotency_key: str,
    at: datetime,
    actor_id: int | None = None,
    note: str = "",
) -> Attempt:
    """Write down a request about a locked payment; from now on its amount is taken."""
    attempt = Attempt(
        platform_id=payment.platform_id,
        vendor_id=payment.vendor_id,
        payment_id=payment.id,
        verb=verb,
        amount_minor=amount_minor,
        idempotency_key=idempotency_key,
        provider_key=secrets.token_hex(16),
        note=note[:200],
        actor_id=actor_id,
        created_at=at,
    )
    payment.attempts.append(attempt)
    session.flush()  # whoever asks and whatever answers names its id
    return attempt


def ask_later(session: Session, attempt: Attempt) -> None:
    """Let a task ask the provider once the transaction has committed."""
    enqueue(
        session,
        ASK,
        {"attempt_id": attempt.id},
        platform_id=attempt.platform_id,
        key=f"payments:ask:{attempt.id}:{attempt.times_asked}",
    )


def carry_out(
    session: Session, payment: Payment, attempt: Attempt, *, at: datetime, source: str = ""
) -> LedgerEntry | None:
    """Ask a provider that is not on the network, and write down its answer.

    :raises NotOnItsOwn: when it is.
    """
    question = _question(payment, attempt, source=source)
    if question.gateway.capabilities.is_remote:
        raise NotOnItsOwn
    _count(attempt, at)
    return _write_answer(session, payment, attempt, put(question), at=at)


def prepare(
    session: Session, attempt_id: int, *, at: datetime, source: str = "", page_url: str = ""
) -> Question | None:
    """Return what to ask, or None when it is answered; that it was asked stands there even if the answer gets lost.

    :raises PaymentNotFound: when there is no such request in this scope.
    """
    payment, attempt = lock(session, attempt_id)
    if payment.answer_to(attempt) is not None:
        return None
    _count(attempt, at)
    return _question(payment, attempt, source=source, page_url=page_url)


def put(question: Question) -> Outcome:
    """Ask the provider; no transaction is open while one on the network is asked.

    :raises ProviderSilent: when nobody knows what became of it.
    """
    gateway, access, asked = question.gateway, question.access, question.authorization
    if question.verb is Verb.AUTHORIZE:
        return gateway.authorize(access, asked)
    verbs = {
        Verb.COMPLETE: gateway.complete,
        Verb.CAPTURE: gateway.capture,
        Verb.REFUND: gateway.refund,
        Verb.VOID: gateway.void,
        Verb.CANCEL: gateway.cancel,
    }
    ask = verbs[question.verb]
    return ask(access, question.payment_external_id, asked.amount, idempotency_key=asked.idempotency_key)


def record(session: Session, attempt_id: int, outcome: Outcome, *, at: datetime) -> LedgerEntry | None:
    """Write down the answer to a request, unless a message told it meanwhile; None while it is to come."""
    payment, attempt = lock(session, attempt_id)
    return payment.answer_to(attempt) or _write_answer(session, payment, attempt, outcome, at=at)


def record_trouble(session: Session, attempt_id: int, trouble: str) -> None:
    """Remember why a request has no answer."""
    _payment, attempt = lock(session, attempt_id)
    attempt.trouble = trouble[:200]


def settle_by_hand(
    session: Session,
    attempt_id: int,
    *,
    is_done: bool,
    actor_id: int | None,
    at: datetime,
    note: str = "",
    payment_id: int | None = None,
) -> LedgerEntry:
    """Write down what somebody knows of a request that the provider does not answer any more.

    :raises PaymentNotFound: when it is not of the payment that was named.
    :raises AlreadyAnswered: when it does have an answer.
    """
    payment, attempt = lock(session, attempt_id)
    if payment_id not in {None, payment.id}:
        raise PaymentNotFound
    if payment.answer_to(attempt) is not None:
        raise AlreadyAnswered
    verb = Verb(attempt.verb)
    kind = _SUCCESSES.get(verb, EntryKind.CAPTURED) if is_done else EntryKind.DECLINED
    outcome = Outcome(kind, f"{attempt.provider_key}:by-hand", payment.external_id, reason="by_hand")
    return ledger_service.append(
        session, payment, outcome, attempt.amount_minor, at=at, attempt=attempt, actor_id=actor_id, note=note
    )


def lock(session: Session, attempt_id: int) -> tuple[Payment, Attempt]:
    """Return a request with its payment, locked and read afresh.

    :raises PaymentNotFound: when there is none in this scope.
    """
    query = sa.select(Attempt.payment_id).where(Attempt.id == attempt_id)
    payment = ledger_service.lock_payment(session, session.scalar(query) or 0)
    return payment, next(attempt for attempt in payment.attempts if attempt.id == attempt_id)


def _count(attempt: Attempt, at: datetime) -> None:
    attempt.asked_at = at
    attempt.times_asked += 1
    attempt.trouble = ""


def _question(payment: Payment, attempt: Attempt, *, source: str = "", page_url: str = "") -> Question:
    if payment.account is None:  # a disabled account still answers for what it took; a deleted one cannot
        raise ProviderUnknown(gateway=payment.gateway_name)
    return Question(
        attempt_id=attempt.id,
        gateway=get_gateway(payment.gateway),
        access=payment.account.access,
        verb=Verb(attempt.verb),
        payment_external_id=attempt.external_id if attempt.verb == Verb.CANCEL else payment.external_id,
        authorization=Authorization(
            amount=Money(attempt.amount_minor, payment.currency),
            method=Method(payment.method),
            source=source,
            reference=payment.reference,
            idempotency_key=attempt.provider_key,
            number=payment.id,
            token=payment.token,
            page_url=page_url,
            customer_email=payment.customer_email,
            captures_automatically=payment.captures_automatically,
        ),
    )


def _write_answer(
    session: Session, payment: Payment, attempt: Attempt, outcome: Outcome, *, at: datetime
) -> LedgerEntry | None:
    attempt.action_url = outcome.action_url
    attempt.external_id = (
        outcome.payment_external_id if attempt.verb == Verb.AUTHORIZE else outcome.external_id
    )
    payment.external_id = outcome.payment_external_id or payment.external_id
    payment.method_label = outcome.method_label or payment.method_label
    if not outcome.is_final:
        return None
    return ledger_service.append(
        session,
        payment,
        outcome,
        attempt.amount_minor,
        at=at,
        attempt=attempt,
        actor_id=attempt.actor_id,
        note=attempt.note,
    )
