"""Accounts, stuck payments and providers that are gone, as admins and vendors see them; Stripe is the local one."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.payments.gateways.interface import Method, Notice
from modules.payments.gateways.registry import get_gateway
from modules.payments.models.account import ProviderAccount
from modules.payments.models.payment import Payment
from modules.payments.schemas.account import form_model
from modules.payments.schemas.ledger import EntryKind
from modules.payments.services import account_service, payment_service, webhook_service
from tests.fakes.stripe import SECRET_KEY, WEBHOOK_SECRET, FakeStripe
from wizamart import clock
from wizamart.money import Money

pytestmark = pytest.mark.backends("sqlite")
CREDENTIALS = {"secret_key": SECRET_KEY, "webhook_secret": WEBHOOK_SECRET}


@pytest.fixture(scope="module")
def fake():
    server = FakeStripe()
    yield server
    server.close()


@pytest.fixture
def settings(settings, fake):
    fake.reset()
    return settings.model_copy(update={"service_addresses": {"stripe": fake.url}})


@pytest.fixture
def admin(client, make_user, sign_in, platform):
    sign_in(client, make_user(admin_of=platform))
    client.base = f"/platforms/{platform.code}/admin"
    return client


@pytest.fixture
def stripe_account(in_scope, platform):
    """Return `stripe_account(credentials)`, the id of an account at Stripe."""

    def make(credentials=CREDENTIALS, **values):
        with in_scope() as session:
            form = form_model(get_gateway("stripe")).model_validate(
                {"name": "Cards", "methods": [Method.CARD], "credentials": credentials, **values}
            )
            return account_service.create_account(
                session,
                "stripe",
                form,
                platform_id=platform.id,
                vendor_id=None,
                actor_id=None,
                at=clock.now(),
            ).id

    return make


@pytest.fixture
def waiting_refund(in_scope, stripe_account, platform, vendor):
    """A payment through Stripe of which a refund was asked for an hour ago, and nothing was heard."""
    account_id = stripe_account()
    earlier = clock.now() - timedelta(hours=1)
    with in_scope() as session:
        account = session.get_one(ProviderAccount, account_id)
        payment = payment_service.create_payment(
            session,
            platform_id=platform.id,
            vendor_id=vendor.id,
            amount=Money(5000, "EUR"),
            reference="STUCK-1",
            account=account,
            method=Method.CARD,
            at=earlier,
        )
        paid = Notice(
            "evt_1",
            "pi_1",
            EntryKind.CAPTURED,
            payment.amount,
            token=payment.token,
            fact_id="pi_1:captured",
            title="payment_intent.succeeded",
            payload={"id": "pi_1", "client_secret": "pi_1_secret_x", "customer_email": "ada@example.org"},
        )
        [message] = webhook_service.store(session, account.public_id, [paid], at=earlier)
        webhook_service.handle(session, message.id, at=earlier)
        payment_service.request_refund(
            session, payment, amount=Money(1500, "EUR"), idempotency_key="refund", at=earlier
        )
        return payment.id


def test_an_account_says_what_it_lacks_and_is_not_offered(admin, stripe_account):
    account_id = stripe_account({})

    listed = admin.get(f"{admin.base}/payment-accounts").text
    page = admin.get(f"{admin.base}/payment-accounts/{account_id}").text

    assert "Not usable" in listed
    assert "Missing: Secret key, Signing secret of the webhook." in page
    assert "payment_intent.succeeded" in page
    answer = admin.post(f"{admin.base}/payment-accounts/{account_id}/checks", follow_redirects=True)
    assert "The check failed: no secret key" in answer.text


def test_credentials_are_checked_at_the_provider_and_refused_in_words(admin, stripe_account, fake):
    account_id = stripe_account()
    url = f"{admin.base}/payment-accounts/{account_id}"

    assert "The provider knows this account" in admin.post(f"{url}/checks", follow_redirects=True).text

    data = {"name": "Cards", "methods": "card", "credentials.secret_key": "sk_test_wrong"}
    assert admin.post(f"{url}/edit", data=data).status_code == 303
    told = admin.post(f"{url}/checks", follow_redirects=True).text
    assert "The check failed: AuthenticationError 401" in told
    assert "sk_test_wrong" not in told
    live = admin.post(f"{url}/edit", data={**data, "is_live": "true"})
    assert live.status_code == 422
    assert "In this mode the key begins with sk_live_." in live.text


def test_a_stuck_payment_is_listed_and_tells_what_it_waits_for(admin, waiting_refund):
    stuck = admin.get(f"{admin.base}/payments/stuck").text
    page = admin.get(f"{admin.base}/payments/{waiting_refund}").text

    assert "STUCK-1" in stuck
    assert "Refund asked for" in stuck
    assert "1 payment waits for its provider" in admin.get(f"{admin.base}/payments").text
    assert "Refund asked for: no answer yet" in page
    assert "payment_intent.succeeded" in page
    assert "pi_1_secret_x" not in page
    assert "ada@example.org" not in page


def test_the_provider_is_asked_by_a_button_and_its_silence_told(admin, waiting_refund, fake, in_scope):
    url = f"{admin.base}/payments/{waiting_refund}/look-ups"
    fake.fail_next("refused", "refused")
    assert "No answer: APIConnectionError" in admin.post(url, follow_redirects=True).text

    fake.things["pi_1"] = {
        **fake.shape("payment_intent"),
        "id": "pi_1",
        "status": "succeeded",
        "amount_received": 5000,
        "currency": "eur",
        "metadata": {},
        "latest_charge": None,
    }
    with in_scope(read_only=True) as session:
        key = session.get_one(Payment, waiting_refund).attempts[-1].provider_key
    fake.things["re_1"] = {
        **fake.shape("refund"),
        "id": "re_1",
        "payment_intent": "pi_1",
        "amount": 1500,
        "currency": "eur",
        "metadata": {"wizamart_attempt": key},
    }
    assert "1 new line was found." in admin.post(url, follow_redirects=True).text
    assert "Nothing is stuck" in admin.get(f"{admin.base}/payments/stuck").text


@pytest.mark.parametrize(("is_done", "refunded"), [("true", 1500), ("false", 0)])
def test_what_somebody_knows_is_written_down_once(admin, waiting_refund, in_scope, is_done, refunded):
    with in_scope(read_only=True) as session:
        attempt_id = session.get_one(Payment, waiting_refund).attempts[-1].id
    url = f"{admin.base}/payments/{waiting_refund}/attempts/{attempt_id}/answer"

    assert admin.post(url, data={"is_done": is_done, "note": "Seen there"}).status_code == 303
    assert admin.post(url, data={"is_done": is_done}).status_code == 409

    with in_scope(read_only=True) as session:
        payment = session.get_one(Payment, waiting_refund)
        assert (payment.refunded_minor, payment.balance.refund_asked) == (refunded, 0)
        assert payment.entries[-1].note == "Seen there"


def test_a_provider_that_is_gone_leaves_its_payments_readable_and_says_what_to_do(
    admin, waiting_refund, in_scope
):
    with in_scope() as session:
        session.execute(sa.update(Payment).values(gateway="gone", gateway_name="Gone Pay"))
    url = f"{admin.base}/payments/{waiting_refund}"

    page = admin.get(url).text
    assert "Nobody can be asked about this payment" in page
    assert "Gone Pay" in page
    refused = admin.post(f"{url}/refunds", data={"amount": "1.00"})
    assert refused.status_code == 422
    assert "Do it at the provider itself" in refused.text
    form = {"amount": "20.00", "note": "Number 77 at Gone Pay", "idempotency_key": "once"}
    for _attempt in range(2):
        assert admin.post(f"{url}/refunds/by-hand", data=form).status_code == 303
    too_much = admin.post(f"{url}/refunds/by-hand", data={"amount": "15.01", "note": "x"})
    assert too_much.status_code == 422
    assert "Number 77 at Gone Pay" in admin.get(url).text
    with in_scope(read_only=True) as session:
        assert session.get_one(Payment, waiting_refund).refunded_minor == 2000


def test_a_vendor_settles_and_looks_up_nothing_of_others(
    make_client, make_user, sign_in, make_vendor, platform, vendor, waiting_refund, in_scope
):
    other = make_vendor(platform)
    stranger, staff = make_client(), make_client()
    sign_in(stranger, make_user(owner_of=other))
    sign_in(staff, make_user(staff_of=vendor))
    with in_scope(read_only=True) as session:
        attempt_id = session.get_one(Payment, waiting_refund).attempts[-1].id

    for client, owner, status in ((stranger, other, 404), (staff, vendor, 403)):
        base = f"/platforms/{platform.code}/vendor/{owner.code}/payments"
        assert client.post(f"{base}/{waiting_refund}/look-ups").status_code == status
        url = f"{base}/{waiting_refund}/attempts/{attempt_id}/answer"
        assert client.post(url, data={"is_done": "true"}).status_code == status
    assert (
        "STUCK-1" not in stranger.get(f"/platforms/{platform.code}/vendor/{other.code}/payments/stuck").text
    )


def test_a_forged_message_is_refused_and_a_true_one_taken(client, platform, stripe_account, fake, in_scope):
    account_id = stripe_account()
    with in_scope(read_only=True) as session:
        address = session.get_one(ProviderAccount, account_id).public_id
    url = f"/platforms/{platform.code}/payments/webhooks/{address}"
    fake.things["re_1"] = fake.shape("refund")
    fake.tell("refund.created", {**fake.shape("refund"), "metadata": {}})

    for headers, body in [*fake.messages(secret="whsec_other"), *fake.messages(at=1_700_000_000)]:
        assert client.post(url, data=body, headers=headers).status_code == 400
    assert webhook_count(in_scope) == 0
    for headers, body in fake.messages() * 3:
        assert client.post(url, data=body, headers=headers).status_code == 204
    assert webhook_count(in_scope) == 1


def webhook_count(in_scope):
    with in_scope(read_only=True) as session:
        return session.scalar(sa.text("SELECT count(*) FROM payments_webhook_messages"))
