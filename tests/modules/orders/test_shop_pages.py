"""Cart, checkout and the page of an order, as a customer without script meets them."""

import re

import pytest

from modules.orders.models.cart import Cart
from modules.orders.models.order import Order
from tests.modules.orders import shelf as shelves
from tests.modules.orders.conftest import NOON, open_test_account
from tests.modules.orders.shopper import Shopper
from wizamart.database import unit_of_work
from wizamart.module_system import config_service
from wizamart.platforms import scoped

pytestmark = pytest.mark.backends("sqlite")
CARD = "4111111111111111"


@pytest.fixture
def shelf(app, shop):
    shelf = shelves.install(app)
    shelf.put("jar", shop.vendor.id, title="Honey <&>", options="500 g")
    return shelf


@pytest.fixture
def account(app, shop):
    with app.app_context(), unit_of_work() as session:
        return open_test_account(session, shop).id


@pytest.fixture
def shopper(make_client, shelf, account):
    return Shopper(make_client())


def test_a_cart_is_made_by_putting_something_in_and_by_nothing_else(shopper, read, count_queries):
    for path in ("/cart", "/", "/cart"):
        assert shopper.get(path).status_code == 200
    assert "Your cart is empty" in shopper.page
    assert read(Cart) == []

    answer = shopper.put("jar", 2)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/platforms/lux/cart")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("cart-"))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert len(read(Cart)) == 1
    with count_queries() as statements:
        shopper.get("/cart")
    assert "Honey &lt;&amp;&gt;" in shopper.page
    assert "€20.00" in shopper.page
    assert len(statements) < 20


def test_a_cookie_that_somebody_made_up_opens_no_cart(shopper, make_client, read):
    shopper.put("jar")
    (cart,) = read(Cart)
    stranger = make_client()
    stranger.set_cookie(f"cart-{cart.platform_id}-0", cart.token, path="/")

    assert "Your cart is empty" in stranger.get("/platforms/lux/cart").text


def test_quantities_follow_what_there_is_and_say_so(shopper, shelf, shop):
    assert shopper.put("jar", 9).status_code == 303
    assert "Only 5 are left" in shopper.get("/cart").text

    answer = shopper.post("/cart/lines/quantity", reference="jar", quantity="7", hx=True)
    assert "Only 5 are left." in answer.text
    assert 'id="cart-link"' in answer.text
    shelf.put("jar", shop.vendor.id, available=2)
    assert "Only 2 left" in shopper.get("/cart").text
    assert "/checkout/honey" not in shopper.page
    shelf.take_away("jar")
    assert "Not available now" in shopper.get("/cart").text

    answer = shopper.post("/cart/lines/quantity", reference="jar", quantity="0")
    assert answer.status_code == 303
    assert "Your cart is empty" in shopper.get("/cart").text
    assert "not available now" in shopper.put("jar", hx=True).text
    assert shopper.put("jar").status_code == 303


@pytest.mark.parametrize("sent", ["", "x", "-3", "99999999999999", "1.5"])
def test_a_quantity_that_is_none_breaks_nothing(shopper, sent):
    shopper.put("jar")

    answer = shopper.post("/cart/lines/quantity", reference="jar", quantity=sent)

    assert answer.status_code == 303
    assert shopper.get("/cart").status_code == 200


def test_a_guest_orders_pays_and_sees_where_the_order_stands(shopper, read):
    shopper.put("jar", 2)
    filled = shopper.fill_checkout()
    assert "VAT 17%" in shopper.page

    answer = shopper.post("/checkout/honey", **filled)

    assert answer.status_code == 303
    assert "/pay/" in answer.headers["Location"]
    again = shopper.post("/checkout/honey", **filled)
    assert again.headers["Location"] == answer.headers["Location"]
    (order,) = read(Order)
    assert (order.status, order.total_minor, order.locale) == ("placed", 2590, "en")
    status = f"/orders/{order.token}"
    page = shopper.get(status)
    assert "€25.90 is still to be paid" in page.text
    assert "Pay now" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"

    pay = answer.headers["Location"].removeprefix("/platforms/lux")
    shopper.get(pay)
    action = re.search(r'action="/platforms/lux(/pay/[^"]+)"', shopper.page)[1]
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shopper.page))
    fields.pop("csrf_token")
    shopper.post(action, **fields, source=CARD)

    assert "Thank you, your order is paid" in shopper.get(status).text
    assert read(Order)[0].paid_minor == 2590
    assert "Your cart is empty" in shopper.get("/cart").text
    assert shopper.get("/checkout/honey").status_code == 303


def test_bad_input_comes_back_at_its_fields_with_what_was_typed(shopper, read):
    shopper.put("jar")

    answer = shopper.order(**{"shipping_address.street": "", "shipping_address.country": "XX", "name": "Léa"})

    assert answer.status_code == 422
    assert 'value="Léa"' in answer.text
    assert answer.text.count("Please fill in this field.") >= 1
    assert "Choose one of the options." in answer.text
    assert read(Order) == []
    assert shopper.order(email="not an address").status_code == 422
    assert read(Order) == []


def test_a_price_that_rises_meanwhile_is_shown_before_anything_is_ordered(shopper, shelf, shop, read):
    shopper.put("jar")
    filled = shopper.fill_checkout()
    shelf.put("jar", shop.vendor.id, unit_price=1500)

    answer = shopper.post("/checkout/honey", **filled)

    assert answer.status_code == 409
    assert "The total is now €20.90" in answer.text
    assert "The price was €10.00" in answer.text
    assert read(Order) == []
    shopper.page = answer.text
    filled["quote"] = shopper.hidden("quote")
    assert shopper.post("/checkout/honey", **filled).status_code == 303
    assert [order.total_minor for order in read(Order)] == [2090]


