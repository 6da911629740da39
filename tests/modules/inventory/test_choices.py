"""Narrowing the shelf by what variants differ in, and the picture of each variant."""

import csv
import io
import re
from html import unescape

import pytest
import sqlalchemy as sa

from modules.inventory.models.product_index import option_values
from modules.inventory.schemas.product import ProductForm
from modules.inventory.services import export_service, facet_service, product_service, shelf_service
from modules.inventory.services.facet_service import Listed
from tests.modules.inventory.conftest import NOON

PICTURES = [
    "https://pictures.test/all.jpg",
    "https://pictures.test/red.jpg",
    "https://pictures.test/blue.jpg",
]


@pytest.fixture
def base(shop):
    """Return the address of the platform's shop."""
    return f"/platforms/{shop.platform.code}"


@pytest.fixture
def make_sized(shop, within):
    """Return `make_sized(title, (colour, size, picture), …)`: the id of a product with a variant for each."""

    def make(title, *variants, images=()):
        rows = [
            {
                "sku": f"{title}-{number}",
                "price_minor": 1000,
                "option1": colour,
                "option2": size,
                "image": picture,
            }
            for number, (colour, size, picture) in enumerate(variants)
        ]
        form = ProductForm(
            title=title, status="active", option_names=["Colour", "Size"], variants=rows, images=list(images)
        )
        with within(shop) as session:
            made = product_service.create_product(
                session, form, platform_id=shop.platform.id, vendor_id=shop.vendor.id, currency="EUR", at=NOON
            )
            return made.id

    return make


@pytest.fixture
def shirts(make_sized):
    """Make three products that share some of their colours and sizes."""
    make_sized("Shirt", ("Red", "S", ""), ("Red", "M", ""), ("Blue", "M", ""))
    make_sized("Polo", ("red", "M", ""), ("Green", "XL", ""))
    make_sized("Scarf", ("Green", "140 cm", ""), ("Green", "90 cm", ""))


def values_of(page):
    """Return the values of options that a page offers: label, count, whether it is chosen, and where it leads."""
    found = re.findall(
        r'<a class="shop-choice" href="([^"]+)"([^>]*)>(?:(?!</a>).)*?</span>'
        r'([^<]+?) <span class="shop-small">\((\d+)\)',
        page,
        re.DOTALL,
    )
    return [(label, int(count), "aria-current" in rest, unescape(url)) for url, rest, label, count in found]


def titles(page):
    return sorted(re.findall(r'shop-card-title"><a [^>]*>([^<]+)</a>', page))


def test_the_shelf_offers_each_value_with_how_many_products_have_it(client, base, shirts):
    offered = values_of(client.get(f"{base}/catalogue").text)

    assert [(label, count) for label, count, _chosen, _url in offered] == [
        ("Blue", 1),
        ("Green", 2),
        ("Red", 2),
        ("S", 1),
        ("M", 2),
        ("XL", 1),
        ("90 cm", 1),
        ("140 cm", 1),
    ]


def test_a_value_narrows_the_shelf_and_leads_back_without_it(client, base, shirts):
    [(_label, _count, _chosen, url)] = [
        one for one in values_of(client.get(f"{base}/catalogue").text) if one[0] == "Red"
    ]

    page = client.get(url).text

    assert url == f"{base}/catalogue?option.colour=red"
    assert titles(page) == ["Polo", "Shirt"]
    assert ("Red", 2, True, f"{base}/catalogue") in values_of(page)
    assert f'<a class="shop-chip" href="{base}/catalogue"' in page
    assert 'rel="canonical" href="http://localhost' + base + '/catalogue"' in page


def test_counts_say_where_another_choice_leads(client, base, shirts):
    page = client.get(f"{base}/catalogue?option.colour=red&option.size=m").text
    counts = {label: count for label, count, _chosen, _url in values_of(page)}

    assert titles(page) == ["Polo", "Shirt"]
    assert counts == {"Red": 2, "Blue": 1, "Green": 1, "S": 1, "M": 2, "XL": 1}


@pytest.mark.parametrize(
    "query", ["option.colour=purple", "option.=x", "option.x", "option.colour=" + "x" * 500]
)
def test_a_value_that_nothing_has_is_no_error(client, base, shirts, query):
    answer = client.get(f"{base}/catalogue?{query}")

    assert answer.status_code == 200


def test_search_category_and_price_narrow_what_is_counted(client, base, shirts):
    page = client.get(f"{base}/catalogue?search=s").text
    counts = {label: count for label, count, _chosen, _url in values_of(page)}

    assert titles(page) == ["Scarf", "Shirt"]
    assert counts == {"S": 1, "M": 1, "90 cm": 1, "140 cm": 1, "Red": 1, "Blue": 1, "Green": 1}


def test_an_option_of_a_single_product_narrows_nothing(client, base, shirts):
    assert values_of(client.get(f"{base}/catalogue?search=scarf").text) == []


