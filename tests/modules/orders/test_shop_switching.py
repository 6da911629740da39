"""Modules go off and on again at every point of an order's life, with a customer in the middle."""

import re
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.inventory.models.product import Product
from modules.inventory.schemas.product import ProductForm
from modules.inventory.schemas.stock import LocationForm
from modules.inventory.services import location_service, product_service, stock_service
from modules.orders.models.cart import CartLine
from modules.orders.models.order import Order
from modules.orders.schemas.order import FulfilmentForm, ReturnForm
from modules.orders.services import fulfilment_service, order_service
from modules.orders.services.step_service import Step
from modules.payments.services import payment_service
from tests.modules.orders.conftest import NOON, Shop, open_test_account, turn
from tests.modules.orders.shopper import Shopper
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.module_system import service as module_service
from wizamart.platforms import scoped
from wizamart.queue import Task, TaskStatus, enqueue, run_task

pytestmark = pytest.mark.backends("sqlite")
WORDS = "Nothing was ordered or charged by this step."


class Life:
    """One order on its way, and a switch for the modules it lives by."""

    def __init__(self, app, shop, client, owner):
        self.app, self.shop, self.owner = app, shop, owner
        self.shopper = Shopper(client, seller=shop.vendor.code)
        self.path = ""
        with self.vendor_session() as session:
            place = location_service.create_location(
                session, LocationForm(name="Shelf", is_default=True), vendor_id=shop.vendor.id, at=NOON
            )
            form = ProductForm(
                title="Honey", status="active", variants=[{"sku": "HON", "price_minor": 1000, "option1": ""}]
            )
            product = product_service.create_product(
                session,
                form,
                platform_id=shop.platform.id,
                vendor_id=shop.vendor.id,
                currency="EUR",
                at=NOON,
            )
            variant = product.variants[0]
            stock_service.receive(session, variant.id, 10, location_id=place.id, at=NOON)
            self.reference = f"variant:{variant.id}"
            open_test_account(session, shop)

    @contextmanager
    def vendor_session(self):
        with (
            self.app.app_context(),
            unit_of_work() as session,
            scoped(session, self.shop.platform.id, self.shop.vendor.id),
        ):
            yield session

    def switch(self, code, *, is_on):
        with self.app.app_context(), unit_of_work() as session:
            change = module_service.enable_module if is_on else module_service.disable_module
            change(session, self.shop.platform.id, code)
            if is_on and code == "payments":
                module_service.enable_module(session, self.shop.platform.id, "orders")

    def rows(self):
        """Return what must be the same after switching off and on again."""
        with self.vendor_session() as session:
            orders = session.execute(
                sa.select(
                    Order.number, Order.status, Order.total_minor, Order.paid_minor, Order.refunded_minor
                )
            ).all()
            lines = session.execute(sa.select(CartLine.reference, CartLine.quantity)).all()
            return orders, lines

    def order(self):
        with self.vendor_session() as session:
            order = session.scalars(sa.select(Order)).one_or_none()
            session.expunge_all()
            return order

    def send(self, count):
        order = self.order()
        with self.vendor_session() as session:
            line = order_service.get_order(session, order.id).lines[0].id
            fulfilment_service.fulfil(
                session, order.id, FulfilmentForm(), Step(clock.now()), pieces={line: count}
            )

    def take_back(self):
        order = self.order()
        with self.vendor_session() as session:
            lines = {line.id: line.quantity for line in order_service.get_order(session, order.id).lines}
            form = ReturnForm(reason="", refund_minor=0)
            fulfilment_service.take_back(session, order.id, form, Step(clock.now()), pieces=lines)

    def pay(self, pay=""):
        pay = pay or re.search(r'href="/platforms/lux(/pay/[^"]+)"', self.shopper.get(self.path).text)[1]
        self.shopper.get(pay)
        action = re.search(r'action="/platforms/lux(/pay/[^"]+)"', self.shopper.page)[1]
        fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', self.shopper.page))
        fields.pop("csrf_token")
        self.shopper.post(action, **fields, source="4111111111111111")

    def points(self):
        """Yield the points of an order's life, one after the other."""
        yield "empty cart"
        self.shopper.put(self.reference, 3)
        yield "filled cart"
        self.filled = self.shopper.fill_checkout()
        yield "checkout shown"
        answer = self.shopper.post("/checkout/honey", **self.filled)
        assert answer.status_code == 303, answer.text
        self.path = f"/orders/{self.order().token}"
        yield "placed"
        self.pay()
        yield "paid"
        self.send(1)
        yield "partly_fulfilled"
        self.send(2)
        yield "fulfilled"
        self.take_back()
        yield "returned"


