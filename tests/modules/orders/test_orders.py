from datetime import timedelta

import pytest

from modules.customers.services import customer_service
from modules.orders.exceptions import (
    NotADraft,
    NothingChosen,
    OrderNotFound,
    StaleOrder,
    StepForbidden,
    StepNotOpen,
    TooMany,
    TooMuchMoney,
)
from modules.orders.schemas.order import CancelForm, FulfilmentForm, LineChange, PaymentForm, ReturnForm
from modules.orders.services import (
    fulfilment_service,
    listing_service,
    note_service,
    order_service,
    settlement_service,
)
from tests.modules.orders.conftest import NOON, line_form, order_form, step
from wizamart.exceptions import InvalidInput
from wizamart.platforms import scoped


@pytest.fixture(autouse=True)
def at_the_vendor(session, shop):
    with scoped(session, shop.platform.id, shop.vendor.id):
        yield


def test_an_order_keeps_what_was_sold_and_the_server_computes_what_it_costs(session, make_order):
    order = make_order(
        lines=[line_form(), line_form(sku="MUG", unit_price_minor=1690, quantity=1, tax_rate=17)]
    )

    assert order.total_minor == 3 * 1000 + 1690 + 590
    assert order.tax_minor == 87 + 331  # 3 % in 30.00, 17 % in 16.90 and 5.90
    assert [line.sku for line in order.lines] == ["HON", "MUG"]
    assert order.units == 4


def test_the_same_form_sent_again_makes_one_order(session, make_order):
    assert make_order(key="same").id == make_order(key="same").id


def test_a_vendor_who_types_an_address_in_learns_nothing_of_whom_the_platform_knows(
    session, shop, make_order
):
    with scoped(session, shop.platform.id):
        known = customer_service.find_or_create_by_email(
            session, platform_id=shop.platform.id, email="lea@example.com", name="Secret Name", at=NOON
        )
    order, again = make_order(), make_order(key="form-2")

    own = customer_service.get_customer(session, order.customer_id)
    assert (own.id != known.id, own.owner_vendor_id, own.name) == (True, shop.vendor.id, "Léa Weber")
    assert again.customer_id == own.id
    assert customer_service.find_customer(session, known.id, vendor_id=shop.vendor.id) is None

    customer_service.link_vendor(session, known, vendor_id=shop.vendor.id, at=NOON)
    assert make_order(key="form-3").customer_id == known.id  # they have met since
    with scoped(session, shop.platform.id):
        values = {
            "vendor_id": shop.other.id,
            "currency": "EUR",
            "form_key": "admin",
            "actor_id": None,
            "at": NOON,
        }
        typed = order_service.create_order(session, order_form(), platform_id=shop.platform.id, **values)
        assert typed.customer_id == known.id


def test_numbers_are_unique_and_follow_each_other(session, make_order):
    numbers = [make_order(key=f"form-{count}").number for count in range(3)]

    assert numbers == ["1001", "1002", "1003"]


def test_a_line_sent_twice_is_added_once(session, make_order):
    order = make_order()

    for _click in range(2):
        order_service.add_line(session, order.id, line_form(), step("line-key"))

    assert len(order.lines) == 2


def test_the_customer_is_found_again_by_address(session, make_order):
    assert make_order(key="one").customer_id == make_order(key="two").customer_id


def test_quantities_change_while_it_is_a_draft(session, make_order):
    order = make_order()

    order_service.change_line(
        session, order.id, order.lines[0].id, LineChange(quantity=1, discount_minor=100), step()
    )

    assert order.total_minor == 1000 - 100 + 590


def test_a_discount_beyond_the_line_is_refused_at_its_field(session, make_order):
    order = make_order()

    with pytest.raises(InvalidInput) as refusal:
        order_service.change_line(
            session, order.id, order.lines[0].id, LineChange(quantity=1, discount_minor=1001), step()
        )

    assert "discount_minor" in refusal.value.errors


def test_an_order_without_lines_is_not_placed(session, make_order):
    order = make_order(lines=[])

    with pytest.raises(StepForbidden):
        order_service.place_order(session, order.id, step())

    assert order.status == "draft"


def test_a_placed_order_is_not_rewritten(session, make_order):
    order = make_order("placed")

    with pytest.raises(NotADraft):
        order_service.add_line(session, order.id, line_form(), step())
    with pytest.raises(NotADraft):
        order_service.update_order(session, order.id, order_form(customer_name="Tom"), step())


def test_placing_notes_the_day_in_the_platforms_time_zone(session, make_order, shop):
    order = make_order()
    late = NOON.replace(hour=22, minute=30)  # half past midnight in Luxembourg

    order_service.place_order(session, order.id, step().__class__(late))

    assert order.placed_on == (late + timedelta(hours=2)).date()


def test_an_order_that_costs_nothing_is_paid_when_it_is_placed(session, make_order):
    order = make_order(lines=[line_form(unit_price_minor=0)])
    order_service.update_order(session, order.id, order_form(delivery_method="pickup"), step())

    order_service.place_order(session, order.id, step())

    assert order.status == "paid"


