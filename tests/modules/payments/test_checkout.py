"""Paying in a shop: what is offered, the customer's page, and what happens when the button is pressed too often."""

import re

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet

from modules.payments import health
from modules.payments.exceptions import KeyUsedOtherwise, NoAccount, NothingToPay
from modules.payments.gateways.interface import Method
from modules.payments.models.account import ProviderAccount
from modules.payments.schemas.ledger import PaymentStatus
from modules.payments.services import checkout_service, ledger_service, payment_service
from tests.modules.payments.conftest import ACCEPTED, CONFIRMED, DECLINED, NOON
from wizamart.money import Money

BACK = "/orders/status/abc"


def press(client, page, action, **fields):
    """Press a button of the payment's page, as a browser would."""
    token = re.search(
        r'name="csrf-token" content="([^"]+)"|name="csrf_token" value="([^"]+)"', client.get(page).text
    )
    return client.post(f"{page}/{action}", data={**fields, "csrf_token": token[1] or token[2]})


def pay(client, page, card, form_key):
    """Pay by a card."""
    answer = press(client, page, "attempts", source=card, form_key=form_key)
    assert answer.status_code == 303


@pytest.fixture
def begin(in_scope, platform, vendor):
    """Return `begin(**changes)`, which commits a waiting payment and returns it."""

    def make(session=None, **changes):
        if session is None:
            with in_scope() as opened:
                return make(opened, **changes)
        values = {
            "platform_id": platform.id,
            "vendor_id": vendor.id,
            "amount": Money(4990, "EUR"),
            "reference": "A-1",
            "customer_id": None,
            "customer_email": "ada@example.org",
            "return_url": BACK,
            "idempotency_key": "order-1",
            "at": NOON,
            **changes,
        }
        if "offer" not in values:
            offers = checkout_service.list_offers(
                session, platform_id=platform.id, vendor_id=vendor.id, currency="EUR"
            )
            values["offer"] = offers[0].code
        return checkout_service.begin(session, **values)

    return make


def test_offers_are_the_methods_of_usable_accounts(in_scope, make_account, platform, vendor):
    make_account(name="One", methods=[Method.CARD, Method.BANK_DEBIT])
    make_account(name="Two", methods=[Method.CARD])
    make_account(name="None", methods=[])
    with in_scope(read_only=True) as session:
        offers = checkout_service.list_offers(
            session, platform_id=platform.id, vendor_id=vendor.id, currency="EUR"
        )

    assert [offer.label for offer in offers] == ["Card (One)", "Direct debit", "Card (Two)"]
    assert {offer.detail for offer in offers} == {"Test mode: no money moves."}
    assert len({offer.code for offer in offers}) == 3


@pytest.mark.backends("sqlite")
def test_an_account_whose_secret_no_key_opens_is_left_out_and_says_so(
    app, client, in_scope, make_account, make_user, sign_in, begin, platform, vendor
):
    lost, kept = make_account(name="Lost"), make_account(name="Kept")
    payment = begin()
    with in_scope() as session:
        old = Fernet(Fernet.generate_key()).encrypt(b"{}").decode()
        table = ProviderAccount.__table__
        session.execute(
            sa.update(table).where(table.c.id == lost).values(sealed_credentials=sa.literal(old, sa.Text))
        )

    with in_scope(read_only=True) as session:
        offers = checkout_service.list_offers(
            session, platform_id=platform.id, vendor_id=vendor.id, currency="EUR"
        )
    assert [(offer.label, offer.code.split("-")[0]) for offer in offers] == [("Card", str(kept))]
    with app.app_context():
        assert "Lost: The stored credentials cannot be read" in health.check()["message"]
    page = f"/platforms/{platform.code}/pay/{payment.token}"
    assert "This payment is closed" in client.get(page).text
    sign_in(client, make_user(admin_of=platform))
    accounts = f"/platforms/{platform.code}/admin/payment-accounts"
    words = "The stored credentials cannot be read any more."
    assert words in client.get(accounts).text
    assert words in client.get(f"{accounts}/{lost}").text
    assert client.get(f"{accounts}/{lost}/edit").status_code == 200


def test_a_waiting_payment_is_written_once_and_asks_nobody(in_scope, make_account, begin):
    make_account()
    with in_scope() as session:
        payment = begin(session)

        assert payment.status is PaymentStatus.PENDING
        assert payment.attempts == []
        assert begin(session) is payment
        with pytest.raises(KeyUsedOtherwise):
            begin(session, amount=Money(1, "EUR"))
        with pytest.raises(NoAccount):
            begin(session, offer="9-card", idempotency_key="other")
        with pytest.raises(NothingToPay):
            begin(session, amount=Money(0, "EUR"), idempotency_key="nothing")


@pytest.mark.parametrize(
    "url", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"]
)
def test_a_customer_is_never_led_elsewhere(in_scope, make_account, begin, url):
    make_account()
    with in_scope() as session:
        assert begin(session, return_url=url).return_url == ""


@pytest.mark.backends("sqlite")
def test_a_customer_pays_after_a_failure_and_pays_once(client, make_account, begin, in_scope, platform):
    make_account()
    payment = begin()
    page = f"/platforms/{platform.code}/pay/{payment.token}"
    shown = client.get(page)
    assert "€49.90" in shown.text
    assert BACK in shown.text
    assert shown.headers["Cache-Control"] == "no-store"

    pay(client, page, DECLINED, "1")
    assert "The card was declined." in client.get(page).text
    for key in ("2", "2", "3"):
        pay(client, page, ACCEPTED, key)

    assert "We have received your payment." in client.get(page).text
    with in_scope(read_only=True) as session:
        paid = payment_service.get_payment(session, payment.id)
        assert paid.status is PaymentStatus.CAPTURED
        assert [entry.kind for entry in paid.entries] == ["declined", "authorized", "captured"]


@pytest.mark.backends("sqlite")
def test_a_customer_confirms_or_refuses_as_at_the_bank(client, make_account, begin, platform):
    make_account()
    payment = begin()
    page = f"/platforms/{platform.code}/pay/{payment.token}"
    pay(client, page, CONFIRMED, "1")
    assert press(client, page, "answers/refused").status_code == 303
    assert "The payment was not confirmed." in client.get(page).text

    pay(client, page, CONFIRMED, "2")
    assert press(client, page, "answers/confirmed").status_code == 303
    assert "We have received your payment." in client.get(page).text
    assert press(client, page, "answers/confirmed").status_code == 409
    assert press(client, page, "answers/anything").status_code == 404


@pytest.mark.backends("sqlite")
def test_a_payment_that_was_called_off_cannot_be_paid(client, make_account, begin, in_scope, platform):
    make_account()
    payment = begin()
    page = f"/platforms/{platform.code}/pay/{payment.token}"
    pay(client, page, CONFIRMED, "1")
    assert "Your bank asks you to confirm" in client.get(page).text
    with in_scope() as session:
        assert checkout_service.call_off(session, payment, at=NOON)
        assert not checkout_service.call_off(session, payment, at=NOON)

    pay(client, page, ACCEPTED, "2")

    assert "Nothing can be paid here any more." in client.get(page).text
    with in_scope() as session:
        assert ledger_service.lock_payment(session, payment.id).status is PaymentStatus.FAILED
    assert client.get(f"/platforms/{platform.code}/pay/unknown").status_code == 404
