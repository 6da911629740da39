"""The own CSV: a line a variant, which an import reads back without changing anything."""

from collections.abc import Iterator
from decimal import Decimal

import sqlalchemy as sa
from babel.numbers import get_currency_precision
from sqlalchemy.orm import Session

from modules.inventory.imports.own import COLUMNS
from modules.inventory.models.product import Product, Variant
from modules.inventory.models.stock import Level
from modules.inventory.services import listing_service, location_service

BATCH = 200


def list_export_rows(session: Session, *, vendor_id: int) -> Iterator[dict[str, str]]:
    """Yield the lines of a vendor's catalogue; the stock is that of the default location, where imports put it."""
    locations = location_service.list_locations(session, vendor_id=vendor_id)
    location_id = locations[0].id if locations else 0
    query = listing_service.select_for_export().execution_options(yield_per=BATCH)
    for batch in session.scalars(query).partitions(BATCH):
        ids = [variant.id for variant in batch]
        levels = sa.select(Level.variant_id, Level.on_hand).where(
            Level.variant_id.in_(ids), Level.location_id == location_id
        )
        on_hand = {variant_id: pieces for variant_id, pieces in session.execute(levels)}  # noqa: C416 - a Row is no tuple
        for variant in batch:
            yield _row(variant, variant.product, max(on_hand.get(variant.id, 0), 0))


def _row(variant: Variant, product: Product, stock: int) -> dict[str, str]:
    row = dict.fromkeys(COLUMNS, "")
    for number, name in enumerate(product.option_names, start=1):
        row[f"option{number}_name"] = name
        row[f"option{number}_value"] = str(variant.options.get(name, ""))
    threshold = variant.low_stock_threshold
    return row | {
        "handle": product.handle,
        "title": product.title,
        "description": product.description,
        "status": product.status,
        "categories": "; ".join(category.full_name for category in product.categories),
        "images": " ".join(product.images),
        "tax_class": product.tax_class,
        "backorders": "1" if product.allows_backorder else "0",
        "sku": variant.sku,
        "gtin": variant.gtin or "",
        "price": _amount(variant.price_minor, product.currency),
        "compare_at_price": _amount(variant.compare_at_minor, product.currency),
        "currency": product.currency,
        "low_stock_threshold": "" if threshold is None else str(threshold),
        "stock": str(stock),
    }


def _amount(minor: int | None, currency: str) -> str:
    precision = get_currency_precision(currency)
    return "" if minor is None else f"{Decimal(minor).scaleb(-precision):.{precision}f}"
