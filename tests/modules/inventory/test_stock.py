"""Stock is a ledger, and its levels are what the ledger says."""

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.inventory import events, health
from modules.inventory.exceptions import (
    BackordersOpen,
    LocationInUse,
    NothingMoved,
    OutOfStock,
    VariantNotFound,
)
from modules.inventory.models.stock import Level, Movement
from modules.inventory.schemas.stock import LocationForm, MovementForm
from modules.inventory.services import (
    ledger_service,
    location_service,
    movement_service,
    order_service,
    product_service,
    reservation_service,
    stock_service,
)
from modules.inventory.services.stock_service import Wanted
from tests.modules.inventory.conftest import NOON
from wizamart.exceptions import InvalidInput


def on_hand(session, variant_id):
    rows = session.execute(
        sa.select(Level.on_hand, Level.reserved).where(Level.variant_id == variant_id)
    ).all()
    return [tuple(row) for row in rows]


def test_every_movement_is_a_line_and_the_level_is_their_sum(shop, make_product, within):
    product = make_product(shop, stock=10)
    place = {"location_id": shop.location_id, "at": NOON}

    with within(shop) as session:
        stock_service.sell(session, product.variant_id, 3, **place)
        stock_service.return_(session, product.variant_id, 1, **place)
        stock_service.correct(session, product.variant_id, 5, reason="Counted", **place)

        balances = session.execute(sa.select(Movement.quantity, Movement.balance).order_by(Movement.id)).all()
        assert [tuple(row) for row in balances] == [(10, 10), (-3, 7), (1, 8), (-3, 5)]
        assert on_hand(session, product.variant_id) == [(5, 0)]
        assert ledger_service.verify_ledger(session) == []


def test_stock_never_falls_below_zero_unless_back_orders_are_allowed(shop, make_product, within):
    plain = make_product(shop, stock=2)
    ordered = make_product(shop, "Hammock", skus=("HAM",), stock=2, allows_backorder=True)

    with within(shop) as session:
        with pytest.raises(OutOfStock) as refused:
            stock_service.sell(session, plain.variant_id, 3, location_id=shop.location_id, at=NOON)
        stock_service.sell(session, ordered.variant_id, 3, location_id=shop.location_id, at=NOON)

        assert str(refused.value) == "Kettle (KET-1): 2 available, 3 wanted."
        assert on_hand(session, plain.variant_id) == [(2, 0)]
        assert on_hand(session, ordered.variant_id) == [(-1, 0)]


def test_the_database_itself_refuses_a_negative_level(shop, make_product, within):
    product = make_product(shop, stock=2)

    with within(shop) as session, pytest.raises(sa.exc.IntegrityError), session.begin_nested():
        session.execute(sa.update(Level).where(Level.variant_id == product.variant_id).values(on_hand=-1))


def test_back_orders_cannot_be_forbidden_while_goods_are_owed(shop, make_product, within):
    product = make_product(shop, allows_backorder=True)
    with within(shop) as session:
        stock_service.sell(session, product.variant_id, 1, location_id=shop.location_id, at=NOON)
        row = product_service.get_product(session, product.id)
        form = product_service.ProductForm.model_validate(
            {**product_service.form_of(row), "allows_backorder": False}
        )

        with pytest.raises(BackordersOpen):
            product_service.update_product(session, row, form, at=NOON)


def test_a_transfer_moves_pieces_and_what_is_reserved_stays(shop, make_product, within):
    product = make_product(shop, stock=5)
    with within(shop) as session:
        other = location_service.create_location(
            session, LocationForm(name="Shop"), vendor_id=shop.vendor.id, at=NOON
        )
        reservation_service.reserve(session, [Wanted(product.variant_id, 2)], reference="order:1", at=NOON)
        ends = {"source_id": shop.location_id, "target_id": other.id, "at": NOON}
        stock_service.transfer(session, product.variant_id, 3, **ends)

        with pytest.raises(OutOfStock):
            stock_service.transfer(session, product.variant_id, 1, **ends)
        with pytest.raises(InvalidInput):
            stock_service.transfer(
                session, product.variant_id, 1, source_id=other.id, target_id=other.id, at=NOON
            )
        assert sorted(on_hand(session, product.variant_id)) == [(2, 2), (3, 0)]
        assert ledger_service.verify_ledger(session) == []


