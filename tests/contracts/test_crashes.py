"""A server is killed in the middle of its work: nothing that it acknowledged is lost, and nothing is there twice."""

from collections import Counter
from dataclasses import dataclass

import pytest
import sqlalchemy as sa

from modules.inventory.models.stock import Level, Movement, Reservation
from modules.inventory.schemas.product import ProductForm
from modules.inventory.schemas.stock import LocationForm
from modules.inventory.services import location_service, product_service, stock_service
from modules.orders.models.happening import HistoryEntry, MoneyEntry
from modules.orders.models.order import Order, OrderLine
from tests.crash import PRELOAD, Browser, browser_of, work_and_kill
from tests.modules.orders.conftest import Shop, open_test_account
from tests.modules.orders.shelf import URL
from tests.modules.orders.shopper import Shopper
from tests.modules.orders.test_orders_pages import FORM, LINE
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.platforms import scoped

KILLS, APART, STOCK = 10, 3, 1000
pytestmark = pytest.mark.processes


@dataclass
class Goods:
    """A product on the shelf."""

    product_id: int
    variant_id: int
    location_id: int


@pytest.fixture
def shop(app, factory):
    platform = factory.platform("lux", modules=["orders", "inventory"])
    vendor = factory.vendor(platform, code="honey")
    shop = Shop(platform, vendor, vendor)
    with app.app_context(), unit_of_work() as session:
        open_test_account(session, shop)
    return shop


@pytest.fixture
def goods(app, shop):
    platform, vendor = shop.platform, shop.vendor
    form = ProductForm(
        title="Honey", status="active", variants=[{"sku": "HON", "price_minor": 1250, "option1": ""}]
    )
    now = clock.now()
    with app.app_context(), unit_of_work() as session, scoped(session, platform.id, vendor.id):
        place = location_service.create_location(
            session, LocationForm(name="Bettembourg", is_default=True), vendor_id=vendor.id, at=now
        )
        product = product_service.create_product(
            session, form, platform_id=platform.id, vendor_id=vendor.id, currency="EUR", at=now
        )
        variant_id = product.variants[0].id
        stock_service.receive(session, variant_id, STOCK, location_id=place.id, at=now)
        return Goods(product.id, variant_id, place.id)


@pytest.fixture
def owner(shop, make_client, factory, sign_in):
    client = make_client()
    sign_in(client, factory.user(owner_of=shop.vendor))
    return client


def enter_order(browser, number):
    """Walk an order of two lines through its forms until it is paid."""
    base, key = f"{URL}/vendor/honey/orders", f"hand-{number}"
    made = browser.post(base, {**FORM, "form_key": key})
    assert made.status_code == 303, made.text
    order = made.headers["Location"]
    for line in ("a", "b"):
        browser.post(f"{order}/lines", {**LINE, "form_key": f"{key}-{line}"})
    browser.post(f"{order}/placement", {"form_key": f"{key}-place"})
    paid = {"amount_minor": "65.90", "method": "cash", "form_key": f"{key}-pay"}
    answer = browser.post(f"{order}/payments", paid)
    assert answer.status_code == 303, answer.text


def receive(browser, goods, number):
    """Enter a delivery of one piece."""
    form = {
        "variant_id": str(goods.variant_id),
        "kind": "receipt",
        "location_id": str(goods.location_id),
        "quantity": "1",
        "form_key": f"receipt-{number}",
    }
    answer = browser.post(f"{URL}/vendor/honey/products/{goods.product_id}/stock", form)
    assert answer.status_code == 303, answer.text


def buy(server, goods, placed):
    """Fill a cart and order it, as a new customer."""
    shopper = Shopper(Browser(server))
    shopper.put(f"variant:{goods.variant_id}")
    answer = shopper.order()
    assert answer.status_code == 303, answer.text
    placed.append(answer.headers["Location"])


def rows(session, *columns):
    return session.execute(sa.select(*columns)).all()


def test_ten_kills_lose_nothing_that_was_acknowledged_and_double_nothing(
    app, shop, goods, owner, start_server
):
    server, placed = start_server(**PRELOAD), list[str]()
    hand, store = browser_of(server, owner), browser_of(server, owner)

    entered, received, bought = work_and_kill(
        server,
        [
            lambda number: enter_order(hand, number),
            lambda number: receive(store, goods, number),
            lambda _number: buy(server, goods, placed),
        ],
        kills=KILLS,
        apart=APART,
    )

    with app.app_context(), unit_of_work(read_only=True) as session, scoped(session, shop.platform.id):
        orders = {order.id: order for order in session.scalars(sa.select(Order))}
        lines = Counter(order_id for (order_id,) in rows(session, OrderLine.order_id))
        paid = Counter[int]()
        for order_id, amount in rows(session, MoneyEntry.order_id, MoneyEntry.amount_minor):
            paid[order_id] += amount
        by_hand = [order for order in orders.values() if order.form_key.startswith("hand-")]
        in_shop = [order for order in orders.values() if order.form_key.startswith("cart-")]
        placings = Counter(
            order_id
            for order_id, action in rows(session, HistoryEntry.order_id, HistoryEntry.action)
            if action == "place"
        )

        assert {f"hand-{number}" for number in range(entered)} == {order.form_key for order in by_hand}
        for order in by_hand:
            assert (order.status, lines[order.id], placings[order.id]) == ("paid", 2, 1)
            assert paid[order.id] == order.paid_minor == order.total_minor == 6590
        assert len(set(placed)) == bought
        assert len(in_shop) == bought
        for order in in_shop:
            assert (order.status, lines[order.id], placings[order.id]) == ("placed", 1, 1)
            assert order.total_minor == sum(line.total_minor for line in order.lines) + order.delivery_minor
        assert len({order.number for order in orders.values()}) == len(orders)

        movements = rows(session, Movement.form_key, Movement.quantity)
        (level,) = session.scalars(sa.select(Level))
        receipts = Counter(key for key, _quantity in movements if key)
        assert set(receipts.values()) == {1}
        assert {f"receipt-{number}" for number in range(received)} == set(receipts)
        assert level.on_hand == STOCK + received == sum(quantity for _key, quantity in movements)
        assert level.reserved == sum(one.quantity for one in session.scalars(sa.select(Reservation)))
        assert level.reserved == sum(one.units for one in orders.values())
