import csv
from pathlib import Path

import pytest
import sqlalchemy as sa

from modules.inventory.models.product import Product
from modules.inventory.schemas.product_text import ProductTextForm
from modules.inventory.services import (
    location_service,
    option_text_service,
    product_service,
    stock_service,
    text_service as product_text_service,
)
from modules.inventory.services.import_service import CATALOGUE_FILES
from modules.marketplace.services import connection_service, text_service
from tests.modules.marketplace.conftest import NOON, URL, fetch
from wizamart import imports
from wizamart.imports import ImportStatus

DATA = Path(__file__).parents[4] / "shared/data/catalogue"


def test_the_feed_tells_what_is_on_sale(make_client, feed_urls, make_product):
    make_product()
    make_product(sku="DRAFT", title="Not yet", status="draft")

    status, headers, rows = fetch(make_client(), feed_urls["fr"])

    assert status == 200
    assert headers["Content-Type"].startswith("text/tab-separated-values")
    assert [row["id"] for row in rows] == ["HON-1"]
    assert rows[0]["price"] == "8.95 EUR"
    assert rows[0]["brand"] == "Honey & Co"
    assert rows[0]["link"].endswith("/platforms/lux/products/acacia-honey?lang=fr")
    assert rows[0]["availability"] == "out_of_stock"


@pytest.mark.parametrize("change", [("x.tsv", "fr.tsv"), ("lb.tsv", "fr.tsv"), ("fr.csv", "fr.tsv")])
def test_other_languages_and_formats_are_not_there(make_client, feed_urls, change):
    assert make_client().get(feed_urls["fr"].replace(change[1], change[0])).status_code == 404


def test_a_wrong_token_is_not_there(make_client, feed_urls):
    assert make_client().get(f"{URL}/marketplace-feeds/guessed/fr.tsv").status_code == 404


def test_an_unchanged_feed_is_not_sent_again(make_client, feed_urls, make_product, in_shop):
    make_product()
    client = make_client()
    _status, headers, _rows = fetch(client, feed_urls["fr"])

    again = {"headers": {"If-None-Match": headers["ETag"]}}
    assert fetch(client, feed_urls["fr"], **again)[0] == 304
    make_product(sku="TEA", title="Tea")
    assert fetch(client, feed_urls["fr"], **again)[0] == 200

    kinds = in_shop(
        lambda session: [
            entry.kind
            for entry in connection_service.list_log(session, connection_service.get_connection(session))
        ]
    )
    assert kinds == ["fetched", "unchanged", "fetched", "connected"]


def test_the_stock_is_that_of_now(make_client, feed_urls, make_product, in_shop, market):
    product_id = make_product()

    def receive(session):
        location = location_service.get_default_location(session, vendor_id=market.vendor.id, at=NOON)
        variant = product_service.get_product(session, product_id).variants[0]
        stock_service.receive(session, variant.id, 5, location_id=location.id, at=NOON)

    in_shop(receive)

    assert fetch(make_client(), feed_urls["fr"])[2][0]["availability"] == "in_stock"


def test_what_is_not_in_order_stays_out(make_client, feed_urls, make_product):
    make_product(images=[])
    make_product(sku="TEA", title="Tea")

    assert [row["id"] for row in fetch(make_client(), feed_urls["fr"])[2]] == ["TEA"]


def test_each_language_has_its_own_text_and_markup_is_taken_out(
    make_client, feed_urls, make_product, in_shop
):
    product_id = make_product(description="<p>From the <b>Mullerthal</b> &amp; nowhere else</p>")
    in_shop(
        lambda session: (
            text_service.set_text(
                session, product_id, "fr", title="Miel d’acacia", description="Du Mullerthal.", at=NOON
            )
            and None
        )
    )
    client = make_client()

    french, english = fetch(client, feed_urls["fr"])[2][0], fetch(client, feed_urls["en"])[2][0]

    assert (french["title"], french["description"]) == ("Miel d’acacia", "Du Mullerthal.")
    assert english["description"] == "From the Mullerthal & nowhere else"


def test_variants_are_a_group_with_colour_and_size(make_client, feed_urls, make_product):
    make_product(
        title="Shirt",
        option_names=["Colour", "Größe"],
        variants=[
            {"sku": "S-R", "price_minor": 2500, "option1": "Red", "option2": "S"},
            {"sku": "S-B", "price_minor": 2500, "option1": "Blue", "option2": "M"},
        ],
    )

    rows = fetch(make_client(), feed_urls["de"])[2]

    assert [(row["color"], row["size"]) for row in rows] == [("Red", "S"), ("Blue", "M")]
    assert len({row["item_group_id"] for row in rows}) == 1


