"""What customers see and pay is what the server says now."""

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from modules.inventory.config import InventoryConfig
from modules.inventory.exceptions import ProductNotFound
from modules.inventory.models.product import Product, product_categories
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import category_service, product_service, shelf_service
from modules.inventory.services.order_service import reference_of
from tests.modules.inventory.conftest import NOON
from wizamart import clock
from wizamart.database import unit_of_work
from wizamart.module_system import migrations
from wizamart.platforms import Vendor, VendorStatus
from wizamart.queue import TaskStatus, enqueue, run_task

TODAY = date(2026, 11, 20)


def lines_of(session, *references):
    config = InventoryConfig.model_validate({})
    return shelf_service.list_lines(session, references, config=config, today=TODAY, locale="en")


def test_a_cart_is_told_price_stock_and_options_of_now(shop, make_product, within, count_queries):
    mug = make_product(shop, "Mug", skus=("Blue", "Red"), stock=4)
    lamp = make_product(shop, "Lamp", skus=("LAMP",), allows_backorder=True, tax_class="reduced")

    with within(shop, as_admin=True) as session:
        names = [f"variant:{lamp.variant_id}", "variant:999999", "variant:x", f"variant:{mug.variant_id}"]
        with count_queries() as queries:
            found = lines_of(session, *names, names[0])

    assert len(queries) == 5
    assert [(line["title"], line["options"], line["available"], line["tax_rate"]) for line in found] == [
        ("Lamp", "", None, "8"),
        ("Mug", "Blue", 4, "17"),
    ]
    assert found[1] | {"slug": ""} == {
        "reference": names[3],
        "sku": "Blue",
        "title": "Mug",
        "unit_price": 3950,
        "currency": "EUR",
        "tax_rate": "17",
        "vendor_id": shop.vendor.id,
        "available": 4,
        "slug": "",
        "picture": None,
        "options": "Blue",
    }


@pytest.mark.parametrize("reason", ["draft", "archived", "variant", "vendor"])
def test_what_is_not_shown_is_not_for_sale(shop, make_product, within, reason):
    mug = make_product(shop, "Mug", skus=("Blue", "Red"), stock=4)
    with within(shop) as session:
        product = product_service.get_product(session, mug.id)
        reference = reference_of(product.variants[0])
        if reason == "variant":
            product.variants[0].archived_at = product.created_at
        elif reason == "vendor":
            session.get(Vendor, shop.vendor.id).status = VendorStatus.SUSPENDED
        else:
            product_service.set_status(session, product, ProductStatus(reason), at=product.created_at)

    with within(shop, as_admin=True) as session:
        assert lines_of(session, reference) == []
        if reason == "variant":
            return
        assert shelf_service.list_newest(session, limit=4) == []
        with pytest.raises(ProductNotFound):
            shelf_service.get_shown_product(session, mug.slug)


@pytest.fixture
def shown(shop, within):
    """Return `shown(shop=None)`: the categories that customers of the platform see, or those of one vendor."""

    def names(of=None):
        with within(of or shop, as_admin=of is None) as session:
            found = shelf_service.list_shown_categories(session, platform_id=shop.platform.id, locale="en")
            return [category.path for category in found]

    return names


@pytest.fixture
def kitchen(shop, within):
    """Return the ids of three categories: a kitchen, pots in it, and a garden."""
    owner = {"platform_id": shop.platform.id, "at": NOON}
    with within(shop, as_admin=True) as session:
        kitchen = category_service.create_category(session, "Kitchen", parent_id=None, **owner).id
        pots = category_service.create_category(session, "Pots", parent_id=kitchen, **owner).id
        garden = category_service.create_category(session, "Garden", parent_id=None, **owner).id
    return kitchen, pots, garden


def test_categories_are_shown_as_long_as_something_in_them_is_on_sale(
    shop, make_product, within, shown, kitchen
):
    _kitchen, pots, garden = kitchen
    pan = make_product(shop, "Pan", status="draft", category_ids=[pots])
    make_product(shop, "Rake", skus=("RAKE",), category_ids=[garden])

    def change(**fields):
        with within(shop) as session:
            product = product_service.get_product(session, pan.id)
            form = product_service.ProductForm(**{**product_service.form_of(product), **fields})
            product_service.update_product(session, product, form, at=NOON)
        return shown()

    assert shown() == ["garden"]
    assert change(status="active") == ["garden", "kitchen", "kitchen/pots"]
    assert change(category_ids=[kitchen[0]]) == ["garden", "kitchen"]
    assert change(status="archived") == ["garden"]


