"""Messages of providers: verified, stored once, then handled; again, late or in any order does no harm."""

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.exceptions import AccountNotFound, WebhookRefused
from modules.payments.gateways.interface import Notice, Outcome
from modules.payments.gateways.registry import get_gateway
from modules.payments.models.account import ProviderAccount
from modules.payments.models.payment import Payment, WebhookMessage
from modules.payments.schemas.ledger import EntryKind
from modules.payments.services import ledger_service, payment_service
from wizamart import clock
from wizamart.queue import enqueue

HANDLE = "payments.handle_webhook"


def receive(
    session: Session, public_id: str, headers: Mapping[str, str], body: bytes, *, at: datetime
) -> list[WebhookMessage]:
    """Verify a message and store what it tells; handling it is a task of the same transaction.

    :raises AccountNotFound: when the address belongs to no account.
    :raises WebhookRefused: when the signature is wrong or too old.
    """
    query = sa.select(ProviderAccount).where(ProviderAccount.public_id == public_id).with_for_update()
    account = session.scalars(query).one_or_none()  # held, so that the same message twice at once waits
    if account is None:
        raise AccountNotFound
    notices = get_gateway(account.gateway).handle_webhook(account.access, headers, body, at=at)
    return [_store(session, account, notice, at=at) for notice in notices]


def _store(session: Session, account: ProviderAccount, notice: Notice, *, at: datetime) -> WebhookMessage:
    query = sa.select(WebhookMessage).where(
        WebhookMessage.account_id == account.id, WebhookMessage.external_id == notice.external_id
    )
    known = session.scalars(query).one_or_none()
    if known is not None:
        return known
    message = WebhookMessage(
        platform_id=account.platform_id,
        account_id=account.id,
        external_id=notice.external_id,
        payment_external_id=notice.payment_external_id,
        content={
            "kind": notice.kind.value,
            "amount": notice.amount.minor,
            "currency": notice.amount.currency,
            "reason": notice.reason,
            "occurred_at": (notice.occurred_at or at).isoformat(),
        },
        received_at=at,
    )
    session.add(message)
    session.flush()  # the task needs the id
    enqueue(
        session,
        HANDLE,
        {"message_id": message.id},
        platform_id=account.platform_id,
        key=f"payments:webhook:{message.id}",
    )
    return message


def handle(session: Session, message_id: int, *, at: datetime) -> bool:
    """Do what a stored message asks for; returns whether there was something left to do.

    A message about a payment that is not known (yet) stays unhandled: raising lets the queue try again later.

    :raises PaymentNotFound: then.
    """
    query = sa.select(WebhookMessage).where(WebhookMessage.id == message_id).with_for_update()
    message = session.scalars(query).one_or_none()
    if message is None or message.handled_at is not None:
        return False
    account = session.scalars(
        sa.select(ProviderAccount).where(ProviderAccount.id == message.account_id)
    ).one()
    payment_id = session.scalar(
        sa.select(Payment.id).where(
            Payment.account_id == account.id, Payment.external_id == message.payment_external_id
        )
    )
    payment = ledger_service.lock_payment(session, payment_id or 0)
    content = message.content
    if content["currency"] != payment.currency:
        raise WebhookRefused
    outcome = Outcome(
        kind=EntryKind(content["kind"]),
        external_id=message.external_id,
        payment_external_id=message.payment_external_id,
        reason=content["reason"],
    )
    ledger_service.append(
        session, payment, outcome, content["amount"], at=clock.parse(content["occurred_at"])
    )
    message.handled_at = at
    if outcome.kind is EntryKind.AUTHORIZED and payment.captures_automatically and payment.balance.capturable:
        payment_service.capture(
            session, payment, at=at, idempotency_key=f"{payment.idempotency_key}:capture"[:120]
        )
    return True
