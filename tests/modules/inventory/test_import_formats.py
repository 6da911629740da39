"""Formats by their rules: cells that hold several things, headings of all kinds, amounts as shops write them."""

import pytest

from modules.inventory.imports.google import read_pairs, write_pairs
from wizamart.imports import LineRefused


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("Colour", "Red")],
        [("Colour", "Red, “dark”: no"), ('Size "EU", or: so', '3" wide'), ("Cut", "'=x")],
    ],
)
def test_googles_variant_options_hold_any_names_and_values(pairs):
    assert read_pairs(write_pairs(pairs)) == pairs


def test_googles_variant_options_are_read_as_google_writes_them():
    assert read_pairs('Shoe width:Narrow, "Size, EU":"8:9"') == [
        ("Shoe width", "Narrow"),
        ("Size, EU", "8:9"),
    ]


@pytest.mark.parametrize("cell", ["Red", 'Colour:"Red', "Colour:Red;Size:M:x"])
def test_what_is_no_list_of_options_refuses_its_line(cell):
    with pytest.raises(LineRefused, match="is no list of names and values"):
        read_pairs(cell)
