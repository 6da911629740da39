"""Many hands at one order at once: every form is answered in words, and no sum comes out wrong."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from modules.orders.models.document import Document
from modules.orders.models.happening import Fulfilment, HistoryEntry, MoneyEntry, OrderNote, Return
from modules.orders.models.order import Order
from modules.payments.models.payment import LedgerEntry, Payment
from tests.modules.orders.conftest import open_test_account
from tests.modules.orders.seller import make_company
from tests.modules.orders.test_orders_pages import FORM, LINE, URL
from wizamart.database import db, unit_of_work
from wizamart.platforms import scoped

TOTAL = 3590
ANSWERS = {303, 409, 422}


@pytest.fixture
def account(app, shop):
    with app.app_context(), unit_of_work():
        make_company(db.session(), shop.vendor)
        return open_test_account(db.session(), shop).id


@pytest.fixture
def send(shop, account, make_client, factory, sign_in):
    """Return `send(requests)`: all of them at once, each from a browser of its own; the statuses that came back."""
    person = factory.user(owner_of=shop.vendor)
    clients = [make_client() for _hand in range(6)]
    for client in clients:
        sign_in(client, person)

    def all_at_once(*requests):
        start = threading.Barrier(len(requests))

        def one(position):
            path, data = requests[position]
            start.wait()
            return clients[position].post(f"{URL}/vendor/honey/{path}", data=data)

        with ThreadPoolExecutor(len(requests)) as pool:
            answers = list(pool.map(one, range(len(requests))))
        assert {answer.status_code for answer in answers} <= ANSWERS, [
            (answer.status_code, re.findall(r"<h1.*", answer.text)) for answer in answers
        ]
        return answers

    return all_at_once


@pytest.fixture
def order_at(send, account):
    """Return `order_at(state)`: the address of an order that is placed, paid by the test card, or sent."""

    def make(state, key="a"):
        (made,) = send(("orders", {**FORM, "form_key": f"{key}-order"}))
        path = made.headers["Location"].partition("/honey/")[2]
        send((f"{path}/lines", {**LINE, "form_key": f"{key}-line"}))
        send((f"{path}/placement", {"form_key": f"{key}-place"}))
        if state != "placed":
            card = {"amount_minor": "35.90", "method": f"account-{account}", "form_key": f"{key}-pay"}
            send((f"{path}/payments", card))
        if state == "sent":
            send((f"{path}/fulfilments", {"quantity-1": "3", "form_key": f"{key}-send"}))
        return path

    return make


@pytest.fixture
def check_sums(app, shop):
    """Return `check_sums()`: the only order, after its sums were compared with every ledger."""

    def check():
        with app.app_context(), unit_of_work(read_only=True) as session, scoped(session, shop.platform.id):
            (order,) = session.scalars(sa.select(Order))
            assert 0 <= order.refunded_minor + order.refunding_minor <= order.paid_minor <= order.total_minor
            booked = sum(entry.amount_minor for entry in session.scalars(sa.select(MoneyEntry)))
            assert booked == order.paid_minor - order.refunded_minor
            balances = [payment.balance for payment in session.scalars(sa.select(Payment))]
            assert all(one.refunded <= one.captured for one in balances)
            assert sum(one.captured for one in balances) <= order.paid_minor
            for line in order.lines:
                assert 0 <= line.returned_quantity <= line.fulfilled_quantity <= line.quantity
            documents = session.scalars(sa.select(Document)).all()
            credited = sum(one.total_minor for one in documents if one.kind == "credit_note")
            if any(one.kind == "invoice" for one in documents):
                assert credited == order.refunded_minor + order.refunding_minor
            return order.status, order.paid_minor, order.refunded_minor

    return check


def test_returns_and_refunds_at_once_never_give_back_more_than_was_paid(order_at, send, check_sums):
    path = order_at("sent")
    back = {"quantity-1": "1", "refund_minor": "15.00", "reason": "Broken"}
    paid_back = {"amount": "15.00", "note": "Sorry"}

    send(
        *((f"{path}/returns", {**back, "form_key": f"back-{number}"}) for number in range(3)),
        *(("payments/1/refunds", {**paid_back, "idempotency_key": f"money-{number}"}) for number in range(2)),
        (f"{path}/refunds", {"amount_minor": "15.00", "form_key": "sorry"}),
    )

    _status, paid, refunded = check_sums()
    assert (paid, refunded) == (TOTAL, 3000)


def test_cancelling_sending_and_refunding_at_once_ends_in_one_state(order_at, send, check_sums, read):
    path = order_at("paid")

    send(
        *((f"{path}/cancellation", {"form_key": f"cancel-{number}"}) for number in range(2)),
        *((f"{path}/fulfilments", {"quantity-1": "3", "form_key": f"send-{number}"}) for number in range(2)),
        ("payments/1/refunds", {"amount": "10.00", "idempotency_key": "money"}),
        ("payments/1/captures", {"amount": "35.90", "idempotency_key": "more"}),
    )

    status, paid, refunded = check_sums()
    assert paid == TOTAL
    if status == "cancelled":
        assert (refunded, len(read(Fulfilment))) == (TOTAL, 0)
    else:
        assert (status, refunded in {0, 1000}, len(read(Fulfilment))) == ("fulfilled", True, 1)


def test_paying_an_order_many_times_at_once_takes_the_money_once(order_at, send, check_sums, account):
    path = order_at("placed")
    by_hand = {"amount_minor": "35.90", "method": "cash"}
    by_card = {"amount_minor": "35.90", "method": f"account-{account}"}

    send(
        *((f"{path}/payments", {**by_hand, "form_key": f"hand-{number}"}) for number in range(2)),
        *((f"{path}/payments", {**by_card, "form_key": f"card-{number}"}) for number in range(2)),
        ("orders/payments", {"selected": "1", "form_key": "many"}),
        (f"{path}/cancellation", {"form_key": "cancel"}),
    )

    status, paid, refunded = check_sums()
    assert (status, paid - refunded) in {("paid", TOTAL), ("cancelled", 0)}


def test_every_form_that_is_sent_twice_at_once_does_one_thing(send, read, check_sums, account):
    def doubled(path, **data):
        return send(*[(path, data)] * 4)

    first, *others = doubled("orders", **FORM)
    assert {other.headers["Location"] for other in others} == {first.headers["Location"]}
    path = first.headers["Location"].partition("/honey/")[2]
    doubled(f"{path}/lines", **LINE, form_key="line")
    doubled(f"{path}/notes", text="Call first", form_key="note")
    doubled(f"{path}/placement", form_key="place")
    doubled(f"{path}/payments", amount_minor="20.00", method="cash", form_key="part")
    doubled(f"{path}/payments", amount_minor="15.90", method="cash", form_key="rest")
    doubled(f"{path}/invoice", form_key="invoice")
    doubled(f"{path}/fulfilments", **{"quantity-1": "2", "form_key": "send"})
    doubled("orders/fulfilments", selected="1", form_key="many")
    doubled(f"{path}/returns", **{"quantity-1": "1", "refund_minor": "5.00", "form_key": "back"})

    card = {"account_id": str(account), "amount": "7.00", "card": "4111111111111111", "capture": "later"}
    doubled("test-payments", **card, reference="A trial", idempotency_key="trial")
    doubled("payments/1/captures", amount="5.00", idempotency_key="take")
    doubled("payments/1/refunds", amount="2.00", idempotency_key="give")

    status, paid, refunded = check_sums()
    assert (status, paid, refunded) == ("fulfilled", TOTAL, 500)
    assert sorted(entry.kind for entry in read(LedgerEntry)) == ["authorized", "captured", "refunded"]
    counts = [len(read(entity)) for entity in (Order, OrderNote, MoneyEntry, Fulfilment, Return, Document)]
    assert counts == [1, 1, 3, 2, 1, 2]
    actions = sorted(entry.action for entry in read(HistoryEntry))
    assert actions == ["create", "fulfil", "fulfil_part", "pay", "pay_part", "place", "return_part"]


@pytest.mark.backends("sqlite")
def test_old_pages_foreign_ids_and_odd_numbers_are_answered_in_words(order_at, send, check_sums):
    path = order_at("sent")
    before = check_sums()
    back = {"quantity-1": "1", "refund_minor": "5.00"}

    for changes in (
        {"version": "1"},
        {"refund_minor": "-5.00"},
        {"refund_minor": "1e9"},
        {"refund_minor": "35.91"},
        {"quantity-1": "4"},
        {"quantity-1": "-1"},
        {"quantity-1": "1.5"},
        {"quantity-1": "9" * 30},
        {"quantity-1": "0", "quantity-99": "1"},
    ):
        (answer,) = send((f"{path}/returns", {**back, **changes, "form_key": f"odd-{changes}"}))
        assert answer.status_code in {409, 422}, changes
    for place in ("payments/1/refunds", "payments/1/captures"):
        for amount in ("0", "-1", "35.91", "nan", "1e400", ""):
            (answer,) = send((place, {"amount": amount}))
            assert answer.status_code == 422, (place, amount)

    assert check_sums() == before
