"""Messages of providers: verified, stored once, then handled; again, late or in any order does no harm."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.exceptions import AccountNotFound
from modules.payments.gateways.interface import Access, Gateway, Notice
from modules.payments.gateways.registry import get_gateway
from modules.payments.models.account import ProviderAccount
from modules.payments.models.message import WebhookMessage
from modules.payments.schemas.ledger import EntryKind
from modules.payments.schemas.payload import without_secrets
from modules.payments.services import notice_service
from wizamart import clock
from wizamart.money import Money
from wizamart.queue import enqueue

HANDLE: Final = "payments.handle_webhook"


def receive(
    session: Session, public_id: str, headers: Mapping[str, str], body: bytes, *, at: datetime
) -> list[WebhookMessage]:
    """Verify a message of a provider that is not asked over the network for that, and store what it tells.

    :raises AccountNotFound: when the address belongs to no account.
    :raises WebhookRefused: when the signature is wrong or too old.
    """
    gateway, access = find_address(session, public_id)
    return store(session, public_id, gateway.handle_webhook(access, headers, body, at=at), at=at)


def find_address(session: Session, public_id: str) -> tuple[Gateway, Access]:
    """Return the provider whose messages arrive at an address, and the account with which they are verified.

    :raises AccountNotFound: when the address belongs to no account.
    """
    query = sa.select(ProviderAccount).where(ProviderAccount.public_id == public_id)
    account = session.scalars(query).one_or_none()
    if account is None:
        raise AccountNotFound
    return get_gateway(account.gateway), account.access


def store(
    session: Session, public_id: str, notices: Sequence[Notice], *, at: datetime
) -> list[WebhookMessage]:
    """Store what a verified message tells; handling it is a task of the same transaction.

    :raises AccountNotFound: when the account is gone.
    """
    query = sa.select(ProviderAccount).where(ProviderAccount.public_id == public_id).with_for_update()
    account = session.scalars(query).one_or_none()  # held, so that the same message twice at once waits
    if account is None:
        raise AccountNotFound
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
        payment_id=notice_service.find_payment_id(session, account, notice),
        external_id=notice.external_id,
        kind=(notice.title or notice.kind.value)[:80],
        content=_as_json(notice),
        payload=without_secrets(notice.payload),
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
    entry = notice_service.apply(session, account, _from_json(message), at=message.received_at)
    message.payment_id = entry.payment_id
    message.handled_at = at
    return True


def _as_json(notice: Notice) -> dict[str, Any]:
    return {
        "payment": notice.payment_external_id,
        "token": notice.token,
        "attempt": notice.attempt_key,
        "fact": notice.fact_id,
        "reverses": notice.reverses,
        "kind": notice.kind.value,
        "amount": notice.amount.minor,
        "currency": notice.amount.currency,
        "reason": notice.reason,
        "method": notice.method_label,
        "occurred_at": notice.occurred_at.isoformat() if notice.occurred_at else None,
        "dispute": notice.dispute,
        "due_at": notice.due_at.isoformat() if notice.due_at else None,
    }


def _from_json(message: WebhookMessage) -> Notice:
    content = {"reverses": "", "dispute": "", "due_at": None, **message.content}  # older ones lack these
    return Notice(
        external_id=message.external_id,
        payment_external_id=content["payment"],
        kind=EntryKind(content["kind"]),
        amount=Money(content["amount"], content["currency"]),
        reason=content["reason"],
        occurred_at=clock.parse(content["occurred_at"]) if content["occurred_at"] else None,
        fact_id=content["fact"],
        reverses=content["reverses"],
        token=content["token"],
        attempt_key=content["attempt"],
        method_label=content["method"],
        dispute=content["dispute"],
        due_at=clock.parse(content["due_at"]) if content["due_at"] else None,
    )
