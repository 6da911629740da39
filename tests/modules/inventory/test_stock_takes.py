"""Stock-takes: what was counted is booked as the difference, whatever moved meanwhile."""

import io
from datetime import timedelta

import pytest

from modules.inventory.exceptions import CountImpossible, StockTakeClosed, StockTakeOpen
from modules.inventory.services import (
    count_file_service,
    ledger_service,
    stock_service,
    stock_take_service,
)
from modules.inventory.services.stock_take_service import Counted
from tests.modules.inventory.conftest import NOON
from wizamart.exceptions import InvalidInput

LATER = NOON + timedelta(hours=1)
HOUR = timedelta(hours=1)


def on_hand(session, variant_id):
    return stock_service.available_of(session, [variant_id])[variant_id]


@pytest.fixture
def take(shop, within):
    """Return the id of a stock-take that has just begun."""
    with within(shop) as session:
        return stock_take_service.start(session, shop.location_id, note="", actor_id=7, at=NOON).id


def test_differences_are_booked_together_and_what_moved_meanwhile_is_kept(shop, make_product, within, take):
    mug, pan = (
        make_product(shop, "Mug", skus=("MUG",), stock=10),
        make_product(shop, "Pan", skus=("PAN",), stock=5),
    )
    with within(shop) as session:
        row = stock_take_service.get_stock_take(session, take, for_change=True)
        lines = [Counted(mug.variant_id, 8, LATER), Counted(pan.variant_id, 5, LATER)]
        stock_take_service.count(session, row, lines, actor_id=7)
    with within(shop) as session:
        stock_service.sell(session, mug.variant_id, 3, location_id=shop.location_id, at=LATER + HOUR)

    with within(shop) as session:
        row = stock_take_service.get_stock_take(session, take, for_change=True)
        summary = stock_take_service.summarise(session, row)
        booked = stock_take_service.book(session, row, reason="Count", actor_id=7, at=LATER + 2 * HOUR)

    assert (summary.lines, summary.differing, summary.surplus, summary.missing) == (2, 1, 0, 2)
    assert booked == 1
    with within(shop) as session:
        assert (on_hand(session, mug.variant_id), on_hand(session, pan.variant_id)) == (5, 5)
        assert ledger_service.verify_ledger(session) == []
        with pytest.raises(StockTakeClosed):
            stock_take_service.get_stock_take(session, take, for_change=True)
        stock_take_service.start(session, shop.location_id, note="", actor_id=7, at=NOON)


def test_an_impossible_count_books_nothing_and_a_second_take_of_a_place_waits(
    shop, make_product, within, take
):
    mug, pan = (
        make_product(shop, "Mug", skus=("MUG",), stock=4),
        make_product(shop, "Pan", skus=("PAN",), stock=4),
    )
    with within(shop) as session:
        with pytest.raises(StockTakeOpen):
            stock_take_service.start(session, shop.location_id, note="", actor_id=7, at=NOON)
        row = stock_take_service.get_stock_take(session, take, for_change=True)
        lines = [Counted(mug.variant_id, 6, LATER), Counted(pan.variant_id, 1, LATER)]
        stock_take_service.count(session, row, lines, actor_id=7)
        stock_service.sell(session, pan.variant_id, 3, location_id=shop.location_id, at=LATER + HOUR)

    def book():
        with within(shop) as session:
            row = stock_take_service.get_stock_take(session, take, for_change=True)
            stock_take_service.book(session, row, reason="Count", actor_id=7, at=LATER + 2 * HOUR)

    with pytest.raises(CountImpossible, match="PAN was counted too low"):
        book()

    with within(shop) as session:
        row = stock_take_service.get_stock_take(session, take, for_change=True)
        assert (on_hand(session, mug.variant_id), on_hand(session, pan.variant_id)) == (4, 1)
        stock_take_service.cancel(row, actor_id=7, at=LATER)


def test_a_file_of_counts_knows_when_they_were_made_and_tells_what_it_does_not_understand(
    shop, make_product, within, take
):
    mug = make_product(shop, "Mug", skus=("MUG",), stock=10)
    with within(shop) as session:
        stock_service.sell(session, mug.variant_id, 2, location_id=shop.location_id, at=LATER)
    text = f"sku;counted;counted_at\nMUG;9;{(NOON + HOUR / 2).isoformat()}\nNONE;1;\nMUG;x;\nMUG;;\n"
    text += "MUG;9;0001-01-01T00:00+14:00\nMUG;9;9999-12-31T23:59-12:00\n"

    def read(content):
        with within(shop) as session:
            row = stock_take_service.get_stock_take(session, take, for_change=True)
            return count_file_service.read_counts(session, row, content, actor_id=7, at=LATER + HOUR)

    first, again = read(text.encode()), read(b"sku,counted\nMUG,9\n")
    with pytest.raises(InvalidInput):
        read(b"number,pieces\n1,2\n")

    assert first.noted == 1
    assert [number for number, _reason in first.problems] == [4, 6, 7, 3]
    assert again.problems == []
    with within(shop) as session:
        row = stock_take_service.get_stock_take(session, take, for_change=True)
        assert stock_take_service.summarise(session, row).missing == 1
        stock_take_service.book(session, row, reason="Count", actor_id=7, at=LATER + HOUR)
        assert on_hand(session, mug.variant_id) == 7


@pytest.mark.backends("sqlite")
def test_a_vendor_counts_in_the_portal(client, shop, make_product, within, make_user, sign_in, make_vendor):
    mug = make_product(shop, "Mug", skus=("MUG",), stock=10)
    make_product(shop, "Pan", skus=("PAN",), stock=5)
    sign_in(client, make_user(owner_of=shop.vendor))
    portal = f"/platforms/{shop.platform.code}/vendor/{shop.vendor.code}"

    page = client.post(f"{portal}/stock-takes", data={"location_id": shop.location_id}).location
    second = client.post(
        f"{portal}/stock-takes", data={"location_id": shop.location_id}, follow_redirects=True
    )
    wrong = client.post(
        f"{page}/counts", data={f"count.{mug.variant_id}": "many", "count.99999": "3"}, follow_redirects=True
    )
    client.post(f"{page}/counts", data={f"count.{mug.variant_id}": "8"})
    with client.get(f"{page}/sheet.csv") as answer:
        sheet = answer.text
    differing = client.get(f"{page}?view=differing").text
    file = (io.BytesIO(b"sku,counted\nPAN,6\n"), "counts.csv")
    client.post(f"{page}/file", data={"file": file})
    booked = client.post(f"{page}/booking", follow_redirects=True).text
    closed = client.post(f"{page}/counts", data={f"count.{mug.variant_id}": "1"})

    assert "is under way" in second.text
    assert "“many”" in wrong.text
    assert "0 counts were saved." in wrong.text
    assert "MUG,Mug,,10,8" in sheet
    assert ">-2<" in differing
    assert "PAN" not in differing
    assert "2 differences were booked." in booked
    assert closed.status_code == 409
    with within(shop) as session:
        assert on_hand(session, mug.variant_id) == 8
    other = make_vendor(shop.platform)
    sign_in(client, make_user(owner_of=other))
    stranger = page.replace(shop.vendor.code, other.code)
    assert client.get(stranger).status_code == 404
