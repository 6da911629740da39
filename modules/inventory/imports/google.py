"""Google Merchant Center's feed: a table with Google's product attributes, usually separated by tabs."""

import datetime as dt

from modules.inventory.imports.adapter import CatalogueLine, Context, Format, Row
from modules.inventory.imports.values import (
    read_gtin,
    read_paths,
    read_price,
    read_quantity,
    read_sku,
    split_escaped,
)
from wizamart.i18n import gettext as _
from wizamart.imports import LineRefused

OPTIONS = (("color", "Colour"), ("size", "Size"), ("material", "Material"), ("pattern", "Pattern"))


def clean(heading: str) -> str:
    """Return an attribute's name: "image link" and "image_link" are the same, and a `g:` before it means nothing."""
    return heading.removeprefix("g:").replace(" ", "_")


def read(row: Row, context: Context) -> CatalogueLine:
    """Read a record: one thing that is sold, several of a product joined by `item_group_id`."""
    if not row.get("id"):
        raise LineRefused(_("The line names no product: its id is empty."))
    price = read_price(row.get("price", ""), context.currency)
    sale = read_price(row.get("sale_price", ""), context.currency)
    period = row.get("sale_price_effective_date", "")
    is_on = not period or _is_within(period, context.today)
    is_reduced = is_on and price is not None and sale is not None and sale[0] < price[0]
    availability = row.get("availability", "").casefold().replace(" ", "_")
    quantity = row.get("quantity") or row.get("sell_on_google_quantity") or ""
    is_grouped = bool(row.get("item_group_id"))
    return CatalogueLine(
        group_key=row.get("item_group_id") or row["id"],
        sku=read_sku(row["id"]),
        title=row.get("title", ""),
        description=row.get("description") or None,
        status="active",
        categories=read_paths(row.get("product_type", ""), between="", arrow=">") or None,
        images=[row["image_link"], *split_escaped(row.get("additional_image_link", ""))]
        if row.get("image_link")
        else [],
        options=[(label, row[name]) for name, label in OPTIONS if row.get(name)] if is_grouped else [],
        gtin=read_gtin(row.get("gtin", "")) or None,
        price=sale[0] if is_reduced and sale else price[0] if price else None,
        compare_at=price[0] if is_reduced and price else None,
        currency=price[1] if price else context.currency,
        stock=0 if availability == "out_of_stock" and not quantity else read_quantity(quantity),
        allows_backorder=availability in {"backorder", "preorder"} if availability else None,
    )


def _is_within(period: str, today: dt.date) -> bool:
    """Tell whether a day lies in a period, which Google writes as two moments (ISO 8601) with a slash between.

    :raises LineRefused: for what is none: a price of another time must not be taken for today's.
    """
    start, _slash, end = period.partition("/")
    try:
        first, last = (dt.date.fromisoformat(moment.strip()[:10]) for moment in (start, end))
    except ValueError as error:
        raise LineRefused(
            _("“%(text)s” does not say from when until when the sale price holds.", text=period[:60])
        ) from error
    return first <= today <= last


FORMAT = Format(
    code="google-merchant",
    name="Google Merchant Center",
    required=frozenset({"id", "title", "price"}),
    any_of=frozenset({"availability", "image_link", "link", "gtin"}),
    read=read,
    clean=clean,
    reads=frozenset(
        {
            "sale_price",
            "sale_price_effective_date",
            "item_group_id",
            "quantity",
            "description",
            "product_type",
        }
    ),
)
