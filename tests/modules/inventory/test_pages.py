"""The pages, as vendors, admins and customers meet them."""

import io
import json
import re

import pytest

from modules.inventory.services import product_service, reservation_service, stock_service
from tests.modules.inventory.conftest import NOON

pytestmark = pytest.mark.backends("sqlite")


@pytest.fixture
def portal(shop, client, make_user, sign_in):
    """Return the address of the vendor's portal, its owner signed in."""
    sign_in(client, make_user(owner_of=shop.vendor))
    return f"/platforms/{shop.platform.code}/vendor/{shop.vendor.code}"


@pytest.fixture
def admin(shop, client, make_user, sign_in):
    """Return the address of the admins' portal, one signed in."""
    sign_in(client, make_user(admin_of=shop.platform))
    return f"/platforms/{shop.platform.code}/admin"


def variant(number, **values):
    row = {"sku": f"SKU-{number}", "price_minor": "12,50", **values}
    return {f"variants.{number}.{name}": value for name, value in row.items()}


def test_an_empty_catalogue_says_what_to_do_next(client, portal):
    page = client.get(f"{portal}/products").text

    assert "No products yet" in page
    assert f"{portal}/imports/new" in page
    assert "table-search" not in page  # nothing to search through
    assert f'href="{portal}/products/new">Add your first product' in client.get(f"{portal}/").text


def test_a_product_is_created_changed_and_seen_in_the_shop(client, portal, shop, within):
    form = {
        "title": "Mug",
        "status": "active",
        "tax_class": "standard",
        "options": "Size: S, L\nColour: Red",
        "description": "<p>Good<script>alert(1)</script> <a href='javascript:x()'>mug</a></p>",
        **variant(0, option1="S", option2="Red", gtin="4006381333931"),
        **variant(1, option1="L", option2="Red"),
    }
    answer = client.post(f"{portal}/products", data=form)
    edit = client.get(answer.location).text
    row_id = re.search(r'name="variants.0.id" value="(\d+)"', edit)[1]
    changed = {**form, "variants.0.id": row_id, "variants.0.sku": "RENAMED", "variants.1.~remove": "1"}
    again = client.post(answer.location, data=changed)
    page = client.get(f"/platforms/{shop.platform.code}/products/mug")

    assert (answer.status_code, again.status_code, page.status_code) == (303, 303, 200)
    assert "RENAMED" in page.text
    assert "SKU-1" not in page.text
    assert "alert(1)" not in page.text
    assert "javascript:" not in page.text
    found = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page.text, re.DOTALL)
    data = next(one for one in map(json.loads, found) if one["@type"] == "Product")
    assert data["offers"][0] | {"url": ""} == {
        "@type": "Offer",
        "sku": "RENAMED",
        "price": "12.50",
        "priceCurrency": "EUR",
        "availability": "https://schema.org/OutOfStock",
        "url": "",
        "seller": {"@type": "Organization", "name": shop.vendor.name},
    }


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(client, portal, make_product, shop):
    make_product(shop)
    form = {"title": "Mug", "status": "draft", "tax_class": "standard", **variant(0, gtin="123", sku="MUG")}
    wrong = client.post(f"{portal}/products", data=form)
    taken = client.post(
        f"{portal}/products",
        data={"title": "Mug", "status": "draft", "tax_class": "standard", **variant(0, sku="KET-1")},
    )

    assert (wrong.status_code, taken.status_code) == (422, 422)
    assert 'id="field-variants-0-gtin-errors"' in wrong.text
    assert 'value="MUG"' in wrong.text
    assert "Another product has this SKU." in taken.text


def test_more_rows_are_given_without_losing_what_was_typed(client, portal):
    form = {
        "title": "Mug",
        "status": "draft",
        "tax_class": "standard",
        "more": "1",
        **variant(0, sku="MUG-7"),
    }
    answer = client.post(f"{portal}/products", data=form)

    assert answer.status_code == 200
    assert 'value="MUG-7"' in answer.text
    assert 'name="variants.5.sku"' in answer.text


def test_products_are_archived_together(client, portal, shop, make_product, within):
    first, second = make_product(shop), make_product(shop, "Pan", skus=("PAN",))
    client.post(f"{portal}/products/status/archived", data={"selected": [first.id, second.id]})

    with within(shop) as session:
        products = product_service.list_products(session, None)
        assert {product.status for product in products} == {"archived"}


