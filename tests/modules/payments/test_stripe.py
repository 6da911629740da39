"""What is Stripe's own: amounts, keys, refunds that take days or come back, disputes, and words of failure."""

import pytest

from modules.payments.exceptions import ProviderRefusesUs, ProviderSilent
from modules.payments.gateways.interface import Access, Authorization, Inquiry, Method
from modules.payments.gateways.stripe import notices
from modules.payments.gateways.stripe.amounts import AmountNotPossible, from_stripe, to_stripe
from modules.payments.gateways.stripe.provider import StripeProvider
from modules.payments.schemas.ledger import EntryKind
from tests.fakes.stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe
from wizamart import clock
from wizamart.money import Money

STRIPE = StripeProvider()


@pytest.fixture(scope="module")
def server():
    fake = FakeStripe()
    yield fake
    fake.close()


@pytest.fixture
def fake(server, monkeypatch):
    import stripe

    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_: 0)
    server.reset()
    return server


@pytest.fixture
def access(fake):
    return Access(False, {"secret_key": SECRET_KEY, "webhook_secret": WEBHOOK_SECRET}, fake.url)


def authorization(minor=5000, currency="EUR", **changes):
    values = {
        "method": Method.CARD,
        "source": "",
        "reference": "A-1",
        "idempotency_key": "key-1",
        "token": "the-token",
        "page_url": "https://shop.example/pay/the-token",
        **changes,
    }
    return Authorization(amount=Money(minor, currency), **values)


def pay(fake, access, **changes):
    session = STRIPE.authorize(access, authorization(**changes))
    return fake.customer_pays(session.external_id)


def kinds(found):
    return [notice.kind for notice in found]


@pytest.mark.parametrize(
    ("minor", "currency", "number"),
    [
        (1099, "EUR", 1099),
        (500, "JPY", 500),
        (1230, "KWD", 1230),
        (15, "ISK", 1500),
        (7, "UGX", 700),
        (100, "CLP", 100),
    ],
)
def test_amounts_are_counted_as_stripe_counts_them(minor, currency, number):
    assert to_stripe(Money(minor, currency)) == number
    assert from_stripe(number, currency.lower()) == Money(minor, currency)


@pytest.mark.parametrize(("minor", "currency"), [(1234, "BHD"), (1, "TND")])
def test_an_amount_finer_than_stripe_takes_is_declined_before_it_is_asked(fake, access, minor, currency):
    with pytest.raises(AmountNotPossible):
        to_stripe(Money(minor, currency))
    outcome = STRIPE.authorize(access, authorization(minor, currency))

    assert (outcome.kind, outcome.reason) == (EntryKind.DECLINED, "amount_not_possible")
    assert fake.memory.calls == []
    with pytest.raises(AmountNotPossible):
        from_stripe(150, "isk")


def test_the_checkout_page_knows_our_names_and_comes_back(fake, access):
    outcome = STRIPE.authorize(access, authorization(customer_email="ada@example.org"))

    [session] = fake.things.values()
    assert (outcome.kind, outcome.action_url) == (EntryKind.ACTION_REQUIRED, session["url"])
    assert session["metadata"] == {"wizamart_payment": "the-token", "wizamart_attempt": "key-1"}
    assert session["success_url"] == "https://shop.example/pay/the-token?returned=1"
    assert (session["amount_total"], session["currency"]) == (5000, "eur")
    [call] = fake.calls_of("POST", "/v1/checkout/sessions")
    assert call.headers["idempotency-key"] == "key-1"


def test_a_refund_that_takes_days_is_answered_by_its_message(fake, access):
    intent = pay(fake, access)
    fake.make_refunds_wait()
    outcome = STRIPE.refund(access, intent, Money(1500, "EUR"), idempotency_key="refund-1")
    assert not outcome.is_final

    fake.finish_refund(outcome.external_id, "succeeded")
    [notice] = notices.of_event(fake.events[-1])

    assert (notice.kind, notice.fact_id, notice.attempt_key) == (
        EntryKind.REFUNDED,
        outcome.external_id,
        "refund-1",
    )
    fake.finish_refund(outcome.external_id, "failed")
    [back] = notices.of_event(fake.events[-1])
    assert (back.kind, back.reverses, back.amount) == (
        EntryKind.REFUND_REVERSED,
        outcome.external_id,
        Money(1500, "EUR"),
    )


