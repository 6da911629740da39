"""What customers see and pay is what the server says now."""

from datetime import date

import pytest

from modules.inventory.config import InventoryConfig
from modules.inventory.exceptions import ProductNotFound
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import product_service, shelf_service
from modules.inventory.services.order_service import reference_of
from wizamart.platforms import Vendor, VendorStatus

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

    assert len(queries) == 4
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
