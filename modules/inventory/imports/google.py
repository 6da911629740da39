"""Google Merchant Center's feed: a table with Google's product attributes, usually separated by tabs."""

import datetime as dt
import re
from collections.abc import Sequence

from modules.inventory.imports.adapter import CatalogueLine, Context, Format, Row, cells_of
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

# White space can be read in one way only, or a long cell would be tried in too many.
PART = r"""(?:\s*"(?:[^"]|"")*"\s*|[^",:]*)"""
PAIR = re.compile(f"(?P<name>{PART}):(?P<value>{PART})")
PAIRS = re.compile(f"{PART}:{PART}(?:,{PART}:{PART})*")
OPTIONS = (("color", "Colour"), ("size", "Size"), ("material", "Material"), ("pattern", "Pattern"))
MORE_OPTIONS = (
    ("gender", "Gender"),
    ("age_group", "Age group"),
    ("size_type", "Cut"),
    ("multipack", "Pieces"),
)


def clean(heading: str) -> str:
    """Return an attribute's name: "g:image link" is "image_link", "variant_option(name:value)" is "variant_option"."""
    return heading.removeprefix("g:").partition("(")[0].strip().replace(" ", "_")


def write_pairs(pairs: Sequence[tuple[str, str]]) -> str:
    """Return names with values as a cell: `Colour:Red,Size:M`.

    As in all of Google's attributes with parts, a part that holds a comma or a colon stands in straight quotation
    marks, those within it doubled (https://support.google.com/merchants/answer/17085214).
    """
    return ",".join(":".join(_quoted(part) for part in pair) for pair in pairs)


def _quoted(part: str) -> str:
    doubled = part.replace('"', '""')
    return f'"{doubled}"' if re.search('[,:"]', part) else part


def read_pairs(cell: str) -> list[tuple[str, str]]:
    """Return the names and values of a cell.

    :raises LineRefused: when it holds something else.
    """
    if cell and not PAIRS.fullmatch(cell):
        raise LineRefused(_("“%(text)s” is no list of names and values.", text=cell[:60]))
    return [
        (_unquoted(found["name"]), _unquoted(found["value"]))
        for found in PAIR.finditer(cell)
        if found["value"]
    ]


def _unquoted(part: str) -> str:
    part = part.strip()
    return part[1:-1].replace('""', '"') if part.startswith('"') else part


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
        title=(row.get("item_group_title") if is_grouped else "") or row.get("title", ""),
        description=row.get("description") or None,
        status="active",
        categories=_categories(row) or None,
        images=_images(row),
        options=_options(row) if is_grouped else [],
        more_options=_more_options(row) if is_grouped else [],
        gtin=read_gtin(next(iter(split_escaped(row.get("gtin", ""))), "")) or None,
        price=sale[0] if is_reduced and sale else price[0] if price else None,
        compare_at=price[0] if is_reduced and price else None,
        currency=price[1] if price else context.currency,
        stock=0 if availability == "out_of_stock" and not quantity else read_quantity(quantity),
        allows_backorder=availability in {"backorder", "preorder"} if availability else None,
    )


def _categories(row: Row) -> list[list[str]]:
    return [
        path for cell in cells_of(row, "product_type") for path in read_paths(cell, between="", arrow=">")
    ]


def _images(row: Row) -> list[str]:
    others = [one for cell in cells_of(row, "additional_image_link") for one in split_escaped(cell)]
    return [row["image_link"], *others] if row.get("image_link") else []


def _options(row: Row) -> list[tuple[str, str]]:
    """Return what a variant differs in; where its options are listed, the columns only say the same again."""
    listed = [pair for cell in cells_of(row, "variant_option") for pair in read_pairs(cell)]
    return listed or [(label, row[name]) for name, label in OPTIONS if row.get(name)]


def _more_options(row: Row) -> list[tuple[str, str]]:
    """Return what variants may differ in as well, by Google's rules of `item_group_id`."""
    if cells_of(row, "variant_option"):
        return []
    return [(label, row[name]) for name, label in MORE_OPTIONS if row.get(name)]


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
    any_of=frozenset(
        {"availability", "image_link", "link", "gtin", "item_group_id", "brand", "mpn", "condition"}
    ),
    read=read,
    clean=clean,
    reads=frozenset(
        {
            "sale_price",
            "sale_price_effective_date",
            "item_group_id",
            "item_group_title",
            "quantity",
            "description",
        }
    ),
    repeated=frozenset({"product_type", "additional_image_link", "variant_option"}),
)