def test_nothing_is_no_movement_and_a_correction_needs_its_reason(shop, make_product, within):
    product = make_product(shop, stock=5)
    place = {"location_id": shop.location_id, "at": NOON}

    with within(shop) as session:
        with pytest.raises(NothingMoved):
            stock_service.receive(session, product.variant_id, 0, **place)
        with pytest.raises(InvalidInput):
            stock_service.correct(session, product.variant_id, 4, reason=" ", **place)
        with pytest.raises(InvalidInput):
            stock_service.correct(session, product.variant_id, -1, reason="Counted", **place)
        assert stock_service.correct(session, product.variant_id, 5, reason="Counted", **place) is None


def test_reserving_twice_for_one_order_holds_the_goods_once(shop, make_product, within):
    product = make_product(shop, stock=5)

    with within(shop) as session:
        for _attempt in range(2):
            reservation_service.reserve(
                session, [Wanted(product.variant_id, 2)], reference="order:7", at=NOON
            )

        assert on_hand(session, product.variant_id) == [(5, 2)]
        with pytest.raises(OutOfStock):
            stock_service.sell(session, product.variant_id, 4, location_id=shop.location_id, at=NOON)


def test_taking_in_parts_uses_the_reservation_and_then_the_shelf(shop, make_product, within):
    product = make_product(shop, stock=5)

    with within(shop) as session:
        reservation_service.reserve(session, [Wanted(product.variant_id, 3)], reference="order:7", at=NOON)
        reservation_service.take(session, "order:7", at=NOON, quantities={product.variant_id: 1})
        assert on_hand(session, product.variant_id) == [(4, 2)]
        reservation_service.take(session, "order:7", at=NOON, quantities={product.variant_id: 3})

        assert on_hand(session, product.variant_id) == [(1, 0)]
        assert ledger_service.verify_ledger(session) == []
        with pytest.raises(OutOfStock):
            reservation_service.take(session, "order:7", at=NOON, quantities={product.variant_id: 2})


def test_what_was_held_too_long_is_for_sale_again(shop, make_product, within):
    product = make_product(shop, stock=5)

    with within(shop) as session:
        lines = [Wanted(product.variant_id, 5)]
        reservation_service.reserve(session, lines, reference="order:1", at=NOON, expires_at=NOON)

        assert reservation_service.release_expired(session, at=NOON) == 1
        assert reservation_service.release(session, "order:1") == 0
        assert on_hand(session, product.variant_id) == [(5, 0)]
        assert reservation_service.list_reservations(session, "order:1")[0].status == "expired"


def test_a_low_stock_is_told_once_when_it_becomes_low(app, shop, make_product, within, monkeypatch):
    product = make_product(shop, stock=8)
    told = []
    monkeypatch.setattr(
        events.stock_low, "emit", lambda _session, payload, **_owner: told.append(payload.available)
    )

    with within(shop) as session:
        for _sale in range(4):
            stock_service.sell(session, product.variant_id, 1, location_id=shop.location_id, at=NOON)

    assert told == [5]


def test_another_vendors_variant_is_not_found(shop, make_shop, make_product, within):
    product = make_product(shop, stock=1)
    stranger = make_shop(shop.platform)

    with within(stranger) as session, pytest.raises(VariantNotFound):
        stock_service.receive(session, product.variant_id, 1, location_id=stranger.location_id, at=NOON)


def test_a_vendors_goods_cannot_be_put_in_another_vendors_location(shop, make_shop, make_product, within):
    product = make_product(shop)
    stranger = make_shop(shop.platform)

    with within(shop, as_admin=True) as session, pytest.raises(VariantNotFound):
        stock_service.receive(session, product.variant_id, 1, location_id=stranger.location_id, at=NOON)


