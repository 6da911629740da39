"""Spree's product file: a record for the product, one for each variant, more of the same SKU in other currencies."""

from modules.inventory.imports.adapter import CatalogueLine, Context, Format, Row
from modules.inventory.imports.values import (
    read_barcode,
    read_bool,
    read_paths,
    read_price,
    read_quantity,
    read_seo,
    read_sku,
)
from wizamart.i18n import gettext as _
from wizamart.imports import LineRefused

TAX_CLASSES = {"default": "standard", "": None}


def read(row: Row, context: Context) -> CatalogueLine:
    """Read a record."""
    if not row.get("slug"):
        raise LineRefused(_("The line names no product: its slug is empty."))
    currency = row.get("currency", "").upper() or context.currency
    price = read_price(row.get("price", ""), currency)
    before = read_price(row.get("compare_at_price", ""), currency)
    is_reduced = price is not None and before is not None and before[0] > price[0]
    status = row.get("status", "").casefold()
    tax = row.get("tax_category", "").casefold()
    paths = [read_paths(row.get(f"category{n}", ""), between="", arrow="->") for n in (1, 2, 3)]
    seo_title, seo_description = read_seo(row, "meta_title", "meta_description")
    return CatalogueLine(
        group_key=row["slug"],
        sku=read_sku(row.get("sku", "")),
        title=row.get("name", ""),
        description=row.get("description") or None,
        status=(status if status in {"active", "archived"} else "draft") if status else None,
        categories=[path for found in paths for path in found] or None,
        images=[row[f"image{n}_src"] for n in (1, 2, 3) if row.get(f"image{n}_src")],
        tax_class=TAX_CLASSES.get(tax, tax.replace(" ", "_")),
        options=_options(row),
        gtin=read_barcode(row.get("barcode", "")) or None,
        price=price[0] if price else None,
        compare_at=before[0] if is_reduced and before else None,
        currency=currency,
        stock=read_quantity(row.get("inventory_count", "")),
        allows_backorder=read_bool(row.get("inventory_backorderable", "")),
        seo_title=seo_title,
        seo_description=seo_description,
    )


def _options(row: Row) -> list[tuple[str, str]]:
    pairs = ((row.get(f"option{n}_name", ""), row.get(f"option{n}_value", "")) for n in (1, 2, 3))
    return [(name, value) for name, value in pairs if value]


FORMAT = Format(
    code="spree",
    name="Spree",
    required=frozenset({"slug", "sku", "name", "price"}),
    any_of=frozenset({"option1_name", "inventory_count", "currency"}),
    read=read,
)
