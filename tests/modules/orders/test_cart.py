from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.orders.exceptions import OfferGone
from modules.orders.models.cart import Cart, CartLine
from modules.orders.services import cart_service
from modules.orders.services.basket import Offer, Wish, judge
from modules.orders.services.cart_service import Holder
from tests.modules.orders import shelf as shelves
from tests.modules.orders.conftest import NOON
from wizamart.platforms import VendorStatus, scoped


@pytest.fixture
def shelf(app):
    return shelves.install(app)


@pytest.fixture
def in_shop(session, shop):
    with scoped(session, shop.platform.id):
        yield shop


def offer(**changes):
    values = {
        "reference": "a",
        "sku": "A",
        "title": "Honey",
        "unit_price": 900,
        "currency": "EUR",
        "tax_rate": "3",
        "vendor_id": 1,
    }
    return Offer.model_validate(values | changes)


@pytest.mark.parametrize(
    ("changes", "quantity", "words"),
    [
        ({}, 500, ""),
        ({"available": 3}, 3, ""),
        ({"available": 3}, 4, "Only 3 left"),
        ({"available": 0}, 1, "Sold out"),
        ({"currency": "USD"}, 1, "Not available now"),
        (None, 1, "Not available now"),
    ],
)
def test_a_line_is_held_against_what_is_offered(changes, quantity, words):
    found = None if changes is None else offer(**changes)

    entry = judge(Wish("a", quantity, "Honey", 900, 1), found, currency="EUR")

    assert entry.problem == words
    assert entry.quantity == quantity


def test_a_price_that_changed_is_the_new_one_and_says_the_old_one():
    entry = judge(Wish("a", 2, "Honey", 800, 1), offer(), currency="EUR")

    assert (entry.amount_minor, entry.price_before) == (1800, 800)


def test_a_cart_is_filled_changed_and_emptied(session, shelf, in_shop):
    shelf.put("honey", in_shop.vendor.id)
    holder = Holder(in_shop.platform.id)

    cart, held = cart_service.add(session, holder, reference="honey", quantity=2, at=NOON)
    holder = Holder(in_shop.platform.id, token=cart.token)
    assert (held, cart_service.count_lines(session, holder)) == (2, 1)

    assert cart_service.add(session, holder, reference="honey", quantity=9, at=NOON)[1] == 5
    assert cart_service.change(session, holder, reference="honey", quantity=3, at=NOON) == 3
    assert cart_service.change(session, holder, reference="honey", quantity=50, at=NOON) == 5
    assert session.scalar(sa.select(sa.func.count()).select_from(Cart)) == 1
    with pytest.raises(OfferGone):
        cart_service.add(session, holder, reference="nothing", quantity=1, at=NOON)

    assert cart_service.change(session, holder, reference="honey", quantity=0, at=NOON) == 0
    assert cart_service.list_groups(session, holder) == ()


def test_goods_of_two_vendors_are_two_groups_with_the_server_s_sums(session, shelf, in_shop):
    shelf.put("honey", in_shop.vendor.id, tax_rate="3")
    shelf.put("mug", in_shop.vendor.id, unit_price=1690)
    shelf.put("tea", in_shop.other.id)
    cart, _held = cart_service.add(
        session, Holder(in_shop.platform.id), reference="honey", quantity=2, at=NOON
    )
    holder = Holder(in_shop.platform.id, token=cart.token)
    for reference in ("mug", "tea"):
        cart_service.add(session, holder, reference=reference, quantity=1, at=NOON)
    shelf.put("mug", in_shop.vendor.id, unit_price=1790)

    honey, tea = cart_service.list_groups(session, holder)

    assert (honey.vendor_code, tea.vendor_code) == ("honey", "tea")
    assert honey.totals.total_minor == 2 * 1000 + 1790
    assert [(str(tax.rate), tax.tax_minor) for tax in honey.totals.groups] == [("17", 260), ("3", 58)]
    assert honey.is_orderable


def test_what_nobody_offers_now_stays_and_can_be_taken_out(session, shelf, in_shop):
    shelf.put("honey", in_shop.vendor.id)
    shelf.put("tea", in_shop.other.id)
    cart, _held = cart_service.add(
        session, Holder(in_shop.platform.id), reference="honey", quantity=2, at=NOON
    )
    holder = Holder(in_shop.platform.id, token=cart.token)
    cart_service.add(session, holder, reference="tea", quantity=1, at=NOON)
    shelf.take_away("honey")
    in_shop.other.status = VendorStatus.SUSPENDED
    session.merge(in_shop.other)

    groups = cart_service.list_groups(session, holder)

    problems = [entry.problem for group in groups for entry in group.entries]
    assert problems == ["Not available now"] * 2
    assert [group.totals.total_minor for group in groups] == [0, 0]
    assert cart_service.change(session, holder, reference="honey", quantity=7, at=NOON) == 2
    assert cart_service.change(session, holder, reference="honey", quantity=0, at=NOON) == 0


def test_a_cart_is_joined_with_the_person_s_at_sign_in_and_hidden_after_sign_out(
    session, shelf, in_shop, factory
):
    shelf.put("honey", in_shop.vendor.id)
    shelf.put("mug", in_shop.vendor.id)
    person = factory.user()
    platform_id = in_shop.platform.id
    theirs, _held = cart_service.add(
        session, Holder(platform_id, user_id=person.id), reference="honey", quantity=1, at=NOON
    )
    guest, _held = cart_service.add(session, Holder(platform_id), reference="honey", quantity=3, at=NOON)
    token = guest.token
    cart_service.add(session, Holder(platform_id, token=token), reference="mug", quantity=1, at=NOON)
    signed_in = Holder(platform_id, token=token, user_id=person.id)

    seen = {wish.reference: wish.quantity for wish in cart_service.list_wishes(session, signed_in)}
    joined = cart_service.claim(session, signed_in, at=NOON)
    session.flush()

    assert seen == {"honey": 3, "mug": 1} == {line.reference: line.quantity for line in joined.lines}
    assert joined.id == theirs.id
    assert session.scalar(sa.select(sa.func.count()).select_from(Cart)) == 1
    assert cart_service.list_wishes(session, Holder(platform_id, token=joined.token)) == []


def test_carts_belong_to_one_shop(session, shelf, in_shop):
    shelf.put("honey", in_shop.vendor.id)
    cart, _held = cart_service.add(
        session, Holder(in_shop.platform.id), reference="honey", quantity=1, at=NOON
    )

    own = Holder(in_shop.platform.id, in_shop.vendor.id, cart.token)

    assert cart_service.count_lines(session, own) == 0


def test_old_carts_are_thrown_away_with_their_lines(session, shelf, in_shop):
    shelf.put("honey", in_shop.vendor.id)
    for days in (40, 1):
        cart_service.add(
            session,
            Holder(in_shop.platform.id),
            reference="honey",
            quantity=1,
            at=NOON - timedelta(days=days),
        )
    session.flush()

    gone = cart_service.remove_old(session, platform_id=in_shop.platform.id, days=30, at=NOON)

    assert gone == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(CartLine)) == 1
