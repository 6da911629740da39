"""What happens to orders while the inventory is off is in the stock afterwards, once."""

import functools
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.inventory.models.stock import Level, Movement, Reservation
from modules.inventory.schemas.order_facts import Change, Pieces, compare
from modules.inventory.schemas.product import ProductForm
from modules.inventory.services import ledger_service, location_service, product_service, stock_service
from modules.messaging.models.notification import Notification
from modules.orders.schemas.order import CancelForm, FulfilmentForm, PaymentForm, ReturnForm
from modules.orders.services import fulfilment_service, order_service, settlement_service
from modules.orders.services.step_service import Step
from tests.modules.orders.conftest import Shop, line_form, order_form, turn
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.module_system import service as module_service
from wizamart.platforms import scoped
from wizamart.queue import Task, TaskStatus, enqueue, run_task

STOCK = 40


class Trade:
    """A vendor with forty jars on the shelf and a switch for the inventory."""

    def __init__(self, app, shop):
        self.app, self.shop = app, shop
        self.is_on, self.made = True, 0
        with self.session() as session:
            place = location_service.get_default_location(session, vendor_id=shop.vendor.id, at=clock.now())
            rows = [{"sku": "HON", "price_minor": 1000, "option1": ""}]
            product = product_service.create_product(
                session,
                ProductForm(title="Honey", status="active", variants=rows),
                platform_id=shop.platform.id,
                vendor_id=shop.vendor.id,
                currency="EUR",
                at=clock.now() - timedelta(days=9),
            )
            self.variant_id = product.variants[0].id
            stock_service.receive(session, self.variant_id, STOCK, location_id=place.id, at=clock.now())

    @contextmanager
    def session(self):
        tenant = (self.shop.platform.id, self.shop.vendor.id)
        with self.app.app_context(), unit_of_work() as session, scoped(session, *tenant):
            yield session

    def switch(self, *, is_on, code="inventory"):
        with self.app.app_context(), unit_of_work() as session:
            change = module_service.enable_module if is_on else module_service.disable_module
            change(session, self.shop.platform.id, code)
        self.is_on = is_on if code == "inventory" else self.is_on

    def work_off(self):
        """Run what waits, such as the task that catches up."""
        due = sa.select(Task.id).where(
            Task.status == TaskStatus.QUEUED,
            Task.run_at <= clock.now(),
            sa.or_(Task.name.startswith("inventory."), Task.name.startswith("messaging.")),
        )
        while True:
            with self.app.app_context(), unit_of_work(read_only=True) as session:
                ids = list(session.scalars(due))
            if not ids:
                return
            for task_id in ids:
                assert run_task(self.app, task_id) in {TaskStatus.SUCCEEDED, TaskStatus.PARKED}

    def compare_by_night(self):
        with self.app.app_context(), unit_of_work() as session:
            enqueue(session, "inventory.compare_orders", platform_id=self.shop.platform.id)
        self.work_off()

    def look_again(self):
        with self.app.app_context(), unit_of_work() as session:
            enqueue(session, "inventory.follow_orders", platform_id=self.shop.platform.id)
        self.work_off()

    def place(self, quantity):
        self.made += 1
        with self.session() as session:
            order = order_service.create_order(
                session,
                order_form(),
                platform_id=self.shop.platform.id,
                vendor_id=self.shop.vendor.id,
                currency="EUR",
                form_key=f"form-{self.made}",
                actor_id=None,
                at=clock.now(),
            )
            order_service.add_line(session, order.id, line_form(sku="HON", quantity=quantity), self.step())
            order_service.place_order(session, order.id, self.step())
            form = PaymentForm(amount_minor=order.due_minor, method="transfer")
            settlement_service.record_payment(session, order.id, form, self.step())
            return order.id

    def send(self, order_id, count):
        with self.session() as session:
            line = order_service.get_order(session, order_id).lines[0].id
            fulfilment_service.fulfil(session, order_id, FulfilmentForm(), self.step(), pieces={line: count})

    def take_back(self, order_id, count):
        with self.session() as session:
            line = order_service.get_order(session, order_id).lines[0].id
            form = ReturnForm(reason="", refund_minor=0)
            fulfilment_service.take_back(session, order_id, form, self.step(), pieces={line: count})

    def cancel(self, order_id):
        with self.session() as session:
            settlement_service.cancel(session, order_id, CancelForm(reason="Asked for"), self.step())

    def stock(self):
        """Return what lies on the shelf, and what of it is held; the ledger agrees."""
        with self.session() as session:
            assert ledger_service.verify_ledger(session) == []
            levels = list(session.scalars(sa.select(Level)))
            return sum(level.on_hand for level in levels), sum(level.reserved for level in levels)

    @staticmethod
    def step():
        return Step(clock.now())