@pytest.fixture
def life(app, factory, make_client, sign_in):
    platform = factory.platform("lux", modules=["orders", "inventory"])
    vendor = factory.vendor(platform, code="honey")
    owner = make_client()
    sign_in(owner, factory.user(owner_of=vendor))
    return Life(app, Shop(platform, vendor, vendor), make_client(), owner)


@pytest.mark.parametrize("code", ["orders", "payments"])
def test_with_orders_or_payments_off_nothing_is_reachable_and_afterwards_all_is_there(life, code):
    last = ""
    for point in life.points():
        last, before = point, life.rows()
        shown = life.shopper.get(life.path).text if life.path else ""
        life.switch(code, is_on=False)

        for path in filter(None, ("/cart", "/checkout/honey", "/account/orders", life.path)):
            answer = life.shopper.get(path)
            assert (answer.status_code, WORDS in answer.text) == (404, True), (point, path)
            assert "module" not in answer.text.lower()
        for path, data in (
            ("/cart/lines", {"reference": life.reference}),
            ("/cart/lines/quantity", {"reference": life.reference, "quantity": "1"}),
            ("/checkout/honey", getattr(life, "filled", {})),
            (f"{life.path or '/orders/x'}/cancellation", {}),
            (f"{life.path or '/orders/x'}/payments", {}),
        ):
            assert life.shopper.post(path, **data).status_code == 404, (point, path)
        assert life.owner.get("/platforms/lux/vendor/honey/orders").status_code == 404
        home = life.shopper.get("/")
        assert home.status_code == 200
        assert "cart-link" not in home.text
        assert life.rows() == before

        life.switch(code, is_on=True)
        assert life.shopper.get("/cart").status_code == 200
        assert ("Honey" in life.shopper.page) is (point in {"filled cart", "checkout shown"})
        if life.path:
            now = life.shopper.get(life.path).text
            assert _told(now) == _told(shown), point
        assert life.rows() == before
    assert last == "returned"
    assert life.order().status == "returned"


def test_with_inventory_off_the_cart_is_kept_and_cannot_be_ordered_and_orders_go_on(life):
    for point in life.points():
        before = life.rows()
        life.switch("inventory", is_on=False)

        cart = life.shopper.get("/cart")
        assert cart.status_code == 200
        assert ("Not available now" in cart.text) is (point in {"filled cart", "checkout shown"})
        assert "/checkout/honey" not in cart.text
        if point == "checkout shown":
            refused = life.shopper.post("/checkout/honey", **life.filled)
            assert refused.status_code == 409
            assert "Nothing was ordered yet" in refused.text
        if life.path:
            assert life.shopper.get(life.path).status_code == 200
        assert life.owner.get("/platforms/lux/vendor/honey/orders").status_code == 200
        assert life.shopper.get("/catalogue").status_code == 404
        assert life.rows() == before

        life.switch("inventory", is_on=True)
    assert life.order().status == "returned"


def test_the_cart_lets_in_the_pictures_that_the_inventory_shows_there_and_no_others(life):
    life.shopper.put(life.reference)
    without = life.shopper.get("/cart").headers["Content-Security-Policy"]
    with life.vendor_session() as session:
        session.scalars(sa.select(Product)).one().images = ["https://pictures.example.com/honey.png"]

    cart = life.shopper.get("/cart")

    assert 'src="https://pictures.example.com/honey.png"' in cart.text
    assert "img-src 'self' data: https://pictures.example.com;" in cart.headers["Content-Security-Policy"]
    assert "pictures.example.com" not in without


