"""Translations of products find their products, and say line by line what became of them."""

import pytest
import sqlalchemy as sa

from modules.inventory.models.product import Product
from modules.inventory.models.product_text import ProductText
from modules.inventory.services import text_service
from tests.modules.inventory.conftest import DATA

CATALOGUE = DATA / "catalogue"
HEAD = "slug,locale,name,description,meta_title,meta_description\n"


def texts(within, shop):
    with within(shop) as session:
        query = sa.select(ProductText).order_by(ProductText.product_id, ProductText.locale)
        return {(one.product_id, one.locale): as_told(one) for one in session.scalars(query)}


def as_told(text):
    return (text.title, text.description, text.seo_title, text.seo_description)


def test_translations_are_refused_until_their_products_are_there(shop, read_file, bring_in, outcome, within):
    file = CATALOGUE / "spree_product_translations_de_fr.csv"
    early = outcome(shop, read_file(shop, file))
    bring_in(shop, read_file(shop, CATALOGUE / "spree_products.csv"))
    import_id = read_file(shop, file)
    bring_in(shop, import_id)
    found, again = outcome(shop, import_id), outcome(shop, read_file(shop, file))

    assert (early.format, early.status, early.counts) == ("spree-texts", "ready", {"refused": 74})
    assert early.reasons[2] == "You have no product “automatic-espresso-machine”. Import the products first."
    assert (found.counts, again.counts) == ({"create": 74}, {"unchanged": 74})
    with within(shop) as session:
        product = session.scalars(
            sa.select(Product).where(Product.handle == "automatic-espresso-machine")
        ).one()
        assert product.text_in("de").title == "Kaffeevollautomat"
        assert product.text_in("fr").seo_title == "Machine Espresso Automatique | Spree Commerce Demo"
        assert {text_service.state_of(product, locale) for locale in ("de", "fr")} == {"current"}
        assert "Kaffeevollautomat" in product.other_titles
    assert len(texts(within, shop)) == 74


def test_each_line_is_accounted_for(shop, make_product, read_file, bring_in, outcome, within):
    kettle = make_product(shop, "Kettle", seo_title="Kettles")
    content = HEAD + (
        "kettle,de-LU,Kessel,Heiß,,\n"
        "kettle,de,Topf,,,\n"
        "kettle,it,Bollitore,,,\n"
        f"kettle,lb,{'x' * 201},,,\n"
        "kettle,fr,,Sans nom,,\n"
        "kettle,,Kessel,,,\n"
        ",de,Kessel,,,\n"
        "pan,de,Pfanne,,,\n"
    )
    import_id = read_file(shop, content.encode())
    bring_in(shop, import_id)

    assert outcome(shop, import_id).reasons == {
        3: "Line 2 has the same product and language.",
        4: "“it” is no language of this platform.",
        5: "Title: Enter at most 200 characters.",
        6: "Write a title too, or leave everything empty to show the original.",
        7: "The line names no language.",
        8: "The line names no product: its slug is empty.",
        9: "You have no product “pan”. Import the products first.",
    }
    assert texts(within, shop) == {(kettle.id, "de"): ("Kessel", "Heiß", "", "")}


def test_the_platforms_own_language_is_what_the_product_says(
    shop, make_product, read_file, bring_in, outcome, within
):
    kettle = make_product(shop, "Kettle", seo_title="Kettles")
    content = f"{HEAD}kettle,de,Kessel,,,\nkettle,en,Tea kettle,Hot,,\n".encode()
    import_id = read_file(shop, content)
    bring_in(shop, import_id)

    found = outcome(shop, import_id)
    assert found.verdicts == ["create", "update"]
    assert found.notes == {2: "Deutsch", 3: "English: what the product itself says"}
    assert outcome(shop, read_file(shop, content)).verdicts == ["unchanged", "unchanged"]
    with within(shop) as session:
        product = session.get_one(Product, kettle.id)
        assert (product.title, product.description, product.seo_title) == ("Tea kettle", "Hot", "Kettles")
        assert text_service.state_of(product, "de") == "current"


@pytest.mark.backends("sqlite")
def test_an_empty_cell_leaves_what_is_written(shop, make_product, read_file, bring_in, outcome, within):
    kettle = make_product(shop, "Kettle")
    bring_in(shop, read_file(shop, f"{HEAD}kettle,de,Kessel,Heiß,Kessel,Heiße Kessel\n".encode()))
    import_id = read_file(shop, b"Handle;Language;Title;SEO title\nkettle;DE;Wasserkessel;\n")
    bring_in(shop, import_id)

    assert outcome(shop, import_id).verdicts == ["update"]
    assert texts(within, shop) == {(kettle.id, "de"): ("Wasserkessel", "Heiß", "Kessel", "Heiße Kessel")}


@pytest.mark.backends("sqlite")
def test_anothers_products_get_no_texts(shop, make_shop, make_product, read_file, outcome):
    make_product(shop, "Kettle")
    stranger = make_shop(shop.platform)

    found = outcome(stranger, read_file(stranger, f"{HEAD}kettle,de,Kessel,,,\n".encode()))

    assert found.counts == {"refused": 1}


def test_reading_asks_no_query_for_each_line(shop, read_file, count_queries, bring_in, outcome):
    bring_in(shop, read_file(shop, CATALOGUE / "spree_products.csv"))
    lines = (CATALOGUE / "spree_product_translations_de_fr.csv").read_text(encoding="utf-8").splitlines()

    with count_queries() as few:
        read_file(shop, "\n".join(lines[:3]).encode())
    with count_queries() as many:
        read_file(shop, "\n".join(lines[:75]).encode())

    assert len(many) <= len(few) + 6
