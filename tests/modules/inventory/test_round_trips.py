"""What we have exported ourselves changes nothing when it is read back, whatever the format cannot say."""

import csv
import io
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa

from modules.inventory import demo
from modules.inventory.models.product import Product, Variant
from modules.inventory.services import category_service, location_service, stock_service
from modules.inventory.services.export_formats import FORMATS
from tests.modules.inventory.conftest import NOON


@pytest.fixture
def catalogue(shop, make_product, within, tmp_path):
    """The demonstration's catalogue and what is rare: owed pieces, many pictures, an archive, names full of signs."""
    with within(shop) as session:
        demo.create(
            session, platform_id=shop.platform.id, vendor_ids=[shop.vendor.id], folder=tmp_path, at=NOON
        )
        shop.location_id = location_service.list_locations(session)[0].id
    pictures = [f"https://example.com/{n}.png" for n in range(15)]
    make_product(shop, "A pair, “big”: 2 × 5 cm", skus=("A,1", "B:2", 'C"3'), images=pictures, stock=4)
    make_product(shop, "Owed", skus=("OWED",), allows_backorder=True, description="  <p>x</p>\u00a0\n")
    make_product(shop, "Gone", skus=("GONE",), status="archived", tax_class="exempt")
    make_product(shop, "One of a kind " + "x" * 180, skus=("KIND-1", "KIND-2"), description="y" * 6000)
    with within(shop) as session:
        products = {one.title: one for one in session.scalars(sa.select(Product))}
        owed, pair = products["Owed"].variants[0], products["A pair, “big”: 2 × 5 cm"]
        stock_service.sell(session, owed.id, 3, location_id=shop.location_id, at=NOON)
        pair.option_names = ["Colour", "Size, or: so"]
        for variant, size in zip(pair.variants, ("1", "2", "3"), strict=True):
            variant.options = {"Colour": "Red, “dark”: no", "Size, or: so": f'{size}" wide'}
            variant.image = pictures[14]
        for names in (["Sale"], ["Home & living", "Light, lamps"]):
            pair.categories.append(
                category_service.ensure_path(
                    session, names, platform_id=shop.platform.id, at=NOON, may_create=True
                )
            )


@pytest.fixture
def download(shop, client, make_user, sign_in):
    """Return `download(code)`: the rows of an export as somebody downloads it, by their headings."""
    sign_in(client, make_user(owner_of=shop.vendor))

    def fetch(code):
        answer = client.get(f"/platforms/{shop.platform.code}/vendor/{shop.vendor.code}/exports/{code}")
        text = answer.data.decode("utf-8-sig")
        answer.close()
        return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=FORMATS[code].delimiter))

    return fetch


def as_file(code, rows):
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(rows[0]), delimiter=FORMATS[code].delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def test_what_was_exported_changes_nothing(shop, catalogue, download, read_file, outcome):
    files = {code: download(code) for code in FORMATS}
    found = {code: outcome(shop, read_file(shop, as_file(code, rows))) for code, rows in files.items()}

    assert {code: one.reasons for code, one in found.items()} == {code: {} for code in FORMATS}
    assert {code: one.counts for code, one in found.items()} == {
        code: {"unchanged": len(rows)} for code, rows in files.items()
    }


PRICES = {"own": "price", "woocommerce": "Regular price", "shopify": "Price", "google": "price"}
SKUS = {"own": "sku", "woocommerce": "SKU", "shopify": "SKU", "google": "id"}


def test_a_changed_price_changes_that_price_alone(
    shop, catalogue, download, read_file, bring_in, outcome, within
):
    for code, price in zip(FORMATS, ("43.90", "44.90", "45.90", "46.90"), strict=True):
        rows = download(code)
        row = next(row for row in rows if row[SKUS[code]] == "PAN-24")
        row[PRICES[code]] = f"{price} EUR" if code == "google" else price
        before = everything(within, shop)
        import_id = read_file(shop, as_file(code, rows))
        bring_in(shop, import_id)

        assert outcome(shop, import_id).counts == {"unchanged": len(rows) - 1, "update": 1}
        after = everything(within, shop)
        assert after.pop("PAN-24")["price_minor"] == round(float(price) * 100)
        before.pop("PAN-24")
        assert after == before


def everything(within, shop):
    """Return all that a vendor's products say, by SKU, without what tells of a change."""
    with within(shop) as session:
        told = {}
        for product in session.scalars(sa.select(Product)):
            whole = {name: getattr(product, name) for name in columns_of(Product)}
            for name in ("version", "updated_at", "price_minor"):
                del whole[name]
            whole["categories"] = [one.path for one in product.categories]
            for variant in product.variants:
                own = {name: getattr(variant, name) for name in columns_of(Variant)}
                told[variant.sku] = own | {"product": whole}
        return told


def columns_of(model):
    return [column.key for column in sa.inspect(model).column_attrs]


@pytest.mark.backends("sqlite")
def test_another_shop_gets_the_same_goods_and_the_second_run_changes_nothing(
    shop, make_shop, catalogue, download, read_file, bring_in, outcome, within
):
    goods = goods_of(within, shop)
    for code in FORMATS:
        rows = download(code)
        other = make_shop(shop.platform)
        import_id = read_file(other, as_file(code, rows))
        bring_in(other, import_id)
        again = outcome(other, read_file(other, as_file(code, rows)))

        assert outcome(other, import_id).reasons == {}
        assert again.counts == {"unchanged": len(rows)}
        wanted = {
            sku: told for sku, (status, told) in goods.items() if code != "google" or status == "active"
        }
        assert {sku: told for sku, (_status, told) in goods_of(within, other).items()} == wanted


def goods_of(within, shop):
    """Return what is sold and how it is told apart, by SKU, with the status, as far as Google takes it."""
    with within(shop) as session:
        return {
            variant.sku: (
                product.status,
                (
                    product.title[:150],
                    variant.options,
                    variant.price_minor,
                    variant.gtin,
                    [urlsplit(address).path for address in product.images[:11]],
                ),
            )
            for product in session.scalars(sa.select(Product))
            for variant in product.variants
        }