def test_a_lost_dispute_takes_money_back_and_a_won_one_returns_it():
    dispute = {"id": "dp_1", "object": "dispute", "payment_intent": "pi_1", "amount": 700, "currency": "eur"}
    event = {"id": "evt_1", "created": 1_800_000_000, "data": {"object": dispute}}

    [lost, _stands] = notices.of_event({**event, "type": "charge.dispute.funds_withdrawn"})
    [won] = notices.of_event({**event, "type": "charge.dispute.funds_reinstated"})

    assert (lost.kind, lost.payment_external_id, lost.amount.minor) == (EntryKind.REFUNDED, "pi_1", 700)
    assert (won.kind, won.reverses) == (EntryKind.REFUND_REVERSED, lost.fact_id)
    assert notices.of_event({**event, "type": "customer.created"}) == []


def test_a_look_up_tells_what_happened_without_any_name_of_stripe(fake, access):
    intent = pay(fake, access)
    STRIPE.refund(access, intent, Money(1500, "EUR"), idempotency_key="refund-1")
    inquiry = Inquiry("the-token", "", Money(5000, "EUR"), {"key-1": ""}, clock.now())

    assert kinds(STRIPE.fetch(access, inquiry)) == [EntryKind.CAPTURED, EntryKind.REFUNDED]


def test_a_card_refused_on_the_page_is_a_try_and_not_the_end(fake, access):
    session = STRIPE.authorize(access, authorization()).external_id
    fake.card_is_declined(session, "lost_card")

    [tried] = notices.of_event(fake.events[-1])

    assert (tried.kind, tried.reason, tried.token) == (EntryKind.TRIED, "lost_card", "the-token")


def test_a_closed_page_stays_closed_and_a_paid_one_is_left_alone(fake, access):
    session = STRIPE.authorize(access, authorization()).external_id
    for key in ("close-1", "close-2"):
        outcome = STRIPE.cancel(access, session, Money(5000, "EUR"), idempotency_key=key)
        assert outcome.kind is EntryKind.CANCELLED
    assert fake.things[session]["status"] == "expired"

    paid = STRIPE.authorize(access, authorization(idempotency_key="key-2")).external_id
    fake.customer_pays(paid)
    STRIPE.cancel(access, paid, Money(5000, "EUR"), idempotency_key="close-3")
    assert fake.things[paid]["status"] == "complete"


def test_a_refusal_is_an_answer(fake, access):
    intent = pay(fake, access)
    STRIPE.refund(access, intent, Money(5000, "EUR"), idempotency_key="all")

    refused = STRIPE.refund(access, intent, Money(1, "EUR"), idempotency_key="more")
    not_held = STRIPE.capture(access, intent, Money(1, "EUR"), idempotency_key="capture")

    assert (refused.kind, refused.reason) == (EntryKind.DECLINED, "charge_already_refunded")
    assert (not_held.kind, not_held.reason) == (EntryKind.DECLINED, "payment_intent_unexpected_state")


def test_a_wrong_key_is_told_in_words_without_the_key(fake):
    wrong = Access(False, {"secret_key": "sk_test_wrong"}, fake.url)

    with pytest.raises(ProviderRefusesUs) as refusal:
        STRIPE.check_credentials(wrong)

    assert "AuthenticationError 401" in refusal.value.trouble
    assert "sk_test" not in refusal.value.trouble
    with pytest.raises(ProviderRefusesUs):
        STRIPE.authorize(Access(False, {}, fake.url), authorization())


@pytest.mark.parametrize("faults", [("refused", "refused"), (500, 500), (429,), (409, 409)])
def test_silence_is_no_answer(fake, access, faults):
    fake.fail_next(*faults)

    with pytest.raises(ProviderSilent) as silence:
        STRIPE.authorize(access, authorization())

    assert not isinstance(silence.value, ProviderRefusesUs)
    assert silence.value.trouble
    assert fake.things == {}


def test_one_lost_answer_is_asked_for_again_by_the_client_itself(fake, access):
    fake.fail_next("lost")

    STRIPE.authorize(access, authorization())

    assert len(fake.calls_of("POST", "/v1/checkout/sessions")) == 2
    assert len(fake.things) == 1


def test_credentials_are_checked_and_keys_of_the_other_mode_told(access):
    assert STRIPE.check_credentials(access)
    assert STRIPE.faults(access) == {}
    live = Access(True, {"secret_key": SECRET_KEY, "webhook_secret": "nonsense"})
    assert set(STRIPE.faults(live)) == {"secret_key", "webhook_secret"}