def test_what_costs_nothing_is_not_shown_along_with_others(client, portal, shop, make_product, within):
    make_product(shop, status="draft")
    make_product(shop, "Pan", skus=("PAN",), status="draft", price=0)
    make_product(shop, "Gift", skus=("GIFT",), price=0)
    client.post(f"{portal}/products/status/active", data={"everything": "1"})
    page = client.get(f"{portal}/products")

    assert "1 product costs nothing and stays hidden." in page.text
    with within(shop) as session:
        found = {one.title: one.status for one in product_service.list_products(session, None)}
    assert found == {"Kettle": "active", "Pan": "draft", "Gift": "active"}


def test_all_on_every_page_means_all_that_the_table_is_narrowed_to(
    client, portal, shop, make_product, within
):
    make_product(shop)
    pan = make_product(shop, "Pan", skus=("PAN",))
    client.post(f"{portal}/products/status/draft?search=pan", data={"everything": "1"})

    with within(shop) as session:
        drafts = [one.id for one in product_service.list_products(session, None) if one.status == "draft"]
        assert drafts == [pan.id]


def test_a_movement_is_recorded_and_too_many_are_refused(client, portal, shop, make_product):
    product = make_product(shop, stock=5)
    address = f"{portal}/products/{product.id}/stock"
    form = {
        "variant_id": product.variant_id,
        "location_id": shop.location_id,
        "kind": "sale",
        "quantity": "3",
    }
    sold = client.post(address, data=form)
    refused = client.post(address, data=form)
    page = client.get(address).text

    assert (sold.status_code, refused.status_code) == (303, 422)
    assert "2 available, 3 wanted" in refused.text
    assert "Receipt" in page
    assert ">-3<" in page


@pytest.mark.parametrize(
    ("kind", "quantity", "message"),
    [
        ("receipt", "0", "Enter a quantity of at least 1."),
        ("receipt", "-3", "Enter a quantity of at least 1."),
        ("correction", "-3", "Nobody can count fewer than none."),
    ],
)
def test_a_quantity_is_refused_in_the_words_of_its_movement(
    client, portal, shop, make_product, kind, quantity, message
):
    product = make_product(shop, stock=5)
    form = {"variant_id": product.variant_id, "location_id": shop.location_id, "reason": "Count"}

    refused = client.post(
        f"{portal}/products/{product.id}/stock", data={**form, "kind": kind, "quantity": quantity}
    )

    assert refused.status_code == 422
    assert message in refused.text


def test_what_is_held_for_an_order_is_shown_with_the_stock(client, portal, shop, make_product, within):
    product = make_product(shop, stock=5)
    with within(shop) as session:
        wanted = [stock_service.Wanted(product.variant_id, 2)]
        reservation_service.reserve(session, wanted, reference="order:1", at=NOON)

    page = client.get(f"{portal}/products/{product.id}/stock")

    assert page.status_code == 200
    assert "Held for orders" in page.text
    assert "An order" in page.text
    assert "order:1" not in page.text


def test_a_location_is_created_and_its_name_is_taken(client, portal):
    form = {"name": "Shop", "kind": "shop", "country": "LU"}

    assert client.post(f"{portal}/locations", data=form).status_code == 303
    assert "You have a location with this name already." in client.post(f"{portal}/locations", data=form).text


def test_a_file_is_uploaded_previewed_and_brought_in(client, portal, work_off):
    content = b"handle,title,sku,price,stock\npan,Pan,PAN,34.90,5\npot,Pot,POT,free,1\n"
    sent = client.post(f"{portal}/imports", data={"file": (io.BytesIO(content), "list.csv")})
    reading = client.get(sent.location).text
    work_off()
    preview = client.get(sent.location).text
    with client.get(f"{sent.location}/refused.csv") as download:
        refused = download.text
    client.post(f"{sent.location}/application", data={"mode": "good"})
    applying = client.get(sent.location).text
    work_off()
    done = client.get(sent.location).text

    assert "<progress" in reading
    assert "<progress" in applying
    assert "“free” is no price." in preview
    assert "3,POT,Pot,“free” is no price." in refused
    assert "The import is done." in done
    assert "PAN" in client.get(f"{portal}/products").text


def test_an_upload_without_a_file_says_so(client, portal):
    answer = client.post(f"{portal}/imports", data={"file": (io.BytesIO(b""), "empty.csv")})

    assert answer.status_code == 422
    assert "The file is empty." in answer.text
    assert "Choose a file." in client.post(f"{portal}/imports").text