def test_a_variant_that_is_not_sold_any_more_is_no_choice(shop, client, base, make_sized, within):
    product_id = make_sized("Shirt", ("Red", "S", ""), ("Blue", "S", ""))
    make_sized("Polo", ("Red", "S", ""), ("Green", "S", ""))
    with within(shop) as session:
        product = product_service.get_product(session, product_id)
        form = product_service.form_of(product)
        form["variants"] = [row for row in form["variants"] if row["option1"] != "Blue"]
        product_service.update_product(session, product, ProductForm(**form), at=NOON)

    labels = [label for label, *_rest in values_of(client.get(f"{base}/catalogue").text)]

    assert "Blue" not in labels
    assert titles(client.get(f"{base}/catalogue?option.colour=blue").text) == []


def test_values_without_latin_letters_are_told_apart(shop, client, base, make_sized):
    make_sized("Bowl", ("白", "S", ""), ("黒", "S", ""))
    make_sized("Dish", ("青", "S", ""))

    offered = values_of(client.get(f"{base}/catalogue").text)

    assert {label for label, *_rest in offered} == {"白", "黒", "青"}
    for label, count, _chosen, url in offered:
        assert count == 1
        assert titles(client.get(url).text) == ["Dish" if label == "青" else "Bowl"]


def test_of_very_many_products_some_values_are_offered_without_a_count(
    shop, client, base, shirts, monkeypatch
):
    monkeypatch.setattr(facet_service, "FEW", 2)

    page = client.get(f"{base}/catalogue").text

    assert values_of(page) == []
    assert "option.colour=" in page


def test_nobody_is_offered_what_another_platform_sells(shop, make_shop, make_sized, within, make_product):
    make_sized("Shirt", ("Red", "S", ""), ("Blue", "S", ""))
    other = make_shop()

    with within(other, as_admin=True) as session:
        assert facet_service.list_facets(session, Listed(shelf_service.select_shown_ids()), {}, {}) == []
    with within(shop, as_admin=True) as session:
        rows = session.execute(sa.select(option_values.c.platform_id).distinct()).scalars().all()
    assert rows == [shop.platform.id]


def test_choosing_a_variant_shows_its_picture_first(client, base, make_sized, shop, within):
    product_id = make_sized("Shirt", ("Red", "S", PICTURES[1]), ("Blue", "S", PICTURES[2]), images=PICTURES)
    with within(shop) as session:
        product = product_service.get_product(session, product_id)
        red, blue = (variant.id for variant in product.live_variants)

    shown = [
        re.findall(
            r'<img src="(https://pictures[^"]+)"', client.get(f"{base}/products/shirt?variant={one}").text
        )
        for one in (red, blue)
    ]

    assert shown == [
        [PICTURES[1], PICTURES[0], PICTURES[2]],
        [PICTURES[2], PICTURES[0], PICTURES[1]],
    ]


def test_a_variant_has_a_picture_of_its_product_or_none(make_sized, shop, within):
    product_id = make_sized("Shirt", ("Red", "S", "https://pictures.test/other.jpg"), images=PICTURES[:1])

    with within(shop) as session:
        assert [one.image for one in product_service.get_product(session, product_id).variants] == [""]


def test_a_vendor_chooses_the_picture_of_a_variant(client, shop, make_sized, make_user, sign_in):
    product_id = make_sized("Shirt", ("Red", "S", PICTURES[1]), ("Blue", "S", ""), images=PICTURES)
    sign_in(client, make_user(owner_of=shop.vendor))

    page = client.get(f"/platforms/{shop.platform.code}/vendor/{shop.vendor.code}/products/{product_id}").text

    assert f'<option value="{PICTURES[1]}" selected>red.jpg</option>' in page
    assert page.count('name="variants.1.image"') == 1


def test_a_file_of_shopify_brings_the_pictures_of_variants(shop, read_file, bring_in, within):
    lines = (
        "Handle,Title,Option1 Name,Option1 Value,Variant SKU,Variant Price,Image Src,Variant Image",
        f"shirt,Shirt,Colour,Red,S-R,10.00,{PICTURES[0]},{PICTURES[1]}",
        f"shirt,,,Blue,S-B,10.00,,{PICTURES[2]}",
        "shirt,,,Green,S-G,10.00,,",
    )
    bring_in(shop, read_file(shop, "\n".join(lines).encode()))

    with within(shop) as session:
        [product] = product_service.list_products(session, None)
        images = {one.sku: one.image for one in product.variants}
        assert images == {"S-R": PICTURES[1], "S-B": PICTURES[2], "S-G": ""}
        assert product.images == PICTURES


@pytest.mark.parametrize("code", ["own", "shopify"])
def test_a_file_that_was_written_brings_the_pictures_of_variants_back(
    code, shop, make_shop, make_sized, read_file, bring_in, within
):
    make_sized("Shirt", ("Red", "S", PICTURES[1]), ("Blue", "S", ""), images=PICTURES)
    with within(shop) as session:
        rows = list(export_service.list_export_rows(session, vendor_id=shop.vendor.id, code=code))
    text = io.StringIO()
    writer = csv.DictWriter(text, rows[0])
    writer.writeheader()
    writer.writerows(rows)
    other = make_shop()

    bring_in(other, read_file(other, text.getvalue().encode()))

    with within(other) as session:
        [product] = product_service.list_products(session, None)
        assert [one.image for one in product.live_variants] == [PICTURES[1], ""]
