"""What the inventory tells others."""

from pydantic import ConfigDict

from wizamart.module_system.events import DomainEvent
from wizamart.schema import Schema


class ProductChanged(Schema):
    """A product was created, changed or archived."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    vendor_id: int
    product_id: int
    title: str
    status: str


class StockChanged(Schema):
    """What is available of a variant, over all locations, after a change."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    vendor_id: int
    product_id: int
    variant_id: int
    sku: str
    title: str
    available: int
    threshold: int


class GoodsMissing(Schema):
    """An order was found, after the inventory had been off, for which too few pieces were there to be promised."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    vendor_id: int
    product_id: int
    variant_id: int
    sku: str
    title: str
    order_id: int
    number: str
    missing: int


product_created = DomainEvent("inventory.product_created", ProductChanged)
product_updated = DomainEvent("inventory.product_updated", ProductChanged)
product_archived = DomainEvent("inventory.product_archived", ProductChanged)
stock_changed = DomainEvent("inventory.stock_changed", StockChanged)
stock_low = DomainEvent("inventory.stock_low", StockChanged)
goods_missing = DomainEvent("inventory.goods_missing", GoodsMissing)