def test_stock_that_went_meanwhile_is_said_at_its_line(shopper, shelf, shop, read):
    shopper.put("jar", 3)
    filled = shopper.fill_checkout()
    shelf.put("jar", shop.vendor.id, available=1)

    answer = shopper.post("/checkout/honey", **filled)

    assert answer.status_code == 409
    assert "Only 1 left" in answer.text
    assert "Nothing was ordered yet" in answer.text
    assert read(Order) == []


def test_sums_and_prices_that_a_browser_makes_up_are_ignored(shopper, read):
    shopper.put("jar")

    shopper.order(total_minor="1", unit_price="1", delivery_minor="0")

    assert [order.total_minor for order in read(Order)] == [1590]


def test_the_summary_changes_with_the_delivery_and_writes_nothing(shopper, read):
    shopper.put("jar")
    filled = shopper.fill_checkout()

    answer = shopper.post("/checkout/honey/summary", **{**filled, "delivery_method": "express"}, hx=True)

    assert "€22.90" in answer.text
    assert read(Order) == []


def test_an_order_that_costs_nothing_is_paid_at_once(shopper, shelf, shop, read):
    shelf.put("jar", shop.vendor.id, unit_price=0)
    shopper.put("jar")
    shopper.fill_checkout()
    answer = shopper.order(delivery_method="pickup", payment="")
    assert answer.status_code == 409  # standard delivery was counted, and this costs less
    quote = shopper.hidden("quote")

    answer = shopper.order(delivery_method="pickup", payment="", quote=quote)

    assert read(Order)[0].status == "paid"
    assert answer.headers["Location"].endswith(f"/orders/{read(Order)[0].token}")


def test_the_customer_cancels_what_was_not_sent_and_only_if_the_shop_lets_them(app, shop, shopper, read):
    shopper.put("jar")
    shopper.order()
    (order,) = read(Order)
    with app.app_context(), unit_of_work() as session:
        config_service.set_module_config(session, shop.platform.id, "orders", {"customers_may_cancel": False})
    path = f"/orders/{order.token}"
    assert "Cancel this order" not in shopper.get(path).text
    assert shopper.post(f"{path}/cancellation").status_code == 409
    with app.app_context(), unit_of_work() as session:
        config_service.set_module_config(session, shop.platform.id, "orders", {"customers_may_cancel": True})

    for _click in range(2):
        answer = shopper.post(f"{path}/cancellation")

    assert answer.status_code in {303, 409}
    assert read(Order)[0].status == "cancelled"
    assert "This order is cancelled" in shopper.get(path).text
    assert "Pay now" not in shopper.page


def test_a_provider_that_is_switched_off_after_placing_leaves_other_ways_or_somebody_to_ask(
    app, shop, account, shopper, read
):
    from modules.payments.services import account_service

    def switch(account_id, *, is_on):
        with app.app_context(), unit_of_work() as session, scoped(session, shop.platform.id):
            row = account_service.get_account(session, account_id, vendor_id=shop.vendor.id)
            account_service.set_enabled(session, row, is_enabled=is_on, actor_id=None, at=NOON)

    shopper.put("jar")
    shopper.order()
    path = f"/orders/{read(Order)[0].token}"
    switch(account, is_on=False)
    assert "Paying here is not possible at the moment." in shopper.get(path).text
    assert "Please ask Honey." in shopper.page
    assert shopper.post(f"{path}/payments", payment=f"{account}-card").status_code == 303

    with app.app_context(), unit_of_work() as session:
        other = open_test_account(session, shop, name="Second").id
    assert "Choose how to pay" in shopper.get(path).text
    answer = shopper.post(f"{path}/payments", payment=f"{other}-card")

    assert "/pay/" in answer.headers["Location"]
    assert "Pay now" in shopper.get(path).text


def test_somebody_who_signs_in_finds_cart_addresses_and_orders(shopper, factory, sign_in, read, app, shop):
    from modules.customers.schemas.customer import AddressForm
    from modules.customers.services import address_service, customer_service

    shopper.put("jar")
    assert "/login?next=" in shopper.get("/checkout/honey").text
    person = factory.user("nora@example.com", display_name="Nora Kremer")
    with app.app_context(), unit_of_work() as session, scoped(session, shop.platform.id):
        customer = customer_service.find_or_create_by_email(
            session, platform_id=shop.platform.id, email=person.email, name="Nora Kremer", at=NOON
        )
        customer.user_id = person.id
        for city, is_shipping in (("Metz", False), ("Ahn", True)):
            form = AddressForm(
                line1="2, route du Vin", postal_code="5401", city=city, country="LU", is_shipping=is_shipping
            )
            address_service.add_address(session, customer, form)
    sign_in(shopper.client, person)

    filled = shopper.fill_checkout()
    assert "You order as nora@example.com." in shopper.page
    saved = re.search(r'<option value="(\d+)" selected>Nora Kremer, [^<]*Ahn', shopper.page)[1]
    answer = shopper.post("/checkout/honey", **filled, saved_address=saved)

    assert answer.status_code == 303
    (order,) = read(Order)
    assert (order.customer_email, order.shipping_address["city"]) == ("nora@example.com", "Ahn")
    assert order.number in shopper.get("/account/orders").text
    assert order.number in shopper.get("/account").text