def test_options_are_called_what_the_vendor_calls_them_in_the_language_of_the_feed(
    make_client, feed_urls, make_product, in_shop, market
):
    rows = [{"sku": "S-R", "price_minor": 2500, "option1": "Red"}]
    make_product(title="Shirt", option_names=["Colour"], variants=rows)
    words = [option_text_service.Change("colour", "red", "fr", "", "Rouge")]
    owner = {"platform_id": market.platform.id, "vendor_id": market.vendor.id}
    in_shop(lambda session: option_text_service.write(session, words, **owner))

    [french], [german] = (fetch(make_client(), feed_urls[language])[2] for language in ("fr", "de"))

    assert (french["title"], french["color"]) == ("Shirt – Rouge", "Rouge")
    assert (german["title"], german["color"]) == ("Shirt – Red", "Red")


def test_another_vendors_products_never_stand_in_it(make_client, feed_urls, make_product, market):
    make_product(vendor=market.other, sku="TEA", title="Tea")

    assert fetch(make_client(), feed_urls["fr"])[2] == []


def test_a_new_address_closes_the_old_one(make_client, feed_urls, owner):
    assert owner.post(f"{URL}/vendor/honey/marketplace/feed-address").status_code == 303

    assert make_client().get(feed_urls["fr"]).status_code == 404


def test_the_price_of_a_feed_does_not_grow_with_its_products(
    make_client, feed_urls, make_product, count_queries
):
    make_product()
    client = make_client()
    fetch(client, feed_urls["fr"])
    with count_queries() as one:
        fetch(client, feed_urls["fr"])
    for number in range(8):
        make_product(sku=f"P-{number}", title=f"Product {number}")

    with count_queries() as nine:
        assert len(fetch(client, feed_urls["fr"])[2]) == 9

    assert len(nine) == len(one), str(nine)


@pytest.mark.skipif(not DATA.is_dir(), reason="the reference data lies beside the tree")
@pytest.mark.backends("sqlite")
def test_a_real_catalogue_with_its_translations_becomes_feeds(
    make_client, feed_urls, in_shop, market, work_off
):
    def bring_in(session):
        location = location_service.get_default_location(session, vendor_id=market.vendor.id, at=NOON)
        return imports.create_import(
            session,
            CATALOGUE_FILES,
            [(DATA / "spree_products.csv").read_bytes()],
            file_name="products.csv",
            platform_id=market.platform.id,
            vendor_id=market.vendor.id,
            user_id=None,
            locale="en",
            at=NOON,
            more={"location_id": location.id},
        ).id

    import_id = in_shop(bring_in)
    work_off()
    in_shop(
        lambda session: imports.start_applying(
            session,
            CATALOGUE_FILES,
            imports.get_import(session, CATALOGUE_FILES, import_id, vendor_id=market.vendor.id),
            is_all_or_nothing=False,
            locale="en",
            at=NOON,
        )
    )
    work_off()
    with (DATA / "spree_product_translations_de_fr.csv").open(encoding="utf-8", newline="") as file:
        texts = list(csv.DictReader(file))

    def translate(session):
        assert (
            imports.get_import(session, CATALOGUE_FILES, import_id, vendor_id=market.vendor.id).status
            == ImportStatus.DONE
        )
        known = 0
        for text in texts:
            product = session.scalars(sa.select(Product).where(Product.handle == text["slug"])).one_or_none()
            if product is not None:
                known += 1
                text_service.set_text(
                    session,
                    product.id,
                    text["locale"],
                    title=text["name"],
                    description=text["description"],
                    at=NOON,
                )
        return known

    assert in_shop(translate) > 60
    client = make_client()
    rows = {locale: fetch(client, feed_urls[locale])[2] for locale in feed_urls}

    assert len(rows["fr"]) == len(rows["de"]) == len(rows["en"]) > 20
    assert any("Bouilloire" in row["title"] for row in rows["fr"])
    assert any("Wasserkocher" in row["title"] for row in rows["de"])
    assert all(row["price"] != "0.00 EUR" and row["image_link"].startswith("https://") for row in rows["fr"])


def test_a_feed_says_what_the_shop_says_in_its_language_unless_a_text_was_written_for_it(
    make_client, feed_urls, make_product, in_shop
):
    product_id = make_product()

    def translate(session):
        product = product_service.get_product(session, product_id)
        form = ProductTextForm(title="Miel d’acacia", description="Doux et clair.")
        product_text_service.set_product_text(session, product, "fr", form, at=NOON)

    def write(session):
        text_service.set_text(session, product_id, "fr", title="Miel pour le marché", description="", at=NOON)

    in_shop(translate)
    [shown] = fetch(make_client(), feed_urls["fr"])[2]
    in_shop(write)
    [written] = fetch(make_client(), feed_urls["fr"])[2]

    assert (shown["title"], shown["description"]) == ("Miel d’acacia", "Doux et clair.")
    assert written["title"] == "Miel pour le marché"
