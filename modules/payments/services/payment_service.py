"""Payments: start one, ask for captures, refunds and releases, and say how something was paid.

Declining is an outcome in the ledger, not an exception: look at the payment's status, or at `answer_to` a request. A
provider on the network is asked by a task after the commit, so there the answer comes later, and events tell it.
"""

import secrets
import uuid
from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modules.payments.exceptions import (
    AccountDisabled,
    KeyUsedOtherwise,
    NothingToPay,
    PaymentNotFound,
)
from modules.payments.gateways.interface import Method
from modules.payments.gateways.registry import get_gateway
from modules.payments.models.account import ProviderAccount
from modules.payments.models.attempt import Attempt
from modules.payments.models.payment import Payment
from modules.payments.schemas.ledger import Payee, Verb
from modules.payments.schemas.payment import PaymentDescription
from modules.payments.services import account_service, attempt_service, ledger_service, limit_service
from wizamart.money import Money


def get_payment(session: Session, payment_id: int) -> Payment:
    """Return a payment of the session's tenant.

    :raises PaymentNotFound: when there is none, or it is another tenant's.
    """
    payment = session.scalars(sa.select(Payment).where(Payment.id == payment_id)).one_or_none()
    if payment is None:
        raise PaymentNotFound
    return payment


def create_payment(
    session: Session,
    *,
    platform_id: int,
    vendor_id: int,
    amount: Money,
    reference: str,
    account: ProviderAccount,
    method: Method,
    at: datetime,
    payee: Payee = Payee.VENDOR,
    captures_automatically: bool = True,
    customer_id: int | None = None,
    customer_email: str = "",
    return_url: str = "",
    idempotency_key: str | None = None,
) -> Payment:
    """Write down what is to be paid, and ask nobody; a key that was used before gives the payment of that time.

    :raises NothingToPay: for an amount of zero or less.
    :raises AccountDisabled: when the account is off.
    :raises KeyUsedOtherwise: when the key belongs to another amount or reference.
    """
    key = idempotency_key or uuid.uuid4().hex
    known = find_known(session, platform_id, key, vendor_id=vendor_id, amount=amount, reference=reference)
    if known is not None:
        return known
    if not account.is_enabled:
        raise AccountDisabled
    payment = Payment(
        platform_id=platform_id,
        vendor_id=vendor_id,
        token=secrets.token_urlsafe(24),
        payee=payee,
        method=method,
        amount_minor=amount.minor,
        currency=amount.currency,
        captures_automatically=captures_automatically,
        reference=reference,
        customer_id=customer_id,
        customer_email=customer_email,
        return_url=return_url,
        idempotency_key=key,
        created_at=at,
        entries=[],
        attempts=[],
        **_taker(account),
    )
    return _insert(session, payment)


def _taker(account: ProviderAccount) -> dict[str, Any]:
    """Return who takes the money, as it is now: the payment says so however the account changes later."""
    gateway = get_gateway(account.gateway)
    return {
        "account": account,
        "gateway": gateway.code,
        "gateway_name": str(gateway.name),
        "account_name": account.name,
        "is_live": account.is_live,
    }


def _insert(session: Session, payment: Payment) -> Payment:
    """Add a payment, or return the one that took its key just now in another transaction, before anybody was asked."""
    find = partial(
        find_known,
        session,
        payment.platform_id,
        payment.idempotency_key,
        vendor_id=payment.vendor_id,
        amount=payment.amount,
        reference=payment.reference,
    )
    try:
        with session.begin_nested():
            session.add(payment)
    except IntegrityError:
        known = find()
        if known is None:
            raise
        return known
    return payment


def start_payment(
    session: Session,
    *,
    platform_id: int,
    vendor_id: int,
    amount: Money,
    reference: str,
    at: datetime,
    source: str,
    method: Method = Method.CARD,
    account: ProviderAccount | None = None,
    payee: Payee = Payee.VENDOR,
    captures_automatically: bool = True,
    customer_id: int | None = None,
    idempotency_key: str | None = None,
    actor_id: int | None = None,
) -> Payment:
    """Take an amount, or hold it, by a provider's token for what the customer pays with, in this transaction.

    :raises NothingToPay: for an amount of zero or less.
    :raises NoAccount: when no enabled account offers the method.
    :raises AccountDisabled: when the account that was named is off.
    :raises KeyUsedOtherwise: when the key belongs to another amount or reference.
    :raises NotOnItsOwn: when the provider has to be asked over the network.
    """
    key = idempotency_key or uuid.uuid4().hex
    known = find_known(session, platform_id, key, vendor_id=vendor_id, amount=amount, reference=reference)
    if known is not None:
        return known
    owner_id = vendor_id if payee is Payee.VENDOR else None
    payment = create_payment(
        session,
        platform_id=platform_id,
        vendor_id=vendor_id,
        amount=amount,
        reference=reference,
        account=account
        or account_service.choose_account(
            session, platform_id=platform_id, vendor_id=owner_id, method=method
        ),
        method=method,
        at=at,
        payee=payee,
        captures_automatically=captures_automatically,
        customer_id=customer_id,
        idempotency_key=key,
    )
    if not payment.attempts:
        authorize(session, payment, source=source, idempotency_key="start", at=at, actor_id=actor_id)
    return payment


