"""Demo data of a provider on the network: an account that needs its credentials, and payments of an earlier one."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from modules.payments.gateways.interface import Method, Notice
from modules.payments.gateways.stripe.provider import StripeProvider
from modules.payments.models.account import ProviderAccount
from modules.payments.models.payment import Payment
from modules.payments.schemas.account import form_model
from modules.payments.schemas.ledger import EntryKind, Verb
from modules.payments.services import (
    account_service,
    attempt_service,
    ledger_service,
    payment_service,
    webhook_service,
)
from wizamart.money import Money

CURRENCY: Final = "EUR"
# days ago, amount in minor units, what is told of it
PAYMENTS: Final = (
    (8, 18_900, EntryKind.CAPTURED),
    (5, 7450, EntryKind.AUTHORIZED),
    (2, 12_300, EntryKind.CAPTURED),
)


def create(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Write an account without credentials, payments with their messages, and a refund that waits for an answer."""
    if not vendor_ids:
        return
    values = form_model(StripeProvider()).model_validate({"name": "Stripe", "methods": [Method.CARD]})
    account = account_service.create_account(
        session,
        StripeProvider.code,
        values,
        platform_id=platform_id,
        vendor_id=None,
        actor_id=None,
        at=at - timedelta(days=30),
    )
    payments = [
        _pay(session, account, vendor_ids[place % len(vendor_ids)], place, at=at)
        for place in range(len(PAYMENTS))
    ]
    _leave_a_refund_waiting(session, payments[-1].id, at=at - timedelta(hours=2))


def _pay(session: Session, account: ProviderAccount, vendor_id: int, place: int, *, at: datetime) -> Payment:
    days, minor, kind = PAYMENTS[place]
    moment = at - timedelta(days=days, hours=3)
    payment = payment_service.create_payment(
        session,
        platform_id=account.platform_id,
        vendor_id=vendor_id,
        amount=Money(minor, CURRENCY),
        reference=f"CARD-{2001 + place}",
        account=account,
        method=Method.CARD,
        captures_automatically=kind is EntryKind.CAPTURED,
        idempotency_key=f"demo-card-{place}",
        at=moment,
    )
    name = f"pi_demo_{account.id}_{place}"
    tried = Notice(
        external_id=f"evt_demo_{account.id}_{place}_tried",
        payment_external_id=name,
        kind=EntryKind.TRIED,
        amount=payment.amount,
        reason="insufficient_funds",
        token=payment.token,
        occurred_at=moment,
        title="payment_intent.payment_failed",
        payload={"id": name, "status": "requires_payment_method", "amount": minor, "currency": "eur"},
    )
    paid = Notice(
        external_id=f"evt_demo_{account.id}_{place}",
        payment_external_id=name,
        kind=kind,
        amount=payment.amount,
        token=payment.token,
        fact_id=f"{name}:{kind.value}",
        method_label="•••• 4242",
        occurred_at=moment + timedelta(minutes=2),
        title="payment_intent.succeeded",
        payload={"id": name, "status": "succeeded", "amount": minor, "currency": "eur"},
    )
    told = [tried, paid] if place == 0 else [paid]
    for message in webhook_service.store(session, account.public_id, told, at=moment):
        webhook_service.handle(session, message.id, at=moment)
    return payment


def _leave_a_refund_waiting(session: Session, payment_id: int, *, at: datetime) -> None:
    payment = ledger_service.lock_payment(session, payment_id)
    attempt = attempt_service.write(
        session,
        payment,
        Verb.REFUND,
        2500,
        idempotency_key="demo-refund",
        at=at,
        note="One glass was broken",
    )
    attempt.asked_at, attempt.times_asked, attempt.trouble = at, 8, "APIConnectionError"
