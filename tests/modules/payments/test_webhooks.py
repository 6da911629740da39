"""Messages of the provider: signed, stored before they are handled, and harmless when they come again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.payments.exceptions import AccountNotFound, PaymentNotFound, WebhookRefused
from modules.payments.gateways.interface import Notice
from modules.payments.gateways.test_provider import SIGNATURE_HEADER, build_message
from modules.payments.models.message import WebhookMessage
from modules.payments.models.payment import Payment
from modules.payments.schemas.ledger import EntryKind, PaymentStatus
from modules.payments.services import account_service, payment_service, webhook_service
from tests.modules.payments.conftest import CONFIRMED, NOON, SECRET, start
from wizamart import clock
from wizamart.money import Money
from wizamart.queue.models import Task


def notice(payment, kind=EntryKind.AUTHORIZED, external_id="evt-1", minor=1000, currency="EUR"):
    return Notice(external_id, payment.external_id, kind, Money(minor, currency))


@pytest.fixture
def waiting(in_scope, make_account, platform, vendor):
    """A payment that waits for its customer, and the address for messages about it."""
    account_id = make_account()
    with in_scope() as session:
        payment = start(session, platform, vendor, card=CONFIRMED)
        account = account_service.get_account(session, account_id, vendor_id=None)
        return payment, account.public_id


def deliver(session, public_id, sent, *, secret=SECRET, signed_at=NOON, at=NOON):
    headers, body = build_message(secret, sent, at=signed_at)
    return webhook_service.receive(session, public_id, headers, body, at=at)


def test_a_message_is_stored_with_a_task_before_anything_is_done(in_scope, waiting):
    payment, public_id = waiting
    with in_scope() as session:
        [message] = deliver(session, public_id, notice(payment))

        assert message.handled_at is None
        assert payment_service.get_payment(session, payment.id).status is PaymentStatus.ACTION_REQUIRED
        task = session.scalars(sa.select(Task).where(Task.name == "payments.handle_webhook")).one()
        assert task.payload == {"message_id": message.id}


def test_a_confirmed_payment_is_taken_at_once(in_scope, waiting):
    payment, public_id = waiting
    with in_scope() as session:
        [message] = deliver(session, public_id, notice(payment))

        assert webhook_service.handle(session, message.id, at=NOON)

        assert payment_service.get_payment(session, payment.id).status is PaymentStatus.CAPTURED


def test_the_same_message_again_changes_nothing(in_scope, waiting):
    payment, public_id = waiting
    with in_scope() as session:
        [message] = deliver(session, public_id, notice(payment))
        webhook_service.handle(session, message.id, at=NOON)
        [again] = deliver(session, public_id, notice(payment))

        assert again.id == message.id
        assert not webhook_service.handle(session, again.id, at=NOON)
        assert session.scalar(sa.select(sa.func.count()).select_from(WebhookMessage)) == 1
        assert len(payment_service.get_payment(session, payment.id).entries) == 3


def test_messages_in_the_wrong_order_come_to_the_same(in_scope, waiting):
    payment, public_id = waiting
    with in_scope() as session:
        [refunded] = deliver(session, public_id, notice(payment, EntryKind.REFUNDED, "evt-3", 400))
        [captured] = deliver(session, public_id, notice(payment, EntryKind.CAPTURED, "evt-2"))
        [authorized] = deliver(session, public_id, notice(payment))
        for message in (refunded, captured, authorized):
            webhook_service.handle(session, message.id, at=NOON)

        balance = payment_service.get_payment(session, payment.id).balance
        assert (balance.authorized, balance.captured, balance.refunded) == (1000, 1000, 400)


def test_a_message_about_a_payment_not_known_yet_is_kept_for_later(in_scope, waiting):
    _payment, public_id = waiting
    with in_scope() as session:
        early = Notice("evt-9", "tp_unknown", EntryKind.CAPTURED, Money(1, "EUR"))
        [message] = deliver(session, public_id, early)

        with pytest.raises(PaymentNotFound):
            webhook_service.handle(session, message.id, at=NOON)

        assert message.handled_at is None


@pytest.mark.parametrize(
    "options",
    [
        {"secret": "another secret"},
        {"signed_at": NOON - timedelta(minutes=6)},
        {"signed_at": NOON + timedelta(minutes=6)},
    ],
    ids=["forged", "old", "from the future"],
)
def test_a_message_without_a_valid_signature_is_refused(in_scope, waiting, options):
    payment, public_id = waiting
    with in_scope() as session, pytest.raises(WebhookRefused):
        deliver(session, public_id, notice(payment), **options)


def test_a_message_that_was_changed_on_its_way_is_refused(in_scope, waiting):
    payment, public_id = waiting
    headers, body = build_message(SECRET, notice(payment), at=NOON)
    with in_scope() as session, pytest.raises(WebhookRefused):
        webhook_service.receive(session, public_id, headers, body.replace(b"1000", b"9000"), at=NOON)


def test_an_account_without_a_secret_accepts_no_message(in_scope, make_account):
    account_id = make_account(credentials={})
    with in_scope() as session:
        account = account_service.get_account(session, account_id, vendor_id=None)
        sent = Notice("evt", "tp", EntryKind.CAPTURED, Money(1, "EUR"))
        with pytest.raises(WebhookRefused):
            deliver(session, account.public_id, sent, secret="")


def test_an_address_of_nobody_is_not_there(in_scope, waiting):
    payment, _public_id = waiting
    with in_scope() as session, pytest.raises(AccountNotFound):
        deliver(session, "0" * 32, notice(payment))


def test_a_provider_needs_no_session_and_no_token_of_a_form(client, waiting, platform, in_scope):
    payment, public_id = waiting
    headers, body = build_message(SECRET, notice(payment), at=clock.now())
    url = f"/platforms/{platform.code}/payments/webhooks/{public_id}"

    assert client.post(url, data=body, headers=headers).status_code == 204
    assert client.post(url, data=body, headers={SIGNATURE_HEADER: "t=1,v1=0"}).status_code == 400
    with in_scope(read_only=True) as session:
        assert session.scalars(sa.select(WebhookMessage.payment_id)).all() == [payment.id]
        assert session.get_one(Payment, payment.id).status is PaymentStatus.ACTION_REQUIRED