def test_two_clicks_on_fulfil_send_one_parcel(session, make_order):
    order = make_order("paid")

    for _click in range(2):
        fulfilment_service.fulfil(session, order.id, FulfilmentForm(), step("click"))

    assert order.status == "fulfilled"
    assert len(fulfilment_service.list_fulfilments(session, order)) == 1


def test_a_step_from_an_old_page_is_refused(session, make_order):
    order = make_order("placed")
    seen = order.version
    settlement_service.record_payment(
        session, order.id, PaymentForm(amount_minor=100, method="cash"), step("a", seen)
    )

    with pytest.raises(StaleOrder):
        settlement_service.record_payment(
            session, order.id, PaymentForm(amount_minor=100, method="cash"), step("b", seen)
        )


def test_parts_are_sent_until_nothing_is_left(session, make_order):
    order = make_order("paid")
    line = order.lines[0]

    fulfilment_service.fulfil(session, order.id, FulfilmentForm(), step(), pieces={line.id: 1})
    assert (order.status, line.open_quantity) == ("partly_fulfilled", 2)

    with pytest.raises(TooMany):
        fulfilment_service.fulfil(session, order.id, FulfilmentForm(), step(), pieces={line.id: 3})
    with pytest.raises(NothingChosen):
        fulfilment_service.fulfil(session, order.id, FulfilmentForm(), step(), pieces={line.id: 0})

    fulfilment_service.fulfil(session, order.id, FulfilmentForm(tracking_number="LU1"), step())
    assert order.status == "fulfilled"


def test_an_unpaid_order_is_not_sent(session, make_order):
    order = make_order("placed")

    with pytest.raises(StepNotOpen):
        fulfilment_service.fulfil(session, order.id, FulfilmentForm(), step())


def test_money_comes_in_parts_and_never_more_than_is_due(session, make_order):
    order = make_order("placed")
    settlement_service.record_payment(session, order.id, PaymentForm(amount_minor=590, method="cash"), step())
    assert order.status == "placed"

    with pytest.raises(TooMuchMoney):
        settlement_service.record_payment(session, order.id, PaymentForm(amount_minor=3001), step())

    settlement_service.record_payment(session, order.id, PaymentForm(amount_minor=3000), step())
    assert order.status == "paid"


def test_cancelling_a_paid_order_gives_everything_back(session, make_order):
    order = make_order("paid")

    settlement_service.cancel(session, order.id, CancelForm(reason="Changed their mind"), step("once"))
    settlement_service.cancel(session, order.id, CancelForm(reason="Changed their mind"), step("once"))

    assert (order.status, order.refunded_minor) == ("cancelled", order.total_minor)
    assert sum(entry.amount_minor for entry in settlement_service.list_money(session, order)) == 0


def test_goods_come_back_with_their_refund(session, make_order):
    order = make_order("fulfilled")
    line = order.lines[0]

    fulfilment_service.take_back(
        session, order.id, ReturnForm(refund_minor=1000), step(), pieces={line.id: 1}
    )
    assert (order.status, order.refunded_minor) == ("fulfilled", 1000)

    with pytest.raises(TooMany):
        fulfilment_service.take_back(session, order.id, ReturnForm(), step(), pieces={line.id: 3})
    with pytest.raises(TooMuchMoney):
        fulfilment_service.take_back(
            session, order.id, ReturnForm(refund_minor=10_000), step(), pieces={line.id: 2}
        )
    session.refresh(line)


def test_once_everything_is_back_the_order_is_returned(session, make_order):
    order = make_order("fulfilled")

    fulfilment_service.take_back(session, order.id, ReturnForm(), step(), pieces={order.lines[0].id: 3})

    assert order.status == "returned"


def test_the_history_tells_every_step(session, make_order):
    order = make_order("fulfilled")

    texts = [str(event.text) for event in note_service.list_events(session, order)]

    assert texts == ["Everything was sent", "Paid in full", "Order placed", "Draft created"]


def test_another_vendors_order_is_not_there(session, shop, make_order):
    order = make_order(vendor=shop.other)

    with pytest.raises(OrderNotFound):
        order_service.get_order(session, order.id)


def test_sales_by_day_count_what_was_placed_and_not_cancelled(session, shop, make_order):
    make_order("paid", key="a")
    cancelled = make_order("placed", key="b")
    make_order("draft", key="c")
    settlement_service.cancel(session, cancelled.id, CancelForm(), step())

    sales = listing_service.list_sales_by_day(
        session, platform_id=shop.platform.id, vendor_id=shop.vendor.id, start=NOON.date(), end=NOON.date()
    )

    assert sales == [{"day": NOON.date(), "currency": "EUR", "orders": 1, "gross_minor": 3590, "units": 3}]


def test_the_demo_is_the_same_twice_and_adds_up(session, shop):
    from modules.orders.contributions import provide_demo

    for _run in range(2):
        provide_demo(session, platform_id=shop.platform.id, vendor_ids=[shop.vendor.id], at=NOON)

    orders = listing_service.find_orders(session, "", limit=500)
    assert len(orders) > 30
    assert len({order.number for order in orders}) == len(orders)
    assert {order.status for order in orders} >= {"fulfilled", "paid", "placed"}
    for order in orders:
        assert order.total_minor == order_service.compute_totals(order).total_minor
        assert order.paid_minor in {0, order.total_minor}
