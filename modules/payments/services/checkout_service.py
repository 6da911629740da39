"""Paying in a shop: what is offered, the payment that waits, and the customer's way through it."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.exceptions import NoAccount, NotPayable, PaymentNotFound
from modules.payments.gateways.interface import Authorization, Method, Outcome
from modules.payments.gateways.registry import find_gateway
from modules.payments.models.account import ProviderAccount
from modules.payments.models.attempt import Attempt
from modules.payments.models.payment import Payment
from modules.payments.schemas.ledger import EntryKind, PaymentStatus, Verb
from modules.payments.schemas.offer import CheckoutView, PaymentOffer
from modules.payments.schemas.reason import reason_label
from modules.payments.services import account_service, attempt_service, ledger_service, payment_service
from wizamart.i18n import gettext as _
from wizamart.money import Money

PAYABLE = frozenset({PaymentStatus.PENDING, PaymentStatus.FAILED, PaymentStatus.ACTION_REQUIRED})
CALLED_OFF = "called_off"


def list_offers(session: Session, *, platform_id: int, vendor_id: int, currency: str) -> list[PaymentOffer]:
    """Return how a vendor's customers can pay in this currency; nothing when nobody takes payments here."""
    pairs = _list_pairs(session, platform_id=platform_id, vendor_id=vendor_id, currency=currency)
    labels = [str(method.label) for _account, method in pairs]
    return [
        PaymentOffer(
            code=_code(account, method),
            label=label if labels.count(label) == 1 else f"{label} ({account.name})",
            detail="" if account.is_live else _("Test mode: no money moves."),
            method=method,
            gateway=account.gateway,
        )
        for (account, method), label in zip(pairs, labels, strict=True)
    ]


def begin(
    session: Session,
    *,
    platform_id: int,
    vendor_id: int,
    amount: Money,
    reference: str,
    customer_id: int | None,
    customer_email: str,
    offer: str,
    return_url: str,
    idempotency_key: str,
    at: datetime,
) -> Payment:
    """Write down a payment that waits for its customer, and ask nobody; its page is `/pay/<token>`.

    `return_url` is a path of this site. A key that was used before gives the payment of that time.

    :raises NoAccount: when the offer does not hold (any more).
    :raises NothingToPay: for an amount of zero or less.
    :raises KeyUsedOtherwise: when the key belongs to another amount or reference.
    """
    known = payment_service.find_known(
        session, platform_id, idempotency_key, vendor_id=vendor_id, amount=amount, reference=reference
    )
    if known is not None:
        return known
    pairs = _list_pairs(session, platform_id=platform_id, vendor_id=vendor_id, currency=amount.currency)
    chosen = next((pair for pair in pairs if _code(*pair) == offer), None)
    if chosen is None:
        raise NoAccount
    account, method = chosen
    return payment_service.create_payment(
        session,
        platform_id=platform_id,
        vendor_id=vendor_id,
        amount=amount,
        reference=reference,
        account=account,
        method=method,
        customer_id=customer_id,
        customer_email=customer_email,
        return_url=return_url if is_own_path(return_url) else "",
        idempotency_key=idempotency_key,
        at=at,
    )


def is_own_path(url: str) -> bool:
    """Tell whether an address is a path of this site and leads nowhere else."""
    return url.startswith("/") and not url.startswith("//") and "\\" not in url and url.isprintable()


def get_by_token(session: Session, token: str) -> Payment:
    """Return the payment of a customer's page.

    :raises PaymentNotFound: when there is none.
    """
    payment = session.scalars(sa.select(Payment).where(Payment.token == token)).one_or_none()
    if payment is None:
        raise PaymentNotFound
    return payment


def view(session: Session, token: str) -> CheckoutView:
    """Return what a customer sees on the payment's page.

    :raises PaymentNotFound: when there is none.
    """
    payment = get_by_token(session, token)
    gateway, account = find_gateway(payment.gateway), payment.account
    stage = _stage(payment)
    attempt = current_attempt(payment)
    is_served = account is not None and account.is_readable and (stage != "open" or account.is_enabled)
    if gateway is None or account is None or not is_served:
        stage = "closed" if stage in {"open", "waiting"} else stage
        return CheckoutView(payment, stage, "payments/storefront/_redirect.html", {})
    request = Authorization(
        amount=Money(max(0, payment.amount_minor - payment.captured_minor), payment.currency),
        method=Method(payment.method),
        source="",
        reference=payment.reference,
        idempotency_key="",
        number=payment.id,
        token=payment.token,
    )
    return CheckoutView(
        payment=payment,
        stage=stage,
        template=gateway.checkout_template,
        details=gateway.checkout_details(account.access, request),
        action_url=attempt.action_url if attempt and stage == "waiting" else "",
        failure=_failure(payment) if stage == "open" else "",
    )