def test_a_location_with_a_history_stays(shop, make_product, within):
    make_product(shop, stock=1)

    with within(shop) as session, pytest.raises(LocationInUse):
        location_service.delete_location(session, location_service.get_location(session, shop.location_id))


def test_a_level_that_disagrees_with_the_ledger_is_found(app, shop, make_product, within):
    product = make_product(shop, stock=4)
    with within(shop) as session:
        session.execute(sa.update(Level).where(Level.variant_id == product.variant_id).values(on_hand=9))

    with within(shop) as session:
        (drift,) = ledger_service.verify_ledger(session)
    with app.app_context():
        answer = health.check()

    assert (drift.on_hand, drift.ledger) == (9, 4)
    assert answer["status"] == "degraded"


def test_fifty_buyers_of_ten_pieces_get_ten(shop, make_product, within):
    product = make_product(shop, stock=10)
    results = []

    def buy(number):
        event = {
            "platform_id": shop.platform.id,
            "vendor_id": shop.vendor.id,
            "order_id": number,
            "lines": [{"reference": f"variant:{product.variant_id}", "sku": "KET-1", "quantity": 1}],
        }
        try:
            with within(shop) as session:
                order_service.reserve_order(session, event, at=NOON)
            with within(shop) as session:
                order_service.take_order(session, event, at=NOON)
            results.append("sold")
        except OutOfStock:
            results.append("refused")

    buyers = [threading.Thread(target=buy, args=(number,)) for number in range(1, 51)]
    for buyer in buyers:
        buyer.start()
    for buyer in buyers:
        buyer.join()

    with within(shop) as session:
        assert sorted(results) == ["refused"] * 40 + ["sold"] * 10
        assert on_hand(session, product.variant_id) == [(0, 0)]
        assert ledger_service.verify_ledger(session) == []
        sales = [row for row in session.scalars(sa.select(Movement)) if row.kind == "sale"]
        assert len({row.reference for row in sales}) == 10


@pytest.mark.parametrize("kind", ["sale", "transfer", "correction"])
def test_a_form_that_is_sent_twice_is_booked_once(shop, make_product, within, kind):
    product = make_product(shop, stock=9)
    with within(shop) as session:
        target = location_service.create_location(
            session, LocationForm(name="Shop"), vendor_id=shop.vendor.id, at=NOON
        )
        form = MovementForm(
            variant_id=product.variant_id,
            kind=kind,
            location_id=shop.location_id,
            target_id=target.id,
            quantity=4,
            reason="Count",
        )
    booked = []
    for key in ("a", "a", "b"):
        with within(shop) as session:
            booked.append(movement_service.enter(session, form, actor_id=7, at=NOON, form_key=key))

    left = {"sale": 1, "transfer": 1, "correction": 4}[kind]
    assert booked == [True, False, True]
    with within(shop) as session:
        assert on_hand(session, product.variant_id)[0] == (left, 0)
        assert ledger_service.verify_ledger(session) == []


def test_what_is_held_is_listed_with_its_end(shop, make_product, within, count_queries):
    product = make_product(shop, stock=9, skus=("A", "B"))
    with within(shop) as session:
        for number, (variant_id, hours) in enumerate(zip(product.variant_ids, (48, 0), strict=True), start=1):
            reservation_service.reserve(
                session,
                [Wanted(variant_id, number)],
                reference=f"order:{number}",
                at=NOON,
                expires_at=NOON + timedelta(hours=hours) if hours else None,
            )
    with within(shop) as session, count_queries() as queries:
        held = reservation_service.list_open(session, product.id)
        shown = [(row.reference, row.variant.sku, row.location.name, row.open_quantity) for row in held]

    assert shown == [("order:1", "A", "Bettembourg", 1), ("order:2", "B", "Bettembourg", 2)]
    assert len(queries) == 1
