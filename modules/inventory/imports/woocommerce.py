"""WooCommerce's product export, of versions with and without GTIN and brands, in several languages."""

import datetime as dt

from modules.inventory.imports.adapter import CatalogueLine, Context, Format, Row
from modules.inventory.imports.values import (
    no_less_than_nothing,
    read_barcode,
    read_bool,
    read_paths,
    read_price,
    read_quantity,
    read_sku,
    split_escaped,
)
from modules.inventory.imports.woocommerce_headings import clean
from modules.inventory.imports.woocommerce_taxes import tax_class_of
from wizamart.i18n import gettext as _
from wizamart.imports import LineRefused

ATTRIBUTES = range(1, 11)


def read(row: Row, context: Context) -> CatalogueLine:
    """Read a record: a product, the head of a product with variations, or a variation."""
    kinds = {kind.strip() for kind in row.get("type", "").casefold().split(",")}
    if "grouped" in kinds:
        raise LineRefused(_("A grouped product is sold as its parts, which have lines of their own."))
    if any("subscription" in kind for kind in kinds):
        raise LineRefused(_("Subscriptions cannot be sold here."))
    if "external" in kinds:
        raise LineRefused(_("An external product is sold on another site."))
    sku = read_sku(row.get("sku", ""))
    if not (sku or row.get("id")):
        raise LineRefused(_("The line names no product: neither SKU nor ID."))
    own_key = sku or f"id:{row['id']}"
    is_variation = bool(kinds & {"variation", "product_variation"})
    if is_variation and not row.get("parent"):
        raise LineRefused(_("The variation names no parent."))
    currency = context.currency
    pictures = split_escaped(row.get("images", ""))
    price = read_price(row.get("regular price", ""), currency)
    sale = read_price(row.get("sale price", ""), currency) if _sale_is_on(row, context) else None
    is_reduced = price is not None and sale is not None and sale[0] < price[0]
    line = CatalogueLine(
        group_key=row["parent"] if is_variation else own_key,
        sku="" if "variable" in kinds else sku or own_key.replace(":", "-"),
        alias=None if is_variation or not row.get("id") else f"id:{row['id']}",
        images=[] if is_variation else pictures,
        later_images=pictures if is_variation else [],
        tax_class=_tax_class(row, context),
        options=_options(row) if is_variation else [],
        gtin=read_barcode(row.get("gtin, upc, ean, or isbn", "")) or None,
        price=sale[0] if is_reduced and sale else price[0] if price else None,
        compare_at=price[0] if is_reduced and price else None,
        currency=price[1] if price else currency,
        stock=_stock(row),
        allows_backorder=None if is_variation else read_bool(row.get("backorders allowed?", "")),
        image=next(iter(pictures), None) if is_variation else None,
        low_stock=read_quantity(row.get("low stock amount", "")) if not is_variation else None,
        is_part="variable" in kinds,
    )
    if not is_variation:
        line.title = row.get("name", "")
        line.description = row.get("description") or row.get("short description") or None
        line.status = _status(row, context)
        line.categories = read_paths(row.get("categories", ""), between=r"(?<!\\),", arrow=">") or None
    return line


def _sale_is_on(row: Row, context: Context) -> bool:
    for name, is_over in (("date sale price starts", False), ("date sale price ends", True)):
        try:
            day = dt.date.fromisoformat(row.get(name, "")[:10])
        except ValueError:
            continue
        if (day < context.today) if is_over else (day > context.today):
            return False
    return True


def _tax_class(row: Row, context: Context) -> str | None:
    """Return the class; an empty cell is the standard one, which only a column can say."""
    if row.get("tax status", "").casefold() in {"none", "shipping"}:
        return "exempt"
    if "tax class" not in context.headings:
        return None
    name = row.get("tax class", "")
    return None if name.casefold() == "parent" else tax_class_of(name)


def _status(row: Row, context: Context) -> str | None:
    """Return the status: what is private or hidden from the catalogue is a draft here; without a column it is open."""
    if context.headings.isdisjoint({"published", "visibility in catalog"}):
        return None
    is_shown = row.get("visibility in catalog", "visible").casefold() != "hidden"
    return "active" if row.get("published", "1") == "1" and is_shown else "draft"


def _options(row: Row) -> list[tuple[str, str]]:
    named = ((row.get(f"attribute {n} name", ""), row.get(f"attribute {n} value(s)", "")) for n in ATTRIBUTES)
    return [(name, value) for name, value in named if name and value]


def _stock(row: Row) -> int | None:
    text = row.get("stock", "")
    if text.casefold() == "parent":
        return None
    if not text and row.get("in stock?", "") == "0":
        return 0
    return read_quantity(no_less_than_nothing(text))


FORMAT = Format(
    code="woocommerce",
    name="WooCommerce",
    required=frozenset({"type", "sku", "name", "regular price"}),
    any_of=frozenset({"published", "categories", "parent", "id"}),
    read=read,
    clean=clean,
    reads=frozenset({"sale price", "stock", "images", "description", "tax class", "gtin, upc, ean, or isbn"}),
)
