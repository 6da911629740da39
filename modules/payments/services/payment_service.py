"""Payments: start, capture, refund, void, and say how something was paid.

Declining is an outcome in the ledger, not an exception: look at the payment's status, or at the line returned.
"""

import uuid
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.exceptions import (
    AccountDisabled,
    KeyUsedOtherwise,
    MoreThanAuthorized,
    MoreThanCaptured,
    NothingToPay,
    NothingToVoid,
    NotPossible,
    OtherCurrency,
    PaymentNotFound,
    ProviderUnknown,
)
from modules.payments.gateways.interface import Authorization, Gateway, Method
from modules.payments.gateways.registry import get_gateway
from modules.payments.models.account import ProviderAccount
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.schemas.ledger import EntryKind, Payee
from modules.payments.schemas.payment import PaymentDescription
from modules.payments.services import account_service, ledger_service
from wizamart.i18n import format_money
from wizamart.money import Money


def get_payment(session: Session, payment_id: int) -> Payment:
    """Return a payment of the session's tenant.

    :raises PaymentNotFound: when there is none, or it is another tenant's.
    """
    payment = session.scalars(sa.select(Payment).where(Payment.id == payment_id)).one_or_none()
    if payment is None:
        raise PaymentNotFound
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
    """Ask a provider for an amount, and take it at once unless it is only to be held.

    `source` is the provider's token for what the customer pays with. With a key that was used before, the payment
    of that time is returned and nothing is asked for.

    :raises NothingToPay: for an amount of zero or less.
    :raises NoAccount: when no enabled account offers the method.
    :raises AccountDisabled: when the account that was named is off.
    :raises KeyUsedOtherwise: when the key belongs to another amount or reference.
    """
    if amount.minor <= 0:
        raise NothingToPay
    key = idempotency_key or uuid.uuid4().hex
    known = _find_by_key(session, platform_id, key)
    if known is not None:
        if (known.amount, known.reference, known.vendor_id) != (amount, reference, vendor_id):
            raise KeyUsedOtherwise
        return known
    owner_id = vendor_id if payee is Payee.VENDOR else None
    account = account or account_service.choose_account(
        session, platform_id=platform_id, vendor_id=owner_id, method=method
    )
    if not account.is_enabled:
        raise AccountDisabled
    gateway = get_gateway(account.gateway)
    payment = Payment(
        platform_id=platform_id,
        vendor_id=vendor_id,
        account=account,
        payee=payee,
        gateway=gateway.code,
        gateway_name=str(gateway.name),
        account_name=account.name,
        is_live=account.is_live,
        method=method,
        amount_minor=amount.minor,
        currency=amount.currency,
        captures_automatically=captures_automatically,
        reference=reference,
        customer_id=customer_id,
        idempotency_key=key,
        created_at=at,
        entries=[],
    )
    session.add(payment)
    session.flush()  # the same key in another transaction must collide before the provider is asked
    outcome = gateway.authorize(account.access, Authorization(amount, method, source, reference, key))
    payment.external_id = outcome.payment_external_id
    payment.method_label = outcome.method_label
    entry = ledger_service.append(session, payment, outcome, amount.minor, at=at, actor_id=actor_id)
    if entry.kind == EntryKind.AUTHORIZED and captures_automatically:
        capture(session, payment, at=at, idempotency_key=f"{key}:capture"[:120], actor_id=actor_id)
    return payment


def capture(
    session: Session,
    payment: Payment,
    *,
    at: datetime,
    amount: Money | None = None,
    idempotency_key: str | None = None,
    actor_id: int | None = None,
    note: str = "",
) -> LedgerEntry:
    """Take what is held, or a part of it; returns the line of the ledger, which may be a refusal.

    :raises MoreThanAuthorized: when less is held.
    """
    payment = ledger_service.lock_payment(session, payment.id)
    key = idempotency_key or uuid.uuid4().hex
    known = _answered(payment, key, EntryKind.CAPTURED, amount)
    if known is not None:
        return known
    held = payment.balance.capturable
    amount = _checked(payment, amount, held)
    if amount.minor > held or held == 0:
        raise MoreThanAuthorized(available=format_money(held, payment.currency))
    gateway, account = _asked(payment)
    if amount.minor < held and not gateway.capabilities.partial_capture:
        raise NotPossible
    outcome = gateway.capture(account.access, payment.external_id, amount, idempotency_key=key)
    return ledger_service.append(
        session, payment, outcome, amount.minor, at=at, idempotency_key=key, actor_id=actor_id, note=note
    )


