"""Formats by their rules: cells that hold several things, headings of all kinds, amounts as shops write them."""

import time
from contextlib import suppress

import pytest

from modules.inventory.imports.assembly import assemble
from modules.inventory.imports.google import read_pairs, write_pairs
from tests.modules.inventory.reading import read
from wizamart.csv_reader import FileRefused
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


OWN = "handle,title,sku,price,stock\n"
WOO = "ID,Type,SKU,Name,Regular price"


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("12.00 EUR", 1200),
        ("12,00 €", 1200),
        ("EUR 12", 1200),
        ("12.00 eur", 1200),
        ("12 Euro", 1200),
        ("12.", 1200),
        ("12,-", 1200),
        ("12,– €", 1200),
        ("1.234,– €", 123400),
        (".5", 50),
        ("1.234,50", 123450),
        ("1,234.50", 123450),
        ("1\u202f234,50\u00a0€", 123450),
        ("1'234.50", 123450),
    ],
)
def test_prices_are_read_as_shops_write_them(text, price):
    (line,) = read(f'{OWN}a,A,S,"{text}",1\n'.encode()).lines

    assert (line.price, line.currency) == (price, "EUR")


@pytest.mark.parametrize(
    "content",
    [
        "Handle,Title,Variant SKU,Variant Price\na,A,S,$12.00\n",
        "Title,URL handle,SKU,Price\nA,a,S,12.00 USD\n",
        f"{WOO}\n1,simple,S,A,$ 12.00\n",
        "id\ttitle\tlink\tprice\nS\tA\thttps://e.com\tUSD 12.00\n",
        f"{OWN}a,A,S,12.00 usd,1\n",
    ],
    ids=["Shopify", "Shopify, new", "WooCommerce", "Google", "own"],
)
def test_a_currency_that_a_price_names_is_never_taken_for_another(content):
    (line,) = read(content.encode()).lines

    assert (line.price, line.currency) == (1200, "USD")


def test_our_own_columns_may_be_written_with_spaces_and_capitals():
    head = "Handle;Title;SKU;Price;Compare at price;Option1 name;Option1 value;SEO title"
    (line,) = read(f"{head}\na;A;S;9,50;12,50;Size;M;Mugs\n".encode("utf-16")).lines

    assert (line.compare_at, line.options, line.seo_title) == (1250, [("Size", "M")], "Mugs")


def test_woocommerce_says_nothing_of_columns_that_were_not_exported():
    (line,) = read(f"{WOO}\n1,simple,S,A,10\n".encode()).lines
    (whole,) = read(f"{WOO},Published,Tax class\n1,simple,S,A,10,1,\n".encode()).lines

    assert (line.status, line.tax_class) == (None, None)
    assert (whole.status, whole.tax_class) == ("active", "standard")


def test_what_woocommerce_has_oversold_is_not_there_and_subscriptions_are_no_goods():
    lines = read(f"{WOO},Stock\n1,simple,S,A,10,-3\n2,variable-subscription,T,B,,\n".encode()).lines

    assert (lines[0].stock, lines[1]) == (0, "Subscriptions cannot be sold here.")


def test_what_shopify_shows_only_by_its_address_is_a_draft():
    head = "Handle,Title,Variant SKU,Variant Price,Published,Status\n"

    lines = read(f"{head}a,A,S,1,true,unlisted\nb,B,T,1,true,active\n".encode()).lines

    assert [line.status for line in lines] == ["draft", "active"]


def test_googles_repeated_columns_are_all_read():
    head = (
        "id title link price image_link additional_image_link additional_image_link product_type product_type"
    )
    cells = ["S", "A", "https://e.com", "1 EUR", "https://e/1", "", "https://e/2,https://e/3", "A > B", "C"]
    (line,) = read("\n".join(["\t".join(head.split()), "\t".join(cells)]).encode()).lines

    assert line.images == ["https://e/1", "https://e/2", "https://e/3"]
    assert line.categories == [["A", "B"], ["C"]]


def test_google_may_name_several_gtins_of_a_thing():
    (line,) = read(b"id\ttitle\tlink\tprice\tgtin\nS\tA\tx\t1 EUR\t4006381333931,012345678905\n").lines

    assert line.gtin == "4006381333931"


def feed(head, *rows):
    """Return what a feed of Google describes, all its lines being one product."""
    cells = [["id", "title", "price", "item_group_id", *head], *rows]
    lines = read("\n".join("\t".join(row) for row in cells).encode()).lines
    pairs = [(number, line.as_values()) for number, line in enumerate(lines, start=2)]
    return assemble("G", pairs, currency="EUR")


def test_google_variants_may_differ_in_gender_and_age_alone():
    draft = feed(
        ["size", "gender", "age_group"],
        ["A", "Tee", "9 EUR", "G", "M", "male", "adult"],
        ["B", "Tee", "9 EUR", "G", "M", "female", "adult"],
    )

    assert (draft.option_names, draft.refused) == (["Size", "Gender"], {})
    assert [one.options for one in draft.variants] == [["M", "male"], ["M", "female"]]


def test_what_is_the_same_in_all_variants_goes_where_there_are_too_many_options():
    head = ["color", "size", "material", "pattern"]
    draft = feed(
        head,
        ["A", "Tee", "9 EUR", "G", "Red", "M", "Cotton", "Dots"],
        ["B", "Tee", "9 EUR", "G", "Red", "L", "Cotton", "Plain"],
    )
    four = feed(
        head,
        ["A", "Tee", "9 EUR", "G", "Red", "M", "Cotton", "Dots"],
        ["B", "Tee", "9 EUR", "G", "Blue", "L", "Linen", "Plain"],
    )

    assert (draft.option_names, draft.refused) == (["Size", "Pattern"], {})
    assert [one.options for one in draft.variants] == [["M", "Dots"], ["L", "Plain"]]
    assert set(four.refused.values()) == {"A product has at most 3 options and 250 variants."}


@pytest.mark.parametrize(
    "content",
    [
        "id\ttitle\tprice\tlink\nA\tT\t1{gap}x\t\n",
        "id\ttitle\tprice\tlink\nA\tT\t-{gap}x\t\n",
        'id\ttitle\tprice\titem_group_id\tvariant_option\nA\tT\t1\tG\ta{gap}b"\n',
        "type,sku,name,regular price,id\na{gap}b,A,T,1,1\n",
        "{gap}\n[{gap}x",
        "id,title,price,link{columns}\nA,T,1,\n",
    ],
    ids=["price", "price below zero", "options", "type", "before the table", "headings"],
)
def test_no_cell_is_so_long_that_it_takes_more_than_a_moment(content):
    started = time.process_time()

    with suppress(FileRefused):
        read(content.format(gap=" " * 100_000, columns=",product_type" * 30_000).encode())

    assert time.process_time() - started < 5
