import re

import pytest

from modules.orders.schemas.order_state import OrderStatus
from modules.orders.services import listing_service, order_service
from wizamart.database import db
from wizamart.platforms import scoped

URL = "/platforms/lux"
FORM = {
    "customer_email": "lea@example.com",
    "customer_name": "Léa Weber",
    "delivery_method": "standard",
    "shipping_address.street": "1, Grand-Rue",
    "shipping_address.postal_code": "1660",
    "shipping_address.city": "Luxembourg",
    "shipping_address.country": "LU",
    "form_key": "a-form",
}
LINE = {"title": "Honey", "sku": "HON", "unit_price_minor": "10.00", "quantity": "3", "tax_rate": "3"}


@pytest.fixture
def owner(shop, make_client, factory, sign_in):
    client = make_client()
    sign_in(client, factory.user(owner_of=shop.vendor))
    return client


@pytest.fixture
def admin(shop, make_client, factory, sign_in):
    client = make_client()
    sign_in(client, factory.user(admin_of=shop.platform))
    return client


class Pages:
    """Walks an order through its pages, as the vendor's owner."""

    def __init__(self, client, app, shop):
        self.client, self.app, self.shop = client, app, shop
        self.base = f"{URL}/vendor/{shop.vendor.code}/orders"

    def create(self, **changes):
        response = self.client.post(self.base, data={**FORM, **changes})
        assert response.status_code == 303, response.text
        return int(response.headers["Location"].rpartition("/")[2])

    def post(self, path, **data):
        return self.client.post(f"{self.base}/{path}", data=data)

    def placed(self, **changes):
        number = self.create(**changes)
        self.post(f"{number}/lines", **LINE)
        self.post(f"{number}/placement")
        return number

    def read(self, number, attribute="status"):
        with self.app.app_context(), scoped(db.session(), self.shop.platform.id):
            order = order_service.get_order(db.session(), number)
            return getattr(order, attribute)


@pytest.fixture
def pages(owner, app, shop):
    return Pages(owner, app, shop)


def test_the_empty_list_says_what_to_do(owner):
    page = owner.get(f"{URL}/vendor/honey/orders")

    assert page.status_code == 200
    assert "No orders yet" in page.text


def test_an_order_goes_all_its_way_through_its_pages(pages):
    number = pages.placed()
    assert pages.read(number) == OrderStatus.PLACED

    pages.post(f"{number}/payments", amount_minor="35.90", method="transfer", form_key="pay")
    assert pages.read(number) == OrderStatus.PAID

    form = pages.client.get(f"{pages.base}/{number}/fulfilments/new").text
    line = re.search(r'name="quantity-(\d+)"', form)[1]
    pages.post(f"{number}/fulfilments", **{f"quantity-{line}": "1", "carrier": "Post", "form_key": "one"})
    assert pages.read(number) == OrderStatus.PARTLY_FULFILLED
    pages.post(f"{number}/fulfilments", **{f"quantity-{line}": "2", "form_key": "two"})
    assert pages.read(number) == OrderStatus.FULFILLED

    for key in ("broken", "broken"):
        pages.post(f"{number}/refunds", amount_minor="5", reason="One glass was broken", form_key=key)
    assert pages.read(number, "refunded_minor") == 500

    pages.post(f"{number}/returns", **{f"quantity-{line}": "3", "refund_minor": "0", "form_key": "back"})
    assert pages.read(number) == OrderStatus.RETURNED
    page = pages.client.get(f"{pages.base}/{number}").text
    assert "Everything came back" in page
    assert f"{number}/refunds/new" in page

    refused = pages.post(f"{number}/refunds", amount_minor="30.91", form_key="too-much")
    assert (refused.status_code, pages.read(number, "refunded_minor")) == (422, 500)
    assert "€30.90" in refused.text
    pages.post(f"{number}/refunds", amount_minor="30.90", form_key="rest")
    assert pages.read(number, "refunded_minor") == pages.read(number, "paid_minor") == 3590
    assert f"{number}/refunds/new" not in pages.client.get(f"{pages.base}/{number}").text
    assert pages.post(f"{number}/refunds", amount_minor="1", form_key="more").status_code == 422


def test_the_form_of_a_return_works_out_what_the_pieces_cost_and_records_nothing(owner, app, shop):
    pages = Pages(owner, app, shop)
    number = pages.placed()
    pages.post(f"{number}/payments", amount_minor="35.90", method="transfer", form_key="pay")
    pages.post(f"{number}/fulfilments", form_key="all", **{"quantity-1": "3"})

    def worked_out(pieces):
        answer = pages.post(
            f"{number}/returns/value", **{"quantity-1": pieces, "reason": "Broken", "form_key": "back"}
        )
        refund = re.search(r'name="refund_minor"[^>]*value="([^"]*)"', answer.text)
        return answer, refund and refund[1]

    answer, refund = worked_out("2")
    assert refund == "20.00"
    assert re.search(r'name="reason"[^>]*>\s*Broken', answer.text)
    assert re.search(r'name="quantity-1"[^>]*value="2"', answer.text)
    assert worked_out("9")[1] == "30.00"
    answer, _refund = worked_out("some")
    assert (answer.status_code, "Enter a whole number." in answer.text) == (422, True)
    assert pages.read(number) == OrderStatus.FULFILLED
    pages.post(f"{number}/refunds", amount_minor="30", form_key="most")
    assert worked_out("3")[1] == "5.90"


