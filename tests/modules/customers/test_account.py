"""Customers in the shop: registering, signing in, their own data."""

import re

import pytest
import sqlalchemy as sa

from modules.customers.services import customer_service
from modules.tenancy.services import people_service, role_service
from modules.tenancy.services.role_service import Place
from wizamart import clock
from wizamart.auth import user_service
from wizamart.mail import Mail
from wizamart.permissions import ensure_builtin_roles

from .conftest import HOME

pytestmark = pytest.mark.backends("sqlite")

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
    assert "you have asked for a customer account at Fabula" in text
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


def test_registering_at_a_shop_ends_no_invitation_to_a_vendor(
    client, register, make_platform, make_vendor, within, mails
):
    platform = make_platform()
    vendor = make_vendor(platform)
    with within(platform) as session:
        role = next(one for one in ensure_builtin_roles(session).values() if one.code == "vendor-staff")
        people_service.invite(
            session,
            Place(platform.id, vendor.id),
            email="jos@example.com",
            role_ids=[role.id],
            reach=role_service.declared_permissions(),
            place_name=vendor.name,
            inviter=None,
            invitation_url=lambda token: f"http://localhost/invitation/{token}",
            sign_in_url="http://localhost/login",
            at=clock.now(),
        )

    register("jos@example.com")
    register("jos@example.com")

    paths = [re.search(r"/invitation/\S+", text)[0] for _to, text in mails(platform)]
    assert [client.get(path).status_code for path in paths] == [200, 404, 200]


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
    assert client.get("/account/data.json").json == {"entries_of_vendors": []}
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


PASSWORD = "a rather long sentence"
ADDRESS = dict(HOME)


@pytest.fixture
def at_home(client, make_platform, make_user, sign_in):
    """A client on a platform at which somebody with a password is signed in."""
    client.platform = make_platform(modules=["orders"])
    client.user = make_user("jos@example.com", password=PASSWORD, display_name="Jos Weber")
    sign_in(client, client.user)
    return client


def test_the_address_book_is_kept_and_says_where_goods_and_bills_go(at_home, make_customer, within):
    stranger = make_customer(at_home.platform, "other@example.com")
    book = "/account/addresses"

    assert "No address yet" in at_home.get(book).text
    assert at_home.get(f"{book}/new").status_code == 200
    wrong = at_home.post(book, data={**ADDRESS, "country": "XX", "city": ""})
    assert wrong.status_code == 422
    assert 'id="field-city-errors"' in wrong.text
    at_home.post(book, data={**ADDRESS, "is_shipping": "true"})
    at_home.post(book, data={**ADDRESS, "line1": "9, op der Knupp", "country": "FR"})
    at_home.post(book, data={**ADDRESS, "line1": "9, op der Knupp", "country": "FR"})
    with within(at_home.platform) as session:
        customer = customer_service.find_by_email(session, "jos@example.com")
        home, second = [address.id for address in customer.addresses]
        assert (customer.user_id, customer.country, customer.name) == (at_home.user.id, "LU", "Jos Weber")
        foreign = customer_service.get_customer(session, stranger).addresses[0].id

    assert at_home.post(f"{book}/{second}/choice", data={"purpose": "shipping"}).status_code == 303
    assert at_home.post(f"{book}/{second}/choice", data={"purpose": "billing"}).status_code == 303

    with within(at_home.platform) as session:
        customer = customer_service.find_by_email(session, "jos@example.com")
        assert (customer.shipping_address.id, customer.billing_address.id) == (second, second)
        assert [one.is_shipping for one in customer.addresses] == [False, True]
        assert customer.country == "FR"
    assert "9, op der Knupp" in at_home.get(f"{book}/{second}/edit").text
    for path in (f"{book}/{foreign}/edit", f"{book}/{foreign}", f"{book}/{foreign}/removal"):
        method = at_home.get if path.endswith("edit") else at_home.post
        assert method(path, data=ADDRESS).status_code == 404
    assert at_home.post(f"{book}/{second}/removal").status_code == 303
    with within(at_home.platform) as session:
        customer = customer_service.find_by_email(session, "jos@example.com")
        assert [one.id for one in customer.addresses] == [home]
        assert (customer.country, customer.billing_address.id) == ("LU", home)


def test_an_address_book_has_an_end(at_home):
    for number in range(10):
        at_home.post("/account/addresses", data={**ADDRESS, "line1": f"{number}, Grand-Rue"})

    answer = at_home.post("/account/addresses", data={**ADDRESS, "line1": "11, Grand-Rue"})

    assert answer.status_code == 409
    assert "too many addresses" in answer.text