def test_another_vendors_things_are_not_there(client, portal, shop, make_shop, make_product):
    stranger = make_shop(shop.platform)
    product = make_product(stranger)

    for path in (
        f"products/{product.id}",
        f"products/{product.id}/stock",
        f"locations/{stranger.location_id}",
    ):
        assert client.get(f"{portal}/{path}").status_code == 404
    assert client.get(f"{portal}/imports/99").status_code == 404


def test_staff_work_but_delete_nothing(client, shop, make_user, sign_in):
    sign_in(client, make_user(staff_of=shop.vendor))
    portal = f"/platforms/{shop.platform.code}/vendor/{shop.vendor.code}"

    assert client.get(f"{portal}/products").status_code == 200
    assert client.post(f"{portal}/locations/{shop.location_id}/deletion").status_code == 403


def test_an_admin_reads_all_vendors_products_and_keeps_the_categories(
    client, admin, shop, make_shop, make_product
):
    make_product(shop, stock=3)
    other = make_shop(shop.platform)
    product = make_product(other, "Pan", skus=("PAN",), stock=2)
    page = client.get(f"{admin}/products").text
    narrowed = client.get(f"{admin}/products?vendor={other.vendor.id}").text
    made = client.post(f"{admin}/categories", data={"name": "Kitchen"})
    twice = client.post(f"{admin}/categories", data={"name": "Kitchen"})

    assert "Kettle" in page
    assert "Pan" in page
    assert "Kettle" not in narrowed
    assert "Ledger of movements" in client.get(f"{admin}/products/{product.id}").text
    assert client.get(f"{admin}/locations").status_code == 200
    assert (made.status_code, twice.status_code) == (303, 422)


def test_customers_see_what_is_on_sale_and_a_vendors_shop_only_its_own(client, shop, make_shop, make_product):
    other = make_shop(shop.platform)
    make_product(shop, stock=3)
    make_product(other, "Pan", skus=("PAN",))
    make_product(shop, "Secret", skus=("SEC",), status="draft")
    base = f"/platforms/{shop.platform.code}"
    everything = client.get(f"{base}/catalogue").text
    own = client.get(f"{base}/vendors/{other.vendor.code}/catalogue").text

    assert "Kettle" in everything
    assert "Pan" in everything
    assert "Secret" not in everything
    assert "Kettle" not in own
    assert "Kettle" in client.get(f"{base}/catalogue?search=kett").text
    assert client.get(f"{base}/vendors/{other.vendor.code}/products/kettle").status_code == 404
    assert client.get(f"{base}/products/secret").status_code == 404


def test_a_page_lets_in_the_pictures_it_shows_and_no_others(client, shop, make_product):
    make_product(shop, images=["https://pictures.example.com/kettle.png"])
    make_product(shop, "Pan", skus=("PAN",))
    base = f"/platforms/{shop.platform.code}/products"

    with_picture = client.get(f"{base}/kettle").headers["Content-Security-Policy"]
    without = client.get(f"{base}/pan").headers["Content-Security-Policy"]

    assert "img-src 'self' data: https://pictures.example.com;" in with_picture
    assert "img-src 'self' data:;" in without


def test_lists_ask_the_database_as_often_for_thirty_products_as_for_one(
    client, portal, shop, make_product, count_queries
):
    make_product(shop, stock=1)
    addresses = (f"{portal}/products", f"/platforms/{shop.platform.code}/catalogue")
    counts = []
    for number in range(2):
        for address in addresses:
            client.get(address)
            with count_queries() as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        for extra in range(20) if number == 0 else ():
            make_product(shop, f"Product {extra}", skus=(f"A-{extra}", f"B-{extra}"), stock=1)

    assert counts[:2] == counts[2:]


def test_without_the_module_nothing_of_it_is_there(client, make_platform, make_vendor, make_user, sign_in):
    platform = make_platform()
    sign_in(client, make_user(is_super_admin=True))

    for path in ("catalogue", "products/kettle", "admin/products", "admin/categories"):
        assert client.get(f"/platforms/{platform.code}/{path}").status_code == 404


def test_the_stock_of_a_renamed_sku_stays_with_it(client, portal, shop, make_product, within):
    product = make_product(shop, stock=4)
    form = {"title": "Kettle", "status": "active", "tax_class": "standard"}
    row = variant(0, id=product.variant_id, sku="KETTLE-NEW")
    client.post(f"{portal}/products/{product.id}", data={**form, **row})

    with within(shop) as session:
        found = product_service.find_variants_by_sku(session, ["KETTLE-NEW"])["KETTLE-NEW"]
        assert stock_service.available_of(session, [found.id]) == {found.id: 4}