def test_what_is_not_paid_is_not_refunded(pages):
    number = pages.placed()

    refused = pages.post(f"{number}/refunds", amount_minor="1", form_key="none")

    assert refused.status_code == 409
    assert "there is nothing to refund" in refused.text


def test_a_form_sent_twice_makes_one_order(pages):
    assert pages.create() == pages.create()


def test_a_draft_that_somebody_else_changed_meanwhile_keeps_what_was_typed(pages):
    number = pages.create()
    form = pages.client.get(f"{pages.base}/{number}/edit").text
    opened = re.search(r'name="~version" value="([0-9a-f]+)"', form)[1]

    assert pages.post(number, **{**FORM, "~version": opened, "delivery_method": "express"}).status_code == 303
    mine = {**FORM, "customer_name": "Somebody new", "~version": opened}
    refused = pages.post(number, **mine)

    assert refused.status_code == 422
    assert "Somebody else has changed this" in refused.text
    assert 'value="Somebody new"' in refused.text
    again = re.search(r'name="~version" value="([0-9a-f]+)"', refused.text)[1]
    assert pages.post(number, **{**mine, "~version": again}).status_code == 303
    assert pages.read(number, "customer_name") == "Somebody new"


def test_two_clicks_on_fulfil_send_once(pages):
    number = pages.placed()
    pages.post(f"{number}/payments", amount_minor="35.90", method="transfer")
    line = re.search(
        r'name="quantity-(\d+)"', pages.client.get(f"{pages.base}/{number}/fulfilments/new").text
    )[1]

    answers = [
        pages.post(f"{number}/fulfilments", **{f"quantity-{line}": "3", "form_key": "x"}) for _ in "ab"
    ]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert pages.client.get(f"{pages.base}/{number}").text.count("Sent on") == 1


def test_bad_input_comes_back_at_its_field(pages):
    answer = pages.client.post(pages.base, data={**FORM, "customer_email": "nobody"})

    assert answer.status_code == 422
    assert 'aria-describedby="field-customer_email-errors"' in answer.text
    assert "Léa Weber" in answer.text


def test_more_pieces_than_are_left_are_refused(pages):
    number = pages.placed()
    pages.post(f"{number}/payments", amount_minor="35.90", method="transfer")
    line = re.search(
        r'name="quantity-(\d+)"', pages.client.get(f"{pages.base}/{number}/fulfilments/new").text
    )[1]

    answer = pages.post(f"{number}/fulfilments", **{f"quantity-{line}": "4"})

    assert answer.status_code == 422
    assert "Honey: at most 3." in answer.text
    assert 'value="4"' in answer.text


def test_a_step_that_is_not_open_is_refused_and_says_why(pages):
    number = pages.placed()

    answer = pages.post(f"{number}/fulfilments", **{"quantity-1": "1"})

    assert answer.status_code == 409
    assert pages.read(number) == OrderStatus.PLACED


def test_too_much_money_is_refused_at_its_field(pages):
    number = pages.placed()

    answer = pages.post(f"{number}/payments", amount_minor="36", method="transfer")

    assert answer.status_code == 422
    assert "At most €35.90." in answer.text


def test_every_page_of_an_order_opens(pages, admin):
    number = pages.placed()
    steps = (
        "",
        "/edit",
        "/packing-slip",
        "/payments/new",
        "/fulfilments/new",
        "/returns/new",
        "/cancellation",
    )

    for step in steps:
        assert pages.client.get(f"{pages.base}/{number}{step}").status_code == 200, step
        assert admin.get(f"{URL}/admin/orders/{number}{step}").status_code == 200, step


def test_staff_sends_parcels_and_does_not_cancel(shop, pages, make_client, factory, sign_in):
    number = pages.placed()
    client = make_client()
    sign_in(client, factory.user(staff_of=shop.vendor))

    assert client.get(f"{pages.base}/{number}/fulfilments/new").status_code == 200
    assert client.post(f"{pages.base}/{number}/cancellation").status_code == 403


def test_another_vendors_order_is_not_found(pages, shop, make_client, factory, sign_in):
    number = pages.placed()
    client = make_client()
    sign_in(client, factory.user(owner_of=shop.other))

    assert client.get(f"{URL}/vendor/tea/orders/{number}").status_code == 404
    assert client.post(f"{URL}/vendor/tea/orders/{number}/placement").status_code == 404
    assert "1001" not in client.get(f"{URL}/vendor/tea/orders").text


