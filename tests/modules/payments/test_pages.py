"""The pages of payments, as admins and vendors see them."""

import re

import pytest

from modules.payments.models.payment import Payment
from modules.payments.schemas.ledger import PaymentStatus
from modules.payments.services import account_service, payment_service
from tests.modules.payments.conftest import ACCEPTED, CONFIRMED, SECRET


@pytest.fixture
def admin(client, make_user, sign_in, platform):
    sign_in(client, make_user(admin_of=platform))
    client.base = f"/platforms/{platform.code}/admin"
    return client


@pytest.fixture
def owner(make_client, make_user, sign_in, platform, vendor):
    client = make_client()
    sign_in(client, make_user(owner_of=vendor))
    client.base = f"/platforms/{platform.code}/vendor/{vendor.code}"
    return client


@pytest.fixture
def staff(make_client, make_user, sign_in, platform, vendor):
    client = make_client()
    sign_in(client, make_user(staff_of=vendor))
    client.base = f"/platforms/{platform.code}/vendor/{vendor.code}"
    return client


ACCOUNT = {
    "name": "Cards",
    "methods": "card",
    "credentials.api_key": "k-secret-1",
    "credentials.webhook_secret": SECRET,
}


def test_without_payments_the_list_says_what_to_do(admin):
    page = admin.get(f"{admin.base}/payments")

    assert "No payments yet" in page.text
    assert f"{admin.base}/payment-accounts" in page.text
    assert "Say how customers can pay" in admin.get(f"{admin.base}/").text


def test_an_account_is_set_up_and_its_secrets_are_never_shown(admin, in_scope):
    answer = admin.post(f"{admin.base}/payment-accounts/new/test", data=ACCOUNT)

    assert answer.status_code == 303
    assert "Say how customers can pay" not in admin.get(f"{admin.base}/").text
    for path in (answer.location, f"{answer.location}/edit", f"{admin.base}/payment-accounts"):
        page = admin.get(path)
        assert page.status_code == 200
        assert "Cards" in page.text
        assert "k-secret-1" not in page.text
        assert SECRET not in page.text
    with in_scope(read_only=True) as session:
        [account] = session.scalars(account_service.build_query(vendor_id=None))
        assert account.credentials == {"api_key": "k-secret-1", "webhook_secret": SECRET}


def test_secrets_left_empty_stay_as_they_are(admin, make_account, in_scope):
    account_id = make_account()

    answer = admin.post(
        f"{admin.base}/payment-accounts/{account_id}/edit", data={"name": "New name", "methods": "card"}
    )

    assert answer.status_code == 303
    with in_scope(read_only=True) as session:
        account = account_service.get_account(session, account_id, vendor_id=None)
        assert (account.name, account.credentials["webhook_secret"]) == ("New name", SECRET)


def test_an_account_that_somebody_else_has_changed_is_not_overwritten_unseen(admin, make_account):
    address = f"{admin.base}/payment-accounts/{make_account()}/edit"
    version = re.search(r'name="~version" value="([0-9a-f]+)"', admin.get(address).text)[1]
    admin.post(address, data={"name": "Theirs", "methods": "card", "~version": version})

    answer = admin.post(address, data={"name": "Mine", "methods": "card", "~version": version})

    assert answer.status_code == 422
    assert "Somebody else has changed this" in answer.text
    assert "Theirs" in admin.get(address).text


def test_the_test_provider_refuses_live_mode_at_its_field(admin):
    answer = admin.post(f"{admin.base}/payment-accounts/new/test", data={**ACCOUNT, "is_live": "true"})

    assert answer.status_code == 422
    assert "This provider has no live mode." in answer.text


def test_an_account_is_switched_off_and_on(admin, make_account, in_scope):
    account_id = make_account()
    url = f"{admin.base}/payment-accounts/{account_id}/activation"

    for wanted in ("false", "true"):
        assert admin.post(url, data={"is_enabled": wanted}).status_code == 303
        with in_scope(read_only=True) as session:
            account = account_service.get_account(session, account_id, vendor_id=None)
            assert account.is_enabled is (wanted == "true")


def test_a_test_payment_is_made_captured_and_refunded(admin, make_account, vendor, in_scope):
    account_id = make_account()
    data = {"account_id": account_id, "vendor_id": vendor.id, "amount": "12,50", "card": ACCEPTED}
    made = admin.post(f"{admin.base}/test-payments", data={**data, "capture": "later"})
    assert made.status_code == 303
    assert "Authorised" in admin.get(made.location).text

    captured = admin.post(f"{made.location}/captures", data={"amount": "12.50", "idempotency_key": "a"})
    refunded = admin.post(f"{made.location}/refunds", data={"amount": "2.50", "note": "Broken"})

    assert (captured.status_code, refunded.status_code) == (303, 303)
    page = admin.get(made.location)
    assert "Partly refunded" in page.text
    assert "Broken" in page.text
    with in_scope(read_only=True) as session:
        payment = session.get_one(Payment, int(made.location.rpartition("/")[2]))
        assert (payment.captured_minor, payment.refunded_minor) == (1250, 250)


