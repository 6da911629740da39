"""Lists of things by their GTIN make drafts of what is new, and fill what is empty of what is there."""

import pytest
import sqlalchemy as sa

from modules.inventory.imports import formats
from modules.inventory.models.product import Product, Variant
from tests.modules.inventory.conftest import DATA

FILE = DATA / "catalogue" / "openfoodfacts_1000_gtin_name_image.csv"
HEAD = "gtin,title,description,image_link\n"
GTIN = "4006381333931"


def products(within, shop):
    with within(shop) as session:
        return {one.handle: as_told(one) for one in session.scalars(sa.select(Product))}


def as_told(product):
    (variant,) = product.variants
    return (
        product.title,
        product.slug,
        product.description,
        product.status,
        product.images,
        variant.sku,
        variant.gtin,
        variant.price_minor,
    )


def test_every_line_of_open_food_facts_is_a_draft_or_refused(shop, read_file, bring_in, outcome, within):
    import_id = read_file(shop, FILE)
    bring_in(shop, import_id)
    found = outcome(shop, import_id)
    again = outcome(shop, read_file(shop, FILE))

    assert (found.status, found.lines, found.counts) == ("done", 978, {"create": 977, "refused": 1})
    assert set(found.reasons.values()) == {"A GTIN has 8, 12, 13 or 14 digits."}
    assert again.counts == {"unchanged": 977, "refused": 1}
    with within(shop) as session:
        states = session.execute(sa.select(Product.status, Product.price_minor).distinct()).all()
    assert [tuple(one) for one in states] == [("draft", 0)]
    assert products(within, shop)["3760020501297"][:2] == (
        "Double concentré de tomates",
        "double-concentre-de-tomates",
    )


def test_a_preview_says_that_the_price_is_missing(shop, read_file, within, outcome):
    found = outcome(shop, read_file(shop, f"{HEAD}{GTIN},Pesto,,\n".encode()))

    assert found.notes == {2: "The file names no price: this is a draft at 0 until you set one."}


def test_a_thing_is_found_by_its_gtin_whatever_its_sku(
    shop, make_product, read_file, bring_in, outcome, within
):
    make_product(shop, "My pesto", skus=("PESTO",), price=450)
    make_product(shop, "My tea", skus=("TEA",), description="Mine", images=["https://e.com/mine.png"])
    with within(shop) as session:
        for sku, gtin in (("PESTO", GTIN), ("TEA", "0012345678905")):
            session.scalars(sa.select(Variant).where(Variant.sku == sku)).one().gtin = gtin
    content = (
        f"{HEAD}{GTIN},Pesto,Basil,https://e.com/p.png\n012345678905,Tea,Green,https://e.com/t.png\n"
    ).encode()
    import_id = read_file(shop, content)
    bring_in(shop, import_id)

    assert outcome(shop, import_id).verdicts == ["update", "unchanged"]
    assert products(within, shop) == {
        "my-pesto": (
            *("My pesto", "my-pesto", "Basil", "active", ["https://e.com/p.png"]),
            *("PESTO", GTIN, 450),
        ),
        "my-tea": (
            *("My tea", "my-tea", "Mine", "active", ["https://e.com/mine.png"]),
            *("TEA", "0012345678905", 3950),
        ),
    }


@pytest.mark.backends("sqlite")
def test_what_was_made_of_a_draft_since_stays(shop, read_file, bring_in, outcome, within):
    content = f"{HEAD}{GTIN},Pesto,,\n".encode()
    bring_in(shop, read_file(shop, content))
    with within(shop) as session:
        product = session.scalars(sa.select(Product)).one()
        product.title, product.status = "Pesto of ours", "active"
        product.variants[0].sku, product.variants[0].price_minor = "PES", 490

    assert outcome(shop, read_file(shop, content)).verdicts == ["unchanged"]


@pytest.mark.backends("sqlite")
def test_one_gtin_names_one_thing(shop, make_product, read_file, outcome, within):
    make_product(shop, "Tin", skus=("TIN-1", "TIN-2"))
    with within(shop) as session:
        for variant in session.scalars(sa.select(Variant)):
            variant.gtin = GTIN
    content = f"{HEAD}{GTIN},Tin,,\n12345670,Box,,\n0000012345670,Box again,,\n,Nothing,,\n".encode()

    assert outcome(shop, read_file(shop, content)).reasons == {
        2: "Several of your variants have this GTIN: TIN-1, TIN-2.",
        4: "Line 3 has the same GTIN.",
        5: "The line names no product: its GTIN is empty.",
    }


@pytest.mark.backends("sqlite")
def test_a_list_may_name_prices(shop, read_file, bring_in, within):
    bring_in(shop, read_file(shop, f"EAN;Name;Price;Stock\n{GTIN};Pesto;4,90 €;7\n".encode()))

    with within(shop) as session:
        product = session.scalars(sa.select(Product)).one()
        assert (product.price_minor, product.available, product.status) == (490, 7, "draft")


@pytest.mark.parametrize(
    ("headings", "code"),
    [
        ("code url product_name generic_name quantity brands categories image_url", "open-food-facts"),
        ("gtin title description image_link", "gtin-list"),
        ("gtin title price link", "gtin-list"),
        ("id gtin title price link", "google-merchant"),
        ("handle gtin title sku price stock", "own"),
    ],
)
def test_a_list_is_known_by_its_headings(headings, code):
    assert formats.detect(headings.split())[0] == code


@pytest.mark.parametrize(
    "headings", ["handle gtin title price stock", "slug gtin name price", "code name discount"]
)
def test_what_lacks_a_column_of_another_format_is_no_list(headings):
    with pytest.raises(formats.FileRefused):
        formats.detect(headings.split())
