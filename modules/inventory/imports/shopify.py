"""Shopify's product export, with the headings of before and after 2024."""

from modules.inventory.imports.adapter import CatalogueLine, Context, Format, Row
from modules.inventory.imports.values import (
    no_less_than_nothing,
    read_barcode,
    read_bool,
    read_paths,
    read_price,
    read_quantity,
    read_seo,
    read_sku,
)
from modules.inventory.slugs import slugify
from wizamart.i18n import gettext as _
from wizamart.imports import LineRefused

OLD = {
    "handle": "handle",
    "description": "body (html)",
    "published": "published",
    "sku": "variant sku",
    "quantity": "variant inventory qty",
    "policy": "variant inventory policy",
    "price": "variant price",
    "compare_at": "variant compare at price",
    "taxable": "variant taxable",
    "barcode": "variant barcode",
    "image": "image src",
    "variant_image": "variant image",
    "category": "product category",
}
NEW = {
    "handle": "url handle",
    "description": "description",
    "published": "published on online store",
    "sku": "sku",
    "quantity": "inventory quantity",
    "policy": "continue selling when out of stock",
    "price": "price",
    "compare_at": "compare-at price",
    "taxable": "charge tax",
    "barcode": "barcode",
    "image": "product image url",
    "variant_image": "variant image url",
    "category": "product category",
}
NO_OPTION = ("title", "default title")


def _read(row: Row, context: Context, names: dict[str, str]) -> CatalogueLine:
    """Read a record: a product with its first variant, another variant of it, or only a picture."""
    cell = {key: row.get(heading, "") for key, heading in names.items()}
    handle = cell["handle"]
    if not handle:
        raise LineRefused(_("The line names no product: its handle is empty."))
    options = _options(row)
    price = read_price(cell["price"], context.currency)
    before = read_price(cell["compare_at"], context.currency)
    is_reduced = price is not None and before is not None and before[0] > price[0]
    line = CatalogueLine(
        group_key=handle,
        title=row.get("title", ""),
        description=cell["description"] or None,
        status=_status(row, cell["published"]),
        images=[cell["image"]] if cell["image"] else [],
        later_images=[cell["variant_image"]] if cell["variant_image"] else [],
        is_part=price is None and not any(value for _name, value in options),
    )
    if line.title:
        path = read_paths(cell["category"], between="", arrow=">")
        line.categories = path or ([[row["type"]]] if row.get("type") else None)
        line.seo_title, line.seo_description = read_seo(row, "seo title", "seo description")
    if line.is_part:
        return line
    values = [value for _name, value in options]
    line.sku = read_sku(cell["sku"].lstrip("'")) or slugify(" ".join([handle, *values])).upper()
    line.options = options
    line.image = cell["variant_image"] or None
    line.gtin = read_barcode(cell["barcode"]) or None
    line.price = price[0] if price else None
    line.compare_at = before[0] if is_reduced and before else None
    line.currency = price[1] if price else context.currency
    line.stock = read_quantity(no_less_than_nothing(cell["quantity"]))
    line.allows_backorder = read_bool(cell["policy"])
    line.tax_class = None if not cell["taxable"] else "standard" if read_bool(cell["taxable"]) else "exempt"
    return line


def _options(row: Row) -> list[tuple[str, str]]:
    pairs = [(row.get(f"option{n} name", ""), row.get(f"option{n} value", "")) for n in (1, 2, 3)]
    if pairs[0][1].casefold() == NO_OPTION[1]:
        return []
    return [(name, value) for name, value in pairs if value]


def _status(row: Row, published: str) -> str | None:
    named = row.get("status", "").casefold()
    if named == "unlisted":  # whoever has its address sees it, and nobody finds it
        return "draft"
    if named in {"active", "draft", "archived"}:
        return named if named != "active" or published.casefold() != "false" else "draft"
    is_published = read_bool(published)
    return None if is_published is None else "active" if is_published else "draft"


def read_old(row: Row, context: Context) -> CatalogueLine:
    """Read a record with the headings of before 2024."""
    return _read(row, context, OLD)


def read_new(row: Row, context: Context) -> CatalogueLine:
    """Read a record with the headings since 2024."""
    return _read(row, context, NEW)


OLD_FORMAT = Format(
    code="shopify-old",
    name="Shopify",
    required=frozenset({"handle", "title", "variant price"}),
    any_of=frozenset(),
    read=read_old,
    reads=frozenset(OLD.values()),
)
NEW_FORMAT = Format(
    code="shopify",
    name="Shopify",
    required=frozenset({"title", "url handle", "price"}),
    any_of=frozenset(),
    read=read_new,
    reads=frozenset(NEW.values()),
)