def test_a_form_that_is_sent_twice_refunds_once(admin, make_account, make_payment, in_scope):
    make_account()
    payment_id = make_payment()
    data = {"amount": "1.00", "idempotency_key": "once"}

    for _attempt in range(2):
        assert admin.post(f"{admin.base}/payments/{payment_id}/refunds", data=data).status_code == 303

    with in_scope(read_only=True) as session:
        assert payment_service.get_payment(session, payment_id).refunded_minor == 100


@pytest.mark.parametrize(
    ("amount", "message"), [("10.01", "can still be refunded"), ("x", "amount"), ("0", "greater")]
)
def test_a_bad_amount_is_told_at_its_field(admin, make_account, make_payment, amount, message):
    make_account()
    payment_id = make_payment()

    answer = admin.post(f"{admin.base}/payments/{payment_id}/refunds", data={"amount": amount})

    assert answer.status_code == 422
    assert message in answer.text
    assert 'id="field-amount-errors"' in answer.text


def test_nothing_held_is_released_once(admin, make_account, make_payment):
    make_account()
    payment_id = make_payment(captures_automatically=False)
    url = f"{admin.base}/payments/{payment_id}/voiding"

    assert admin.post(url).status_code == 303
    assert admin.post(url).status_code == 409


@pytest.mark.parametrize(
    ("given", "status"), [("confirmed", PaymentStatus.CAPTURED), ("refused", PaymentStatus.FAILED)]
)
def test_the_customers_answer_arrives_as_a_signed_message(
    admin, make_account, make_payment, in_scope, given, status
):
    make_account()
    payment_id = make_payment(card=CONFIRMED)

    answer = admin.post(f"{admin.base}/test-payments/{payment_id}/answer/{given}")

    assert answer.status_code == 303
    with in_scope(read_only=True) as session:
        assert payment_service.get_payment(session, payment_id).status is status


def test_a_vendor_sees_its_own_payments_only(owner, make_account, make_payment, make_vendor, platform):
    make_account()
    own = make_payment(reference="MINE-1")
    other = make_payment(reference="THEIRS-1", vendor_id=make_vendor(platform).id)
    to_platform = make_payment(reference="FEE-1", payee="platform")

    page = owner.get(f"{owner.base}/payments")

    assert "MINE-1" in page.text
    assert "THEIRS-1" not in page.text
    assert "FEE-1" not in page.text
    assert owner.get(f"{owner.base}/payments/{own}").status_code == 200
    assert owner.get(f"{owner.base}/payments/{other}").status_code == 404
    assert owner.post(f"{owner.base}/payments/{other}/refunds", data={"amount": "1"}).status_code == 404
    assert owner.get(f"{owner.base}/payments/{to_platform}").status_code == 404


def test_a_vendor_neither_sees_nor_changes_accounts_of_others(owner, make_account, make_vendor, platform):
    of_platform = make_account()
    of_other = make_account(vendor_id=make_vendor(platform).id)

    for account_id in (of_platform, of_other):
        url = f"{owner.base}/payment-accounts/{account_id}"
        assert owner.get(url).status_code == 404
        assert owner.post(f"{url}/edit", data=ACCOUNT).status_code == 404
        assert owner.post(f"{url}/activation").status_code == 404


def test_a_vendor_sets_up_an_account_of_its_own(owner):
    answer = owner.post(f"{owner.base}/payment-accounts/new/test", data=ACCOUNT)

    assert answer.status_code == 303
    assert "Cards" in owner.get(f"{owner.base}/payment-accounts").text


def test_staff_may_look_but_not_give_money_back(staff, make_account, make_payment):
    make_account()
    payment_id = make_payment()

    assert staff.get(f"{staff.base}/payments/{payment_id}").status_code == 200
    assert "Refund</span>" not in staff.get(f"{staff.base}/payments/{payment_id}").text
    assert staff.post(f"{staff.base}/payments/{payment_id}/refunds", data={"amount": "1"}).status_code == 403


def test_the_list_is_filtered_and_exported(admin, make_account, make_payment):
    make_account()
    make_payment(reference="PAID-1")
    make_payment(reference="HELD-1", captures_automatically=False)

    page = admin.get(f"{admin.base}/payments?status=authorized")
    with admin.get(f"{admin.base}/payments.csv?status=captured") as answer:
        export = answer.text

    assert "HELD-1" in page.text
    assert "PAID-1" not in page.text
    assert "PAID-1" in export
    assert "HELD-1" not in export


def test_the_list_asks_no_more_for_many_payments_than_for_one(
    admin, make_account, make_payment, count_queries
):
    make_account()
    make_payment()
    with count_queries() as few:
        admin.get(f"{admin.base}/payments")
    for _ in range(4):
        make_payment()

    with count_queries() as many:
        admin.get(f"{admin.base}/payments")

    assert len(many) == len(few), many


def test_switched_off_there_is_nothing(admin, make_user, sign_in, make_client, make_platform):
    other = make_platform("empty")
    client = make_client()
    sign_in(client, make_user(admin_of=other))

    assert client.get(f"/platforms/{other.code}/admin/payments").status_code == 404