def find_due(payment: Payment) -> datetime | None:
    """Return until when the customer is asked to pay; None where they pay at once, or nobody takes it any more."""
    gateway, account = find_gateway(payment.gateway), payment.account
    if gateway is None or account is None or not account.is_readable:
        return None
    allowed = gateway.time_to_pay(account.access)
    return payment.created_at + allowed if allowed is not None else None


def _stage(payment: Payment) -> str:
    status = payment.status
    if status is PaymentStatus.AUTHORIZED:
        return "held"
    if status is PaymentStatus.ACTION_REQUIRED and is_payable(payment):
        return "waiting"
    if is_payable(payment) or payment.balance.is_part_paid:
        return "open"
    return "closed" if status in {PaymentStatus.FAILED, PaymentStatus.VOIDED} else "paid"


def _failure(payment: Payment) -> str:
    """Say why the last try failed, in words for a customer."""
    declined = [entry for entry in payment.entries if entry.kind == EntryKind.DECLINED]
    return str(reason_label(declined[-1].reason)) if declined else ""


def is_payable(payment: Payment) -> bool:
    """Tell whether the customer can still pay: nothing is paid, called off, or on its way to be answered."""
    return payment.status in PAYABLE and not is_called_off(payment)


def is_called_off(payment: Payment) -> bool:
    """Tell whether nobody waits for the payment any more, such as that of a cancelled order."""
    return any(entry.reason == CALLED_OFF for entry in payment.entries)


def current_attempt(payment: Payment) -> Attempt | None:
    """Return the request with which the customer is at the provider now, if there is one."""
    waiting = [one for one in payment.attempts if one.verb == Verb.AUTHORIZE and _is_waiting(payment, one)]
    return waiting[-1] if waiting else None


def _is_waiting(payment: Payment, attempt: Attempt) -> bool:
    kinds = {entry.kind for entry in payment.entries if entry.attempt_id == attempt.id}
    return EntryKind.DECLINED not in kinds


def open_attempt(session: Session, payment: Payment, *, idempotency_key: str, at: datetime) -> Attempt:
    """Return the request by which a locked payment is being paid, writing one down if there is none.

    However often the customer presses the button, there is one at a time, so nothing is paid twice.

    :raises NotPayable: when the payment is paid or called off.
    """
    known = attempt_service.find_by_key(payment, idempotency_key) or current_attempt(payment)
    if known is not None:
        return known
    account = payment.account
    is_served = account is not None and account.is_enabled and account.is_readable
    if not is_payable(payment) or not is_served:
        raise NotPayable
    return attempt_service.write(
        session,
        payment,
        Verb.AUTHORIZE,
        payment.amount_minor,
        idempotency_key=idempotency_key,
        at=at,
    )


def call_off(session: Session, payment: Payment, *, at: datetime, note: str = "") -> bool:
    """Close a payment that nobody has paid, such as that of a cancelled order; returns whether it was open."""
    payment = ledger_service.lock_payment(session, payment.id)
    if not is_payable(payment):
        return False
    outcome = Outcome(EntryKind.DECLINED, f"{payment.token}:called-off", "", reason=CALLED_OFF)
    attempt = current_attempt(payment)
    ledger_service.append(session, payment, outcome, payment.amount_minor, at=at, attempt=attempt, note=note)
    if attempt is not None and attempt.external_id:
        _close_page(session, payment, attempt, at=at)
    return True


def _close_page(session: Session, payment: Payment, attempt: Attempt, *, at: datetime) -> None:
    """Ask a provider on the network to close the page at which the customer could still pay."""
    gateway = find_gateway(payment.gateway)
    if gateway is None or payment.account is None or not gateway.capabilities.closes_pages:
        return
    closing = attempt_service.write(
        session, payment, Verb.CANCEL, payment.amount_minor, idempotency_key=f"close:{attempt.id}", at=at
    )
    closing.external_id = attempt.external_id
    attempt_service.ask_later(session, closing)


def _list_pairs(
    session: Session, *, platform_id: int, vendor_id: int, currency: str
) -> Sequence[tuple[ProviderAccount, Method]]:
    accounts = account_service.list_usable(session, platform_id=platform_id, vendor_id=vendor_id)
    found = []
    for account in accounts:
        gateway = find_gateway(account.gateway)
        if gateway is None or not account_service.is_usable(account):
            continue
        currencies = gateway.capabilities.currencies
        if currencies is None or currency in currencies:
            found += [(account, method) for method in Method if method.value in account.methods]
    return found


def _code(account: ProviderAccount, method: Method) -> str:
    return f"{account.id}-{method}"
