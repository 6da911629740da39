"""What is PayPal's own: orders and approvals, names of records, what it refuses, and whose messages are believed."""

import json
from datetime import timedelta

import pytest

from modules.payments.exceptions import ProviderRefusesUs, ProviderSilent, WebhookRefused
from modules.payments.gateways import paypal_facts
from modules.payments.gateways.interface import Access, Authorization, Inquiry, Method
from modules.payments.gateways.paypal import PayPalProvider
from modules.payments.schemas.ledger import EntryKind
from tests.fakes.paypal import CLIENT_ID, CLIENT_SECRET, WEBHOOK_ID, FakePayPal
from wizamart import clock
from wizamart.money import Money

PAYPAL = PayPalProvider()
PAGE = "https://shop.example/pay/the-token"


@pytest.fixture(scope="module")
def server():
    fake = FakePayPal()
    yield fake
    fake.close()


@pytest.fixture
def fake(server):
    server.reset()
    return server


def access_to(fake, **changes):
    credentials = {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "webhook_id": WEBHOOK_ID,
        **changes,
    }
    return Access(is_live=False, credentials=credentials, api_base=fake.url)


@pytest.fixture
def access(fake):
    return access_to(fake)


def authorization(minor=5000, currency="EUR", **changes):
    values = {
        "method": Method.WALLET,
        "source": "",
        "reference": "A-1",
        "idempotency_key": "key-1",
        "token": "the-token",
        "page_url": PAGE,
        **changes,
    }
    return Authorization(amount=Money(minor, currency), **values)


def approve(fake, access, **changes):
    order = PAYPAL.authorize(access, authorization(**changes)).external_id
    fake.customer_approves(paypal_facts.split(order)[1])
    return order


def complete(fake, access, **changes):
    order = approve(fake, access, **changes)
    return order, PAYPAL.complete(access, order, Money(5000, "EUR"), idempotency_key=f"complete-{order}")


def inquiry(name, **attempts):
    return Inquiry("the-token", name, Money(5000, "EUR"), attempts, clock.now())


def facts(found):
    return [(notice.kind, notice.fact_id) for notice in found]


def test_an_order_sends_the_customer_to_paypal_and_back(fake, access):
    outcome = PAYPAL.authorize(access, authorization())
    again = PAYPAL.authorize(access, authorization())

    [order] = fake.things.values()
    assert (outcome.kind, again.external_id) == (EntryKind.ACTION_REQUIRED, outcome.external_id)
    assert outcome.action_url == order["links"][1]["href"]
    assert order["_context"]["return_url"] == PAGE
    unit = order["purchase_units"][0]
    assert (unit["amount"], unit["custom_id"]) == ({"currency_code": "EUR", "value": "50.00"}, "the-token")
    assert {call.headers["paypal-request-id"] for call in fake.calls_of("POST", "/orders")} == {"key-1"}
    PAYPAL.authorize(access, authorization(500, "JPY", idempotency_key="yen"))
    assert list(fake.things.values())[1]["purchase_units"][0]["amount"]["value"] == "500"


def test_what_was_approved_is_taken_and_given_back_in_parts(fake, access):
    _order, taken = complete(fake, access)
    assert (taken.kind, taken.external_id) == (EntryKind.CAPTURED, taken.payment_external_id)

    first = PAYPAL.refund(access, taken.payment_external_id, Money(1500, "EUR"), idempotency_key="r-1")
    same = PAYPAL.refund(access, taken.payment_external_id, Money(1500, "EUR"), idempotency_key="r-1")
    too_much = PAYPAL.refund(access, taken.payment_external_id, Money(3501, "EUR"), idempotency_key="r-2")

    assert first == same
    assert (first.kind, first.is_final) == (EntryKind.REFUNDED, True)
    assert (too_much.kind, too_much.reason) == (EntryKind.DECLINED, "refund_amount_exceeded")


def test_what_is_held_is_taken_released_and_found_whatever_it_is_called(fake, access):
    order, held = complete(fake, access, captures_automatically=False)
    assert held.kind is EntryKind.AUTHORIZED

    taken = PAYPAL.capture(access, held.payment_external_id, Money(2000, "EUR"), idempotency_key="c")
    refunded = PAYPAL.refund(access, order, Money(2000, "EUR"), idempotency_key="r")
    too_late = PAYPAL.void(access, held.payment_external_id, Money(3000, "EUR"), idempotency_key="v")

    assert (taken.kind, refunded.kind) == (EntryKind.CAPTURED, EntryKind.REFUNDED)
    assert refunded.payment_external_id == taken.payment_external_id
    assert too_late.kind is EntryKind.DECLINED
    _order, other = complete(fake, access, captures_automatically=False, idempotency_key="other")
    released = PAYPAL.void(access, other.payment_external_id, Money(5000, "EUR"), idempotency_key="v2")
    assert released.external_id in {fact for _kind, fact in facts(PAYPAL.fetch(access, inquiry(_order)))}


def test_a_look_up_tells_the_same_facts_as_the_answers(fake, access):
    order, taken = complete(fake, access)
    refund = PAYPAL.refund(access, taken.payment_external_id, Money(100, "EUR"), idempotency_key="r-1")

    found = PAYPAL.fetch(
        access, inquiry(taken.payment_external_id, **{"key-1": order, "r-1": refund.external_id})
    )

    assert facts(found) == [
        (EntryKind.CAPTURED, taken.external_id),
        (EntryKind.REFUNDED, refund.external_id),
    ]
    assert (found[0].token, found[1].attempt_key) == ("the-token", "r-1")
    assert found[1].payment_external_id == taken.payment_external_id