def test_work_waits_while_orders_are_off_and_goes_on_afterwards(life, app):
    life.shopper.put(life.reference, 1)
    life.shopper.order()
    with life.vendor_session() as session:
        session.scalars(sa.select(Order)).one().expires_at = clock.now() - timedelta(hours=1)
    with app.app_context(), unit_of_work() as session:
        task_id = enqueue(session, "orders.cancel_unpaid", platform_id=life.shop.platform.id).id
    life.switch("orders", is_on=False)

    assert run_task(app, task_id) == TaskStatus.PARKED
    assert life.order().status == "placed"

    life.switch("orders", is_on=True)
    with app.app_context(), unit_of_work() as session:
        assert session.get_one(Task, task_id).status == TaskStatus.QUEUED
    assert run_task(app, task_id) == TaskStatus.SUCCEEDED
    assert life.order().status == "cancelled"
    with life.vendor_session() as session:
        assert stock_service.available_of(session, [int(life.reference.partition(":")[2])]) == {
            int(life.reference.partition(":")[2]): 10
        }


def _told(page):
    """Return what a page tells, without what is new at each look."""
    return re.sub(r'(value|src|href)="[^"]*"', "", page.partition("<main")[2].partition("</main>")[0])


def test_what_is_paid_while_orders_are_off_is_written_down_afterwards_and_not_cancelled(life, app):
    life.shopper.put(life.reference, 1)
    life.shopper.order()
    life.path = f"/orders/{life.order().token}"
    with life.vendor_session() as session:
        order = session.scalars(sa.select(Order)).one()
        order.expires_at = clock.now() - timedelta(hours=1)
        total, token = order.total_minor, payment_service.get_payment(session, order.payment_id).token
    life.switch("orders", is_on=False)
    life.pay(f"/pay/{token}")

    life.switch("orders", is_on=True)
    with app.app_context(), unit_of_work() as session:
        cancelling = enqueue(session, "orders.cancel_unpaid", platform_id=life.shop.platform.id).id
        asked = session.scalars(sa.select(Task).where(Task.name == "orders.catch_up")).one()
        again = enqueue(session, asked.name, asked.payload, platform_id=asked.platform_id).id
        twice = (asked.id, again)
    assert run_task(app, cancelling) == TaskStatus.SUCCEEDED
    assert life.order().status == "placed"
    for catching_up in twice:
        assert run_task(app, catching_up) == TaskStatus.SUCCEEDED
        assert (life.order().status, life.order().paid_minor) == ("paid", total)


def test_what_is_paid_while_the_package_of_orders_is_gone_is_written_down_once_it_is_back(life, app):
    platform_id = life.shop.platform.id
    life.shopper.put(life.reference, 1)
    life.shopper.order()
    life.path = f"/orders/{life.order().token}"
    assert _run_schedule(app, "orders.follow_payments", platform_id) == TaskStatus.SUCCEEDED
    with life.vendor_session() as session:
        order = session.scalars(sa.select(Order)).one()
        total, token = order.total_minor, payment_service.get_payment(session, order.payment_id).token
    turn(app, platform_id, "orders", is_on=False)
    life.pay(f"/pay/{token}")
    turn(app, platform_id, "orders", is_on=True)
    assert (life.order().status, life.order().paid_minor) == ("placed", 0)

    for _time in range(2):
        assert _run_schedule(app, "orders.follow_payments", platform_id) == TaskStatus.SUCCEEDED
        assert (life.order().status, life.order().paid_minor) == ("paid", total)


def _run_schedule(app, name, platform_id):
    with app.app_context(), unit_of_work() as session:
        task_id = enqueue(session, name, platform_id=platform_id).id
    return run_task(app, task_id)
