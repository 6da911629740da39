"""Lists of things by their GTIN, such as those of Open Food Facts: what they are called, and seldom what they cost."""

from modules.inventory.imports.adapter import CatalogueLine, Context, Format, Row
from modules.inventory.imports.values import read_gtin, read_price, read_quantity, read_sku
from wizamart.i18n import gettext as _, gettext_noop
from wizamart.imports import LineRefused

ALIASES = {
    "ean": "gtin",
    "ean13": "gtin",
    "ean-13": "gtin",
    "upc": "gtin",
    "barcode": "gtin",
    "name": "title",
    "product_name": "title",
    "product name": "title",
    "image_url": "image_link",
    "image url": "image_link",
    "image link": "image_link",
    "image": "image_link",
}
TEXTS = ("description", "generic_name", "ingredients_text")


def read(row: Row, context: Context) -> CatalogueLine:
    """Read a record: one thing, which the GTIN names."""
    gtin = read_gtin(row.get("gtin", ""))
    if not gtin:
        raise LineRefused(_("The line names no product: its GTIN is empty."))
    currency = row.get("currency", "").upper() or context.currency
    price = read_price(row.get("price", ""), currency)
    return CatalogueLine(
        # The same number in fewer digits has zeros before it (GS1 General Specifications, GTIN).
        group_key=gtin.lstrip("0"),
        sku=read_sku(row.get("sku", "")) or gtin,
        title=row.get("title", ""),
        description=next((row[name] for name in TEXTS if row.get(name)), None),
        images=[row["image_link"]] if row.get("image_link") else [],
        gtin=gtin,
        price=price[0] if price else None,
        currency=price[1] if price else currency,
        stock=read_quantity(row.get("stock", "")),
        by_gtin=True,
    )


FORMAT = Format(
    code="gtin-list",
    name=gettext_noop("Products by GTIN"),
    required=frozenset({"gtin", "title"}),
    any_of=frozenset(),
    read=read,
    reads=frozenset({"description", "image_link", "price", "stock", "sku"}),
    # What has a key of its own belongs to another format, of which some column is missing.
    none_of=frozenset({"handle", "url handle", "slug", "item_group_id", "item group id", "parent"}),
    aliases=ALIASES,
)
OPEN_FOOD_FACTS = Format(
    code="open-food-facts",
    name="Open Food Facts",
    required=frozenset({"gtin", "title"}),
    any_of=frozenset({"brands", "categories", "generic_name", "ingredients_text", "url", "image_link"}),
    read=read,
    aliases={"code": "gtin", "product_name": "title", "image_url": "image_link"},
    none_of=frozenset({"sku", "price", "name", "description"}),
)
