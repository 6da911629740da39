"""Demo data: a test account, and some payments in every state."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from pydantic import SecretStr
from sqlalchemy.orm import Session

from modules.payments import demo_bank, demo_stripe
from modules.payments.gateways.interface import Method
from modules.payments.gateways.test_provider import CARDS, TestCredentials, TestProvider
from modules.payments.models.account import ProviderAccount
from modules.payments.models.payment import Payment
from modules.payments.schemas.account import AccountForm, form_model
from modules.payments.services import account_service, payment_service
from wizamart.money import Money
from wizamart.platforms import Platform

ACCEPTED, DECLINED, _BROKE, CONFIRMED, *_REST = (card.number for card in CARDS)
# days ago, amount in minor units, card, taken at once, refunded
PAYMENTS: Final = (
    (13, 4990, ACCEPTED, True, 0),
    (12, 12_750, ACCEPTED, True, 2500),
    (10, 8900, ACCEPTED, True, 8900),
    (9, 23_480, ACCEPTED, True, 0),
    (7, 3150, DECLINED, True, 0),
    (6, 15_600, ACCEPTED, True, 0),
    (4, 7420, ACCEPTED, True, 0),
    (3, 19_990, CONFIRMED, True, 0),
    (2, 6480, ACCEPTED, False, 0),
    (1, 11_200, ACCEPTED, True, 0),
)


# days ago, amount in minor units, what is taken of it later; the rest is released if nothing is
HELD: Final = ((5, 9900, 4000), (3, 5600, 0))


def create(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Write the demo rows of one platform; where an account exists, nothing is written."""
    if session.scalar(
        sa.select(ProviderAccount.id).where(ProviderAccount.platform_id == platform_id).limit(1)
    ):
        return
    account = account_service.create_account(
        session,
        TestProvider.code,
        _account_values(),
        platform_id=platform_id,
        vendor_id=None,
        actor_id=None,
        at=at - timedelta(days=30),
    )
    for index, (days, amount, card, is_taken, refunded) in enumerate(PAYMENTS):
        if not vendor_ids:
            return
        moment = at - timedelta(days=days, minutes=37 * index)
        payment = _pay(session, account, vendor_ids, index, amount, card=card, is_taken=is_taken, at=moment)
        if refunded:
            payment_service.request_refund(
                session,
                payment,
                amount=Money(refunded, payment.currency),
                idempotency_key=f"demo-{platform_id}-{index}-refund",
                reason="Arrived damaged",
                at=moment + timedelta(days=1),
            )
    for index, (days, amount, taken) in enumerate(HELD, start=len(PAYMENTS)):
        moment = at - timedelta(days=days)
        payment = _pay(session, account, vendor_ids, index, amount, card=ACCEPTED, is_taken=False, at=moment)
        if taken:
            part = Money(taken, payment.currency)
            payment_service.request_capture(session, payment, amount=part, at=moment + timedelta(hours=5))
        else:
            payment_service.request_void(session, payment, at=moment + timedelta(hours=5))
    demo_bank.create(session, platform_id=platform_id, vendor_ids=vendor_ids, at=at)
    demo_stripe.create(session, platform_id=platform_id, vendor_ids=vendor_ids, at=at)


def _pay(
    session: Session,
    account: ProviderAccount,
    vendor_ids: Sequence[int],
    index: int,
    amount: int,
    *,
    card: str,
    is_taken: bool,
    at: datetime,
) -> Payment:
    platform_id = account.platform_id
    currency = session.scalar(sa.select(Platform.currency).where(Platform.id == platform_id)) or "EUR"
    return payment_service.start_payment(
        session,
        platform_id=platform_id,
        vendor_id=vendor_ids[index % len(vendor_ids)],
        amount=Money(amount, currency),
        reference=f"DEMO-{1001 + index}",
        source=card,
        account=account,
        captures_automatically=is_taken,
        idempotency_key=f"demo-{platform_id}-{index}",
        at=at,
    )


def _account_values() -> AccountForm:
    credentials = TestCredentials(api_key=SecretStr("test-key"), webhook_secret=SecretStr("test-secret"))
    return form_model(TestProvider()).model_validate(
        {
            "name": "Test payments",
            "methods": [Method.CARD, Method.BANK_DEBIT],
            "credentials": credentials,
        }
    )