def authorize(
    session: Session,
    payment: Payment,
    *,
    source: str,
    idempotency_key: str,
    at: datetime,
    actor_id: int | None = None,
) -> Attempt:
    """Ask a provider that is not on the network, and take the money at once unless it is only to be held."""
    attempt = attempt_service.write(
        session,
        payment,
        Verb.AUTHORIZE,
        payment.amount_minor,
        idempotency_key=idempotency_key,
        at=at,
        actor_id=actor_id,
    )
    attempt_service.carry_out(session, payment, attempt, at=at, source=source)
    capture_if_wanted(session, payment, at=at, actor_id=actor_id)
    return attempt


def capture_if_wanted(
    session: Session, payment: Payment, *, at: datetime, actor_id: int | None = None
) -> None:
    """Take what is held if the payment was started so; a refused capture is not tried again by itself."""
    key = "capture"
    if not payment.captures_automatically or not payment.balance.capturable:
        return
    if attempt_service.find_by_key(payment, key) is None:
        request_capture(session, payment, idempotency_key=key, actor_id=actor_id, at=at)


def request_capture(
    session: Session,
    payment: Payment,
    *,
    at: datetime,
    amount: Money | None = None,
    reason: str = "",
    idempotency_key: str | None = None,
    actor_id: int | None = None,
) -> Attempt:
    """Ask to take what is held, or a part of it.

    :raises MoreThanAuthorized: when less is held.
    """
    return _request(
        session,
        payment,
        Verb.CAPTURE,
        amount=amount,
        reason=reason,
        idempotency_key=idempotency_key,
        actor_id=actor_id,
        at=at,
    )


def request_refund(
    session: Session,
    payment: Payment,
    *,
    at: datetime,
    amount: Money | None = None,
    reason: str = "",
    idempotency_key: str | None = None,
    actor_id: int | None = None,
) -> Attempt:
    """Ask to give back what was taken, or a part of it; the amount is not refundable any more from now on.

    :raises MoreThanCaptured: when less is left, however many ask at once.
    """
    return _request(
        session,
        payment,
        Verb.REFUND,
        amount=amount,
        reason=reason,
        idempotency_key=idempotency_key,
        actor_id=actor_id,
        at=at,
    )


def request_void(
    session: Session,
    payment: Payment,
    *,
    at: datetime,
    reason: str = "",
    idempotency_key: str | None = None,
    actor_id: int | None = None,
) -> Attempt:
    """Ask to release all that is held and not taken.

    :raises NothingToVoid: when nothing is held.
    """
    return _request(
        session,
        payment,
        Verb.VOID,
        amount=None,
        reason=reason,
        idempotency_key=idempotency_key,
        actor_id=actor_id,
        at=at,
    )


def enter_refund(
    session: Session,
    payment: Payment,
    *,
    amount: Money,
    note: str,
    idempotency_key: str,
    actor_id: int | None,
    at: datetime,
) -> Attempt:
    """Write down a refund that somebody has made at the provider itself, and ask nobody.

    :raises MoreThanCaptured: when less is left.
    """
    payment = ledger_service.lock_payment(session, payment.id)
    known = attempt_service.find_by_key(payment, idempotency_key)
    if known is not None:
        return known
    minor = limit_service.check_amount(payment, Verb.REFUND, amount)
    attempt = attempt_service.write(
        session, payment, Verb.REFUND, minor, idempotency_key=idempotency_key, at=at, actor_id=actor_id
    )
    attempt_service.settle_by_hand(session, attempt.id, is_done=True, actor_id=actor_id, at=at, note=note)
    return attempt


def describe(payment: Payment) -> PaymentDescription:
    """Say how something was paid, from what was written down then: no provider is asked."""
    balance = payment.balance
    return PaymentDescription(
        payment_id=payment.id,
        provider=payment.gateway_name,
        method=payment.method_name,
        status=balance.status,
        amount=payment.amount,
        captured=Money(balance.captured, payment.currency),
        refunded=Money(balance.refunded, payment.currency),
        is_live=payment.is_live,
        at=payment.created_at,
    )


def find_known(
    session: Session, platform_id: int, key: str, *, vendor_id: int, amount: Money, reference: str
) -> Payment | None:
    """Return the payment that was made with a key, if there is one.

    :raises NothingToPay: for an amount of zero or less.
    :raises KeyUsedOtherwise: when it is another payment.
    """
    if amount.minor <= 0:
        raise NothingToPay
    query = sa.select(Payment).where(Payment.platform_id == platform_id, Payment.idempotency_key == key)
    known = session.scalars(query).one_or_none()
    if known is not None and (known.amount, known.reference, known.vendor_id) != (
        amount,
        reference,
        vendor_id,
    ):
        raise KeyUsedOtherwise
    return known


def _request(
    session: Session,
    payment: Payment,
    verb: Verb,
    *,
    amount: Money | None,
    reason: str,
    idempotency_key: str | None,
    actor_id: int | None,
    at: datetime,
) -> Attempt:
    """Write a request down under the payment's lock, and make it: at once, or by a task over the network."""
    payment = ledger_service.lock_payment(session, payment.id)
    key = idempotency_key or uuid.uuid4().hex
    known = attempt_service.find_by_key(payment, key)
    if known is not None:
        if known.verb != verb or (amount and amount.minor != known.amount_minor):
            raise KeyUsedOtherwise
        return known
    minor = limit_service.check(payment, verb, amount)
    attempt = attempt_service.write(
        session, payment, verb, minor, idempotency_key=key, at=at, actor_id=actor_id, note=reason
    )
    if get_gateway(payment.gateway).capabilities.is_remote:
        attempt_service.ask_later(session, attempt)
    else:
        attempt_service.carry_out(session, payment, attempt, at=at)
    return attempt
