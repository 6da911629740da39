"""Trying things out at the test provider: what its customer answers arrives as a message, like everything."""

from datetime import datetime
from typing import Literal

from sqlalchemy.orm import Session

from modules.payments.exceptions import NotATrial, NotPayable, SecretMissing
from modules.payments.gateways.interface import Notice
from modules.payments.gateways.test_provider import TestProvider, build_message
from modules.payments.models.payment import Payment
from modules.payments.schemas.ledger import EntryKind, PaymentStatus
from modules.payments.services import webhook_service

Answer = Literal["confirmed", "refused"]


def answer(session: Session, payment: Payment, given: Answer, *, at: datetime) -> None:
    """Send the message that the test provider would send once the customer has answered.

    It goes the way of every message: signed, verified, stored, handled.

    :raises NotATrial: when another provider was asked.
    :raises NotPayable: when no answer is waited for.
    :raises SecretMissing: when the account has no secret, so that no message is accepted.
    """
    account = payment.account
    if payment.gateway != TestProvider.code or account is None:
        raise NotATrial
    if payment.status is not PaymentStatus.ACTION_REQUIRED:
        raise NotPayable
    secret = account.credentials.get("webhook_secret", "")
    if not secret:
        raise SecretMissing
    headers, body = build_message(secret, _notice(payment, given), at=at)
    for message in webhook_service.receive(session, account.public_id, headers, body, at=at):
        webhook_service.handle(session, message.id, at=at)


def _notice(payment: Payment, given: Answer) -> Notice:
    is_confirmed = given == "confirmed"
    name = payment.attempts[-1].external_id or payment.external_id
    return Notice(
        external_id=f"{name}_{given}",
        payment_external_id=name,
        kind=EntryKind.AUTHORIZED if is_confirmed else EntryKind.DECLINED,
        amount=payment.amount,
        reason="" if is_confirmed else "customer_refused",
    )