def test_categories_of_a_vendor_are_shown_in_its_shop_and_only_while_it_sells(
    shop, make_shop, make_product, within, shown, kitchen
):
    other = make_shop(shop.platform)
    make_product(shop, "Pan", category_ids=[kitchen[1]])
    make_product(other, "Rake", category_ids=[kitchen[2]])

    assert shown() == ["garden", "kitchen", "kitchen/pots"]
    assert shown(other) == ["garden"]
    with within(other) as session:
        session.get(Vendor, other.vendor.id).status = VendorStatus.SUSPENDED
    assert shown() == ["kitchen", "kitchen/pots"]
    assert shown(other) == []


@pytest.fixture
def as_the_previous_release(within, shop):
    """Return `as_the_previous_release(product, status)`: change a product, and tell the categories nothing of it."""

    def change(product, status, at=NOON):
        with within(shop, as_admin=True) as session:
            links, products = product_categories, Product.metadata.tables[Product.__tablename__]
            its = products.c.id == product.id
            session.execute(sa.update(products).where(its).values(status=status, updated_at=at))
            if status == "active":
                its = links.c.product_id == product.id
                session.execute(sa.update(links).where(its).values(status="", vendor_id=0))

    return change


def test_what_the_previous_release_told_no_category_is_found_by_the_next_look(
    shop, make_product, within, shown, kitchen, as_the_previous_release
):
    pan = make_product(shop, "Pan", status="draft", category_ids=[kitchen[1]])
    rake = make_product(shop, "Rake", skus=("RAKE",), category_ids=[kitchen[2]])
    old = make_product(shop, "Hoe", skus=("HOE",), status="draft", category_ids=[kitchen[2]])
    as_the_previous_release(pan, "active")
    as_the_previous_release(rake, "archived")
    as_the_previous_release(old, "active", NOON - timedelta(days=2))
    assert shown() == ["garden"]

    def heal(since):
        with within(shop, as_admin=True) as session:
            return shelf_service.heal_places(session, platform_id=shop.platform.id, since=since)

    assert heal(NOON - timedelta(hours=1)) == 2
    assert shown() == ["kitchen", "kitchen/pots"]
    assert heal(NOON - timedelta(hours=1)) == 0
    assert heal(NOON - timedelta(days=3)) == 1
    assert shown() == ["garden", "kitchen", "kitchen/pots"]


def test_a_look_every_hour_heals_what_changed_since_the_last(
    app, shop, make_product, shown, kitchen, as_the_previous_release
):
    pan = make_product(shop, "Pan", status="draft", category_ids=[kitchen[1]])
    as_the_previous_release(pan, "active", clock.now())

    with app.app_context():
        with unit_of_work() as session:
            look = enqueue(session, "inventory.heal_places", platform_id=shop.platform.id).id
        assert run_task(app, look) is TaskStatus.SUCCEEDED

    assert shown() == ["kitchen", "kitchen/pots"]


def test_an_upgrade_tells_the_categories_what_is_missing(
    app, shop, make_product, shown, kitchen, as_the_previous_release
):
    as_the_previous_release(make_product(shop, "Pan", status="draft", category_ids=[kitchen[1]]), "active")
    with app.app_context():
        migrations.downgrade("inventory", "inventory_009_options_in_languages")
        migrations.upgrade()

    assert shown() == ["kitchen", "kitchen/pots"]


def test_categories_of_a_database_from_before_are_shown_as_they_were(app, shop, make_product, shown, kitchen):
    make_product(shop, "Pan", category_ids=[kitchen[1]])
    make_product(shop, "Rake", skus=("RAKE",), status="draft", category_ids=[kitchen[2]])
    with app.app_context():
        migrations.downgrade("inventory", "inventory_007_pictures_and_options_of_variants")
        migrations.upgrade()

    assert shown() == ["kitchen", "kitchen/pots"]