def test_an_admin_sees_all_and_enters_orders_for_a_vendor(pages, admin, shop):
    pages.placed()
    form = {**FORM, "form_key": "another", "vendor_id": str(shop.other.id)}

    assert admin.post(f"{URL}/admin/orders", data=form).status_code == 303
    page = admin.get(f"{URL}/admin/orders").text
    assert "1001" in page
    assert "1002" in page
    only = admin.get(f"{URL}/admin/orders?vendor={shop.other.id}").text
    assert "1002" in only
    assert ">1001<" not in only


def test_a_vendor_that_does_not_sell_here_is_refused(admin, factory):
    stranger = factory.vendor(factory.platform("elsewhere"))

    answer = admin.post(f"{URL}/admin/orders", data={**FORM, "vendor_id": str(stranger.id)})

    assert answer.status_code == 422


def test_the_list_costs_the_same_for_one_order_as_for_ten(pages, owner, count_queries):
    pages.placed()
    with count_queries() as one:
        owner.get(pages.base)
    for number in range(9):
        pages.placed(form_key=f"form-{number}")

    with count_queries() as ten:
        assert "1010" in owner.get(pages.base).text

    assert len(ten) == len(one), str(ten)


def test_the_export_has_a_line_an_order(pages, owner):
    pages.placed()

    with owner.get(f"{pages.base}.csv") as answer:
        lines = answer.text.splitlines()

    assert len(lines) == 2
    assert "3590" in lines[1]


def test_many_orders_are_paid_and_sent_at_once(pages):
    numbers = [pages.placed(form_key=f"form-{count}") for count in range(3)]

    pages.post("payments", selected=numbers, form_key="bulk")
    pages.post("fulfilments", everything="1", form_key="bulk-2")

    assert {pages.read(number) for number in numbers} == {OrderStatus.FULFILLED}


def test_customers_see_their_order_by_its_secret_link_only(pages, make_client):
    number = pages.placed()
    token = pages.read(number, "token")
    stranger = make_client()

    page = stranger.get(f"{URL}/orders/{token}")

    assert page.status_code == 200
    assert "Your order 1001" in page.text
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert stranger.get(f"{URL}/orders/{token[::-1]}").status_code == 404


def test_customers_do_not_read_what_staff_noted_of_a_payment(pages, make_client):
    number = pages.placed()
    pages.post(f"{number}/payments", amount_minor="35.90", method="transfer", reference="Line 7, J. Roth")

    page = make_client().get(f"{URL}/orders/{pages.read(number, 'token')}").text

    assert "Bank transfer" in page
    assert "J. Roth" not in page
    assert "J. Roth" in pages.client.get(f"{pages.base}/{number}").text


def test_an_address_names_its_country_in_the_readers_language(pages, make_client):
    number = pages.placed()
    link = f"{URL}/orders/{pages.read(number, 'token')}"
    stranger = make_client()

    english = stranger.get(link).text
    german = stranger.get(link, headers={"Accept-Language": "de"}).text

    assert "<br>Luxembourg</address>" in english
    assert "<br>Luxemburg</address>" in german


def test_a_cancelled_order_asks_for_no_money_and_no_parcel(pages):
    number = pages.placed()
    page = pages.client.get(f"{pages.base}/{number}").text
    pages.post(f"{number}/cancellation")
    cancelled = pages.client.get(f"{pages.base}/{number}").text

    assert ("Packing slip" in page, ">Due<" in page) == (True, True)
    assert ("Packing slip" in cancelled, ">Due<" in cancelled) == (False, False)


def test_a_draft_has_no_page_for_the_customer(pages, make_client):
    token = pages.read(pages.create(), "token")

    assert make_client().get(f"{URL}/orders/{token}").status_code == 404


def test_notes_for_the_customer_are_read_by_the_customer_and_others_are_not(pages, make_client):
    number = pages.placed()
    pages.post(f"{number}/notes", text="Ring twice", is_for_customer="true", form_key="n1")
    pages.post(f"{number}/notes", text="Slow payer", form_key="n2")
    pages.post(f"{number}/notes", text="Slow payer", form_key="n2")

    page = make_client().get(f"{URL}/orders/{pages.read(number, 'token')}").text

    assert "Ring twice" in page
    assert "Slow payer" not in page
    assert pages.client.get(f"{pages.base}/{number}").text.count("Slow payer") == 1


def test_contributions_tell_of_orders(app, pages, shop):
    from modules.orders import contributions, counts

    number = pages.placed()
    with (
        app.test_request_context(f"{URL}/vendor/honey/orders"),
        scoped(db.session(), shop.platform.id, shop.vendor.id),
    ):
        session = db.session()
        order = order_service.get_order(session, number)
        entries = contributions.provide_timeline(
            session, platform_id=shop.platform.id, customer_id=order.customer_id
        )

        assert [str(entry.title) for entry in entries] == ["Order 1001"]
        assert counts.count_to_confirm(session, shop.platform.id, shop.vendor.id) == 1
        assert counts.count_rows(session, shop.platform.id) == {"order": 1}
        assert listing_service.find_orders(session, "weber", limit=5) == [order]
