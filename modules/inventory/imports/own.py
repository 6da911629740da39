"""Our own CSV: what the export writes, the import reads."""

import re
from collections.abc import Sequence

from modules.inventory.imports.adapter import CatalogueLine, Context, Format, Row
from modules.inventory.imports.values import (
    read_bool,
    read_gtin,
    read_price,
    read_quantity,
    read_sku,
)
from wizamart.i18n import gettext as _
from wizamart.imports import LineRefused

COLUMNS = (
    "handle", "title", "description", "status", "categories", "images", "tax_class", "backorders",
    "option1_name", "option1_value", "option2_name", "option2_value", "option3_name", "option3_value",
    "sku", "gtin", "price", "compare_at_price", "currency", "low_stock_threshold", "stock",
    "seo_title", "seo_description", "variant_image",
)  # fmt: skip
NUMBERS = frozenset({"price", "compare_at_price", "low_stock_threshold", "stock"})
SEPARATORS = re.compile(r"[\\;>]")
PIECES = re.compile(r"(?:\\.|[^\\;>])+|[;>]", re.DOTALL)
STATUSES = frozenset({"draft", "active", "archived"})


def write_paths(paths: Sequence[Sequence[str]]) -> str:
    """Return paths of category names as a cell: names joined by `>`, paths by `;`, such signs in names escaped."""
    told = [[SEPARATORS.sub(r"\\\g<0>", name) for name in names] for names in paths]
    return "; ".join(" > ".join(names) for names in told)


def parse_paths(cell: str) -> list[list[str]]:
    """Return the paths that a cell names."""
    paths: list[list[str]] = [[]]
    for piece in PIECES.findall(cell):
        if piece == ";":
            paths.append([])
        elif piece != ">" and piece.strip():
            paths[-1].append(re.sub(r"\\(.)", r"\1", piece.strip(), flags=re.DOTALL)[:120])
    return [names for names in paths if names]


def clean(heading: str) -> str:
    """Return a column's name, which somebody may have written with spaces."""
    return heading.replace(" ", "_")


def read(row: Row, context: Context) -> CatalogueLine:
    """Read a record of our own."""
    status = row.get("status", "").casefold()
    if status and status not in STATUSES:
        raise LineRefused(_("“%(text)s” is no status. Use draft, active or archived.", text=status[:40]))
    currency = row.get("currency", "").upper() or context.currency
    price = read_price(row.get("price", ""), currency)
    before = read_price(row.get("compare_at_price", ""), currency)
    names = [row.get(f"option{number}_name", "") for number in (1, 2, 3)]
    values = [row.get(f"option{number}_value", "") for number in (1, 2, 3)]
    sku = read_sku(row.get("sku", ""))
    return CatalogueLine(
        group_key=row.get("handle", "") or sku,
        sku=sku,
        title=row.get("title", ""),
        description=row["description"] if row.get("description") else None,
        status=status or None,
        categories=parse_paths(row.get("categories", "")) or None,
        images=row.get("images", "").split(),
        tax_class=row.get("tax_class") or None,
        options=[pair for pair in zip(names, values, strict=True) if pair[1]],
        image=row.get("variant_image") or None,
        gtin=read_gtin(row.get("gtin", "")) or None,
        price=price[0] if price else None,
        compare_at=before[0] if before else None,
        currency=price[1] if price else currency,
        stock=read_quantity(row.get("stock", "")),
        allows_backorder=read_bool(row.get("backorders", "")),
        low_stock=read_quantity(row.get("low_stock_threshold", "")),
        seo_title=row.get("seo_title") or None,
        seo_description=row.get("seo_description") or None,
    )


FORMAT = Format(
    code="own",
    name="Wizamart",
    required=frozenset({"handle", "title", "sku", "price"}),
    any_of=frozenset({"option1_name", "stock", "tax_class"}),
    read=read,
    clean=clean,
    reads=frozenset(COLUMNS),
    verbatim=frozenset({"description"}),
)