def test_a_new_address_is_proved_by_mail_and_brings_its_customer_along(
    at_home, make_client, make_customer, mails, within
):
    guest = make_customer(at_home.platform, "new@example.com", name="Guest", phone="+352 99")
    at_home.post("/account", data=PROFILE)

    assert (
        at_home.post("/account/email", data={"email": "new@example.com", "password": "wrong"}).status_code
        == 422
    )
    same = at_home.post("/account/email", data={"email": "jos@example.com", "password": PASSWORD})
    assert "your address already" in same.text
    sent = at_home.post("/account/email", data={"email": "new@example.com", "password": PASSWORD})
    assert sent.status_code == 200
    (recipient, text) = mails(at_home.platform)[-1]
    assert recipient == "new@example.com"
    path = re.search(r"/account/email/[\w-]+", text)[0]
    reader = make_client()
    page = reader.get(path).text
    assert "new@example.com" in page
    with within(at_home.platform) as session:
        assert user_service.find_user_by_email(session, "new@example.com") is None
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]

    assert reader.post(path, data={"csrf_token": token}).status_code == 303

    assert reader.get(path).status_code == 404 or "not" in reader.get(path).text
    assert mails(at_home.platform)[-1][0] == "jos@example.com"
    with within(at_home.platform) as session:
        user = user_service.find_user_by_email(session, "new@example.com")
        customer = customer_service.find_by_email(session, "new@example.com")
        assert (user.id, customer.user_id, customer.name) == (at_home.user.id, user.id, "Jos Weber")
        assert customer_service.get_customer(session, guest).merged_into_id == customer.id


def test_asking_for_an_address_answers_the_same_whoever_has_it(at_home, make_user, mails):
    make_user("known@example.com")
    answers = [
        at_home.post("/account/email", data={"email": email, "password": PASSWORD})
        for email in ("known@example.com", "other@example.com")
    ]

    assert _main(answers[0]).replace("known@", "other@") == _main(answers[1])
    sent = dict(mails(at_home.platform))
    assert "/account/email/" not in sent["known@example.com"]
    assert "/account/email/" in sent["other@example.com"]


def test_closing_takes_the_password_ends_everything_and_keeps_orders_without_a_name(
    at_home, make_client, make_customer, make_vendor, make_order, sign_in, within
):
    from modules.orders.models.order import Order

    vendor = make_vendor(at_home.platform)
    at_home.post("/account", data=PROFILE)
    with within(at_home.platform) as session:
        customer_id = customer_service.find_by_email(session, "jos@example.com").id
    order_id = make_order(at_home.platform, vendor, customer_id, paid=500)
    open_id = make_order(at_home.platform, vendor, customer_id, paid=500, status="paid")
    elsewhere = make_client()
    sign_in(elsewhere, at_home.user)
    assert "without your name" in at_home.get("/account/closing").text

    wrong = at_home.post("/account/closing", data={"password": "not mine"})
    waiting = at_home.post("/account/closing", data={"password": PASSWORD})

    assert (wrong.status_code, waiting.status_code) == (422, 422)
    assert "not your password" in wrong.text
    assert "orders on their way" in waiting.text
    with within(at_home.platform) as session:
        assert customer_service.get_customer(session, customer_id).name == "Jos Weber"
        session.get(Order, open_id).status = "fulfilled"
    data = at_home.get("/account/data.json").json
    assert {order["number"] for order in data["modules"]["orders"]["orders"]} == {"T-1", "T-2"}

    closed = at_home.post("/account/closing", data={"password": PASSWORD})

    assert "account is closed" in closed.text
    for client in (at_home, elsewhere):
        assert client.get("/account/edit").status_code in {302, 303, 401}
    with within(at_home.platform) as session:
        assert customer_service.get_customer(session, customer_id).is_anonymised
        order = session.get(Order, order_id)
        assert (order.customer_id, order.customer_email, order.paid_minor) == (customer_id, "", 500)
        assert order.shipping_address == {"name": "–", "street": "", "country": "LU"}
        assert user_service.find_user_by_email(session, "jos@example.com") is None


def test_the_account_shows_what_other_modules_have_for_it(at_home, make_customer):
    make_customer(at_home.platform, "jos@example.com")

    assert "Your orders" in at_home.get("/account").text
