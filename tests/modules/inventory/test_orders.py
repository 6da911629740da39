"""What the inventory does when orders tell of theirs, whatever exactly they send."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from modules.inventory import handlers
from modules.inventory.exceptions import OutOfStock
from modules.inventory.services import ledger_service, reservation_service, stock_service
from tests.modules.inventory.conftest import NOON


def event(shop, number=1, *lines, **more):
    return SimpleNamespace(
        platform_id=shop.platform.id,
        vendor_id=shop.vendor.id,
        order_id=number,
        lines=[SimpleNamespace(reference=ref, sku=sku, quantity=count) for ref, sku, count in lines],
        **more,
    )


def available(session, product):
    return stock_service.available_of(session, [product.variant_id])[product.variant_id]


def test_an_order_reserves_ships_and_leaves_the_rest(shop, make_product, within):
    product = make_product(shop, stock=10)
    line = (f"variant:{product.variant_id}", "renamed since", 4)

    with within(shop) as session:
        handlers.reserve_goods(session, event(shop, 1, line))
        assert available(session, product) == 6
        handlers.take_goods(session, event(shop, 1, (None, "KET-1", 3)))
        handlers.release_goods(session, event(shop, 1))

        assert available(session, product) == 7
        assert ledger_service.verify_ledger(session) == []


def test_goods_are_held_for_an_order_until_it_lets_them_go(shop, make_product, within):
    product = make_product(shop, stock=10)

    with within(shop) as session:
        handlers.reserve_goods(session, event(shop, 1, (None, "KET-1", 4)))
        reservation_service.release_expired(session, at=NOON + timedelta(days=5000))

        assert available(session, product) == 6
        handlers.release_goods(session, event(shop, 1))
        assert available(session, product) == 10


def test_an_order_for_more_than_there_is_is_refused(shop, make_product, within):
    make_product(shop, stock=1)

    with within(shop) as session, pytest.raises(OutOfStock):
        handlers.reserve_goods(session, event(shop, 1, (None, "KET-1", 2)))


def test_lines_entered_by_hand_concern_nobody(shop, make_product, within):
    product = make_product(shop, stock=5)

    with within(shop) as session:
        handlers.reserve_goods(session, event(shop, 2, (None, "GIFT-WRAP", 1), ("something:else", None, 1)))
        handlers.take_goods(session, event(shop, 2, (None, "GIFT-WRAP", 1)))
        handlers.release_goods(session, event(shop, 2))

        assert available(session, product) == 5


def test_an_order_cannot_touch_another_vendors_goods(shop, make_shop, make_product, within):
    product = make_product(shop, stock=5)
    stranger = make_shop(shop.platform)

    with within(shop, as_admin=True) as session:
        handlers.reserve_goods(session, event(stranger, 3, (f"variant:{product.variant_id}", "KET-1", 2)))

        assert available(session, product) == 5


def test_an_order_placed_while_the_module_was_off_ships_from_the_shelf(shop, make_product, within):
    product = make_product(shop, stock=5)

    with within(shop) as session:
        handlers.take_goods(session, event(shop, 4, (None, "KET-1", 2)))

        assert available(session, product) == 3