def test_an_order_that_paypal_forgot_is_expired(fake, access):
    order = PAYPAL.authorize(access, authorization()).external_id
    fake.order_expires(paypal_facts.split(order)[1])

    [notice] = PAYPAL.fetch(access, inquiry(order))

    assert (notice.kind, notice.reason) == (EntryKind.DECLINED, "expired")
    assert list(PAYPAL.fetch(access, inquiry("", **{"key-1": ""}))) == []


def test_what_paypal_looks_at_is_answered_later(fake, access):
    fake.capture_status = "PENDING"
    _order, pending = complete(fake, access)
    assert not pending.is_final
    number = paypal_facts.split(pending.external_id)[1]

    fake.finish(number, "DECLINED")

    [notice] = PAYPAL.fetch(access, inquiry(pending.payment_external_id))
    assert (notice.kind, notice.fact_id) == (EntryKind.DECLINED, pending.external_id)


def test_a_refused_instrument_is_an_answer(fake, access):
    fake.declines = True

    _order, refused = complete(fake, access)

    assert (refused.kind, refused.reason) == (EntryKind.DECLINED, "instrument_declined")


@pytest.mark.parametrize("fault", ["lost", "refused", 409, 429, 500, 503])
def test_where_nobody_knows_the_same_key_gives_the_same_order(fake, access, fault):
    fake.fail_next(fault, path="/v2/checkout/orders")

    with pytest.raises(ProviderSilent):
        PAYPAL.authorize(access, authorization())
    PAYPAL.authorize(access, authorization())

    assert len(fake.things) == 1


@pytest.mark.parametrize(
    ("fault", "error"), [("lost", ProviderSilent), (500, ProviderSilent), (400, ProviderRefusesUs)]
)
def test_trouble_at_the_sign_in_is_told_as_it_is(fake, fault, error):
    fake.fail_next(fault, path="/v1/oauth2/token")

    with pytest.raises(error) as trouble:
        PAYPAL.check_credentials(access_to(fake, client_id=CLIENT_ID))
    assert type(trouble.value) is error


def test_another_secret_is_refused_and_never_told(fake):
    access = access_to(fake, client_secret="of somebody else")

    with pytest.raises(ProviderRefusesUs) as refusal:
        PAYPAL.authorize(access, authorization())
    assert "somebody else" not in repr(refusal.value) + refusal.value.trouble
    assert PAYPAL.check_credentials(access_to(fake)) == ""


def receive(access, message, at=None):
    headers, body = message
    return PAYPAL.handle_webhook(access, headers, body, at=at or clock.now())


def test_a_message_is_believed_in_its_number_only(fake, access):
    order, taken = complete(fake, access)
    [approved, captured] = fake.messages()
    unknown = json.dumps({"id": "WH-9", "resource_type": "capture", "resource": {"id": "GONE"}}).encode()
    assert list(receive(access, fake.signed(unknown))) == []
    assert [notice.kind for notice in receive(access, captured)] == [EntryKind.CAPTURED]

    lie = json.loads(captured[1])
    lie["resource"] |= {"amount": {"currency_code": "EUR", "value": "9999.00"}, "custom_id": "another-token"}
    [notice] = receive(access, fake.signed(json.dumps(lie).encode()))

    assert (notice.amount, notice.token, notice.fact_id) == (
        Money(5000, "EUR"),
        "the-token",
        taken.external_id,
    )
    assert [fact for _kind, fact in facts(receive(access, approved))] == [taken.external_id]
    assert order


def test_messages_that_are_not_paypals_are_refused_before_anything_is_fetched(fake, access):
    complete(fake, access)
    (headers, body), *_rest = fake.messages()
    before = len(fake.calls_of("GET", "/v2/"))
    old, early = clock.now() - timedelta(hours=2), clock.now() + timedelta(minutes=30)

    for changed, sent in (
        ({}, body + b" "),
        ({"Paypal-Transmission-Sig": "x"}, body),
        ({"Paypal-Transmission-Sig": ""}, body),
        ({"Paypal-Cert-Url": "https://api.paypal.com.evil.example/cert"}, body),
        ({"Paypal-Cert-Url": "https://api.paypal.com@evil.example/cert"}, body),
        ({"Paypal-Cert-Url": "http://api.paypal.com/cert"}, body),
        ({"Paypal-Cert-Url": "https://evilpaypal.com/cert"}, body),
        ({"Paypal-Cert-Url": "https://evil.example\\.paypal.com/cert"}, body),
        ({"Paypal-Transmission-Time": "yesterday"}, body),
        (fake.signed(body, at=old)[0], body),
        (fake.signed(body, at=early)[0], body),
        (fake.signed(body, webhook_id="WH-OF-ANOTHER")[0], body),
        *((fake.signed(broken)[0], broken) for broken in (b"{}", b"[]", b"\xff", b"not json")),
    ):
        with pytest.raises(WebhookRefused):
            receive(access, ({**headers, **changed}, sent))
    with pytest.raises(WebhookRefused):
        receive(access_to(fake, webhook_id=""), (headers, body))
    trick = json.dumps(
        {"id": "WH-1", "resource_type": "capture", "resource": {"id": "../../v1/secrets"}}
    ).encode()
    with pytest.raises(WebhookRefused):
        receive(access, fake.signed(trick))

    assert len(fake.calls_of("GET", "/v2/")) == before
    assert all(
        call.path.startswith(("/v1/oauth2", "/v1/notifications", "/v2/")) for call in fake.memory.calls
    )


def test_a_message_that_cannot_be_verified_now_is_sent_again(fake, access):
    complete(fake, access)
    message = fake.messages()[0]
    fake.fail_next(500, path="verify-webhook-signature")

    with pytest.raises(ProviderSilent):
        receive(access, message)

    assert receive(access, message)