@pytest.fixture
def trade(app, factory):
    platform = factory.platform("lux", modules=["orders", "inventory", "messaging"])
    vendor = factory.vendor(platform, code="honey")
    return Trade(app, Shop(platform, vendor, vendor))


@pytest.mark.parametrize(
    ("facts", "booked", "change"),
    [
        (Pieces(3, 0, 0), Pieces(0, 0, 0), Change(hold=3)),
        (Pieces(3, 0, 0), Pieces(3, 0, 0), Change()),
        (Pieces(0, 0, 0), Pieces(3, 0, 0), Change(release=3)),
        (Pieces(1, 2, 0), Pieces(3, 0, 0), Change(take=2)),
        (Pieces(0, 3, 3), Pieces(0, 1, 0), Change(take=2, bring_back=3)),
        (Pieces(0, 1, 0), Pieces(0, 2, 1), Change()),
    ],
)
def test_only_the_difference_between_an_order_and_the_books_is_booked(facts, booked, change):
    assert compare(facts, booked) == change


def test_what_was_placed_sent_cancelled_and_returned_while_off_is_booked_once(trade):
    sent, cancelled, returned = trade.place(3), trade.place(4), trade.place(5)
    trade.send(returned, 5)
    assert trade.stock() == (35, 7)

    trade.switch(is_on=False)
    placed = trade.place(2)
    trade.send(sent, 2)
    trade.cancel(cancelled)
    trade.take_back(returned, 5)
    assert trade.stock() == (35, 7)

    for _time in range(2):  # on, off and on again before any task could run
        trade.switch(is_on=True)
        trade.switch(is_on=False)
    trade.switch(is_on=True)
    trade.work_off()
    assert trade.stock() == (38, 3)
    trade.compare_by_night()
    trade.send(placed, 2)
    trade.send(sent, 1)
    assert trade.stock() == (35, 0)
    with trade.session() as session:
        sold = sa.select(sa.func.sum(Movement.quantity)).where(Movement.kind == "sale")
        assert session.scalar(sold) == -10


def test_orders_that_move_while_they_are_caught_up_with_are_booked_once(trade):
    orders = [trade.place(2) for _order in range(2)]
    trade.switch(is_on=False)
    orders += [trade.place(2) for _order in range(2)]
    trade.send(orders[0], 1)
    trade.switch(is_on=True)
    with trade.session() as session:
        due = [
            enqueue(session, "inventory.compare_orders", platform_id=trade.shop.platform.id).id
            for _time in range(2)
        ]
    hands = [functools.partial(trade.send, order_id, 1) for order_id in orders]
    hands += [functools.partial(run_task, trade.app, task_id) for task_id in due]
    start = threading.Barrier(len(hands))

    def act(hand):
        start.wait()
        hand()

    with ThreadPoolExecutor(len(hands)) as pool:
        list(pool.map(act, hands))
    trade.work_off()

    assert trade.stock() == (35, 3)