def refund(
    session: Session,
    payment: Payment,
    *,
    at: datetime,
    amount: Money | None = None,
    idempotency_key: str | None = None,
    actor_id: int | None = None,
    note: str = "",
) -> LedgerEntry:
    """Give back what was taken, or a part of it; returns the line of the ledger, which may be a refusal.

    :raises MoreThanCaptured: when less is left, however many ask at once.
    """
    payment = ledger_service.lock_payment(session, payment.id)
    key = idempotency_key or uuid.uuid4().hex
    known = _answered(payment, key, EntryKind.REFUNDED, amount)
    if known is not None:
        return known
    left = payment.balance.refundable
    amount = _checked(payment, amount, left)
    if amount.minor > left or left == 0:
        raise MoreThanCaptured(available=format_money(left, payment.currency))
    gateway, account = _asked(payment)
    if amount.minor < payment.balance.captured and not gateway.capabilities.partial_refund:
        raise NotPossible
    outcome = gateway.refund(account.access, payment.external_id, amount, idempotency_key=key)
    return ledger_service.append(
        session, payment, outcome, amount.minor, at=at, idempotency_key=key, actor_id=actor_id, note=note
    )


def void(
    session: Session,
    payment: Payment,
    *,
    at: datetime,
    idempotency_key: str | None = None,
    actor_id: int | None = None,
    note: str = "",
) -> LedgerEntry:
    """Release all that is held and not taken; returns the line of the ledger, which may be a refusal.

    :raises NothingToVoid: when nothing is held.
    """
    payment = ledger_service.lock_payment(session, payment.id)
    key = idempotency_key or uuid.uuid4().hex
    known = ledger_service.find_by_key(payment, key)
    if known is not None:
        return known
    held = payment.balance.capturable
    if held == 0:
        raise NothingToVoid
    gateway, account = _asked(payment)
    if not gateway.capabilities.void:
        raise NotPossible
    amount = Money(held, payment.currency)
    outcome = gateway.void(account.access, payment.external_id, amount, idempotency_key=key)
    return ledger_service.append(
        session, payment, outcome, held, at=at, idempotency_key=key, actor_id=actor_id, note=note
    )


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


def _find_by_key(session: Session, platform_id: int, key: str) -> Payment | None:
    query = sa.select(Payment).where(Payment.platform_id == platform_id, Payment.idempotency_key == key)
    return session.scalars(query).one_or_none()


def _answered(payment: Payment, key: str, kind: EntryKind, amount: Money | None) -> LedgerEntry | None:
    """Return the line of a request that was made before; the same key for another amount is refused."""
    known = ledger_service.find_by_key(payment, key)
    if known is None:
        return None
    if known.kind not in {kind, EntryKind.DECLINED} or (amount and amount.minor != known.amount_minor):
        raise KeyUsedOtherwise
    return known


def _checked(payment: Payment, amount: Money | None, everything: int) -> Money:
    """Return the amount that is meant: what was given, or all there is."""
    if amount is None:
        return Money(everything, payment.currency)
    if amount.currency != payment.currency:
        raise OtherCurrency(expected=payment.currency, given=amount.currency)
    if amount.minor <= 0:
        raise NothingToPay
    return amount


def _asked(payment: Payment) -> tuple[Gateway, ProviderAccount]:
    """Return whom to ask about a payment; a disabled account still answers for what it took."""
    gateway = get_gateway(payment.gateway)
    if payment.account is None:
        raise ProviderUnknown(gateway=payment.gateway_name)
    return gateway, payment.account
