import json
from dataclasses import replace
from pathlib import Path

import pytest

from modules.marketplace.adapters.letzshop import COLUMNS, Letzshop
from modules.marketplace.schemas.offer import Offer, Reason

DATA = Path(__file__).parents[4] / "shared/data/catalogue"
OFFER = Offer(
    sku="HON-1",
    group="",
    title="Acacia honey",
    description="From the Mullerthal.",
    link="https://shop.test/products/honey",
    images=("https://img.test/1.jpg", "https://img.test/2.jpg"),
    price_minor=895,
    currency="EUR",
    available=3,
    gtin="4006381333931",
    brand="Honey & Co",
)


def reasons(**changes):
    return [problem.reason for problem in Letzshop().check(replace(OFFER, **changes))]


def test_an_offer_in_order_has_no_problems():
    assert reasons() == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"title": ""}, Reason.NO_TITLE),
        ({"title": "x" * 151}, Reason.TITLE_LONG),
        ({"description": " "}, Reason.NO_DESCRIPTION),
        ({"description": "x" * 5001}, Reason.DESCRIPTION_LONG),
        ({"images": ()}, Reason.NO_IMAGE),
        ({"price_minor": 0}, Reason.NO_PRICE),
        ({"link": ""}, Reason.NO_LINK),
        ({"sku": "x" * 51}, Reason.SKU_LONG),
    ],
)
def test_what_keeps_an_offer_out(changes, reason):
    assert reasons(**changes) == [reason]
    assert reason.is_error


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"gtin": ""}, Reason.NO_GTIN),
        ({"brand": ""}, Reason.NO_BRAND),
        ({"is_translated": False}, Reason.NOT_TRANSLATED),
        ({"title": "BUY NOW"}, Reason.SHOUTING),
    ],
)
def test_what_is_only_a_warning(changes, reason):
    assert reasons(**changes) == [reason]
    assert not reason.is_error


def test_errors_stand_before_warnings_and_say_the_numbers():
    problems = Letzshop().check(replace(OFFER, gtin="", title="x" * 160))

    assert [problem.reason for problem in problems] == [Reason.TITLE_LONG, Reason.NO_GTIN]
    assert "160" in problems[0].text
    assert "150" in problems[0].text


def test_a_reduced_price_stands_beside_the_old_one():
    row = Letzshop().write(replace(OFFER, compare_at_minor=1090))

    assert (row["price"], row["sale_price"]) == ("10.90 EUR", "8.95 EUR")


@pytest.mark.parametrize(
    ("available", "backorder", "word"),
    [(3, False, "in_stock"), (0, False, "out_of_stock"), (0, True, "backorder"), (-2, True, "backorder")],
)
def test_availability_is_one_of_googles_words(available, backorder, word):
    row = Letzshop().write(replace(OFFER, available=available, allows_backorder=backorder))

    assert row["availability"] == word


def test_tabs_and_lines_never_break_a_cell():
    row = Letzshop().write(replace(OFFER, title="Two\tcells\nand lines"))

    assert row["title"] == "Two cells and lines"


def test_a_currency_without_cents_is_written_without_them():
    assert Letzshop().write(replace(OFFER, currency="JPY", price_minor=900))["price"] == "900 JPY"


@pytest.mark.skipif(not DATA.is_dir(), reason="the reference data lies beside the tree")
def test_every_column_is_an_attribute_of_googles_list():
    known = json.loads((DATA / "google_merchant_product_attributes_v1.json").read_text())["attributes"]
    names = {attribute["name"] for attribute in known}

    assert {name for name in COLUMNS if name != "id" and not {name, f"{name}s"} & names} == set()