@pytest.mark.backends("sqlite")
def test_what_happened_while_orders_were_off_too_is_caught_up_when_they_are_back(trade):
    trade.switch(is_on=False)
    trade.place(2)
    trade.switch(is_on=False, code="orders")
    trade.switch(is_on=True)
    trade.work_off()
    trade.switch(is_on=True, code="orders")
    with trade.session() as session:
        waiting = sa.select(Task).where(Task.name == "inventory.catch_up", Task.status == TaskStatus.QUEUED)
        session.scalars(waiting).one().run_at = clock.now()

    trade.work_off()

    assert trade.stock() == (40, 2)


@pytest.mark.backends("sqlite")
def test_too_few_pieces_are_told_to_the_vendor_and_never_stop_the_rest(trade, factory):
    factory.user(owner_of=trade.shop.vendor)
    trade.place(38)
    trade.switch(is_on=False)
    trade.place(5)
    gone = trade.place(6)
    trade.send(gone, 6)

    trade.switch(is_on=True)
    trade.work_off()
    trade.compare_by_night()

    assert trade.stock() == (
        34,
        40,
    )  # two of the five are held, six are gone: two short, and the level says so
    with trade.session() as session:
        told = list(session.scalars(sa.select(Notification).where(Notification.kind == "goods-missing")))
        held = session.scalars(sa.select(Reservation.quantity).order_by(Reservation.id)).all()
    assert len(told) == 2
    assert held == [38, 2]


@pytest.mark.backends("sqlite")
def test_pieces_that_the_ledger_never_knew_are_written_in_before_they_leave(trade):
    trade.switch(is_on=False)
    trade.send(trade.place(STOCK + 3), STOCK + 3)

    trade.switch(is_on=True)
    trade.work_off()
    trade.compare_by_night()

    assert trade.stock() == (0, 0)
    with trade.session() as session:
        lines = session.execute(sa.select(Movement.kind, Movement.quantity).order_by(Movement.id)).all()
    assert lines[1:] == [("sale", -40), ("correction", 3), ("sale", -3)]


@pytest.mark.parametrize("seed", [1, 2])
def test_however_orders_and_switches_are_shuffled_the_stock_is_as_without_switches(trade, seed):
    chance = random.Random(seed)  # noqa: S311 - shuffles, guards nothing
    orders = {}  # id: pieces ordered, sent, returned
    for _step in range(30):
        act = chance.choice(["place", "send", "send", "cancel", "take_back", "switch", "switch", "work"])
        if act == "place" and len(orders) < 8:
            count = chance.randint(1, 4)
            orders[trade.place(count)] = [count, 0, 0]
        elif act == "switch":
            trade.switch(is_on=not trade.is_on)
        elif act == "work":
            trade.work_off()
        elif act == "send" and (able := [key for key, (all_, sent, _back) in orders.items() if sent < all_]):
            key = chance.choice(able)
            count = chance.randint(1, orders[key][0] - orders[key][1])
            trade.send(key, count)
            orders[key][1] += count
        elif act == "cancel" and (
            able := [key for key, (all_, sent, _back) in orders.items() if all_ and not sent]
        ):
            key = chance.choice(able)
            trade.cancel(key)
            orders[key][0] = 0
        elif act == "take_back" and (
            able := [key for key, (_all, sent, back) in orders.items() if back < sent]
        ):
            key = chance.choice(able)
            trade.take_back(key, 1)
            orders[key][2] += 1
    if not trade.is_on:
        trade.switch(is_on=True)
    trade.work_off()

    open_ = sum(ordered - sent for ordered, sent, _back in orders.values())
    gone = sum(sent - back for _ordered, sent, back in orders.values())
    assert trade.stock() == (STOCK - gone, open_)


@pytest.mark.backends("sqlite")
def test_what_was_sold_while_the_package_of_the_inventory_was_gone_is_booked_once_it_is_back(trade, app):
    trade.look_again()
    turn(app, trade.shop.platform.id, "inventory", is_on=False)
    trade.send(trade.place(3), 2)
    turn(app, trade.shop.platform.id, "inventory", is_on=True)
    assert trade.stock() == (40, 0)

    for _time in range(2):
        trade.look_again()
        assert trade.stock() == (38, 1)
