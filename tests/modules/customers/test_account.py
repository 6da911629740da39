"""Customers in the shop: registering, signing in, their own data."""

import re

import pytest
import sqlalchemy as sa

from modules.customers.services import customer_service
from wizamart.auth import user_service
from wizamart.mail import Mail

PROFILE = {"name": "Jos Weber", "phone": "+352 77"}


@pytest.fixture
def mails(within):
    """Return `mails(platform)`: recipient and text of what was written."""

    def read(platform):
        with within(platform) as session:
            return [(mail.to, mail.text) for mail in session.scalars(sa.select(Mail).order_by(Mail.id))]

    return read


@pytest.fixture
def register(client):
    """Return `register(email)`, which sends the form with a token of its page."""

    def send(email, **more):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/account/register").text)[1]
        return client.post(
            "/account/register", data={"csrf_token": token, "name": "Jos", "email": email, **more}
        )

    return send


def test_a_visitor_is_shown_how_to_sign_in_or_register(client, make_platform):
    make_platform()

    page = client.get("/account").text

    assert "/login?next=/account" in page
    assert "/account/register" in page


def test_registering_mails_a_link_and_makes_a_customer(register, make_platform, within, mails):
    platform = make_platform(name="Fabula")

    answer = register("jos@example.com", marketing_consent="true")

    assert answer.status_code == 200
    ((recipient, text),) = mails(platform)
    assert recipient == "jos@example.com"
    assert "/invitation/" in text
    with within(platform) as session:
        customer = customer_service.find_by_email(session, "jos@example.com")
        user = user_service.find_user_by_email(session, "jos@example.com")
        assert (customer.user_id, customer.marketing_consent, user.password_hash) == (user.id, True, None)


def test_registering_answers_the_same_whether_the_address_is_known(
    register, make_platform, make_user, within, mails
):
    platform = make_platform()
    make_user("known@example.com", password="a rather long sentence")

    known, unknown = register("known@example.com"), register("other@example.com")

    assert known.status_code == unknown.status_code == 200
    assert _main(known).replace("known@", "other@") == _main(unknown)
    assert "/invitation/" not in mails(platform)[0][1]
    with within(platform) as session:
        assert customer_service.find_by_email(session, "known@example.com") is None


def _main(answer):
    return re.search(r"<main.*</main>", answer.text, re.DOTALL)[0]


def test_registering_with_a_customers_address_does_not_take_the_row(
    register, make_platform, make_customer, within
):
    platform = make_platform()
    make_customer(platform, "jos@example.com")

    register("jos@example.com", name="Mallory")

    with within(platform) as session:
        customer = customer_service.find_by_email(session, "jos@example.com")
        assert (customer.name, customer.user_id) == ("Jos Weber", None)


def test_registering_is_throttled_and_mails_one_address_a_few_times_only(register, make_platform, mails):
    platform = make_platform()

    answers = [register("jos@example.com").status_code for _ in range(12)]

    assert answers[:9] == [200] * 9
    assert answers[-1] == 429
    assert len(mails(platform)) == 3


def test_wrong_input_comes_back_at_its_field(register, make_platform):
    make_platform()

    answer = register("nobody")

    assert answer.status_code == 422
    assert 'id="field-email-errors"' in answer.text


def test_the_account_is_made_when_it_is_saved_first(client, make_platform, make_user, sign_in, within):
    platform, user = make_platform(), make_user("jos@example.com")
    sign_in(client, user)

    assert client.get("/account").status_code == 200
    assert client.get("/account/data.json").status_code == 404
    assert client.post("/account", data=PROFILE).status_code == 303

    assert "+352 77" in client.get("/account").text
    assert client.get("/account/data.json").json["profile"]["phone"] == "+352 77"
    with within(platform) as session:
        assert customer_service.find_by_email(session, "jos@example.com").user_id == user.id


def test_a_customer_known_by_address_finds_themself(
    client, make_platform, make_user, sign_in, make_customer, within
):
    platform, user = make_platform(), make_user("jos@example.com")
    customer_id = make_customer(platform, "jos@example.com", phone="+352 99")
    sign_in(client, user)

    assert "+352 99" in client.get("/account").text
    client.post("/account", data=PROFILE)

    with within(platform) as session:
        assert customer_service.get_customer(session, customer_id).user_id == user.id


def test_a_customer_never_sees_another(client, make_platform, make_user, sign_in, make_customer):
    make_customer(make_platform(), "other@example.com", phone="+352 99")
    sign_in(client, make_user("jos@example.com"))

    assert "+352 99" not in client.get("/account").text
