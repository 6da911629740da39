"""What cells mean: prices, quantities, yes and no, GTINs, paths of categories."""

import re
from decimal import Decimal
from typing import Final

from babel.numbers import get_currency_precision

from modules.inventory.imports.adapter import Row
from modules.inventory.schemas import product as product_forms
from wizamart.csv_text import unguarded
from wizamart.i18n import gettext as _
from wizamart.imports import LineRefused

YES: Final = frozenset(
    {"1", "true", "yes", "y", "oui", "ja", "jo", "on", "notify", "continue", "vrai", "wahr"}
)
SYMBOLS: Final = {"€": "EUR", "$": "USD", "£": "GBP", "EURO": "EUR", "EUROS": "EUR"}
MAX_STOCK: Final = 10_000_000
LONGEST_NUMBER: Final = 30
LONGEST_PRICE: Final = 60
GROUP: Final = 3
AMOUNT: Final = re.compile(
    r"(?P<sign>[+-]?)\s*(?P<before>EUROS?|[A-Z]{3}|[€$£])?\s*(?P<minus>[+-]?)"
    r"(?P<number>[0-9.,][0-9.,' \u2019\u202f]*?)\s*(?P<after>EUROS?|[A-Z]{3}|[€$£])?",
    re.IGNORECASE,
)
# As prices without cents are written: "12,-", "12,–", "12.--" or "12.".
WITHOUT_CENTS: Final = re.compile(
    r"(?<=[0-9])([.,])(?:[-\u2013\u2014]{1,2}(?![0-9])|(?=\s|[^\W0-9]|[€$£]|$))"
)
GROUPED: Final = re.compile(r"[0-9]{1,3}([ '\u2019\u202f])[0-9]{3}(?:\1[0-9]{3})*([.,][0-9]+)?")
PLAIN: Final = re.compile(r"[0-9]*(?:[.,][0-9]+)?")
POINTS: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?")
COMMAS: Final = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
AMBIGUOUS: Final = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")
ROUNDED: Final = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
ROUNDED_SKU: Final = re.compile(r"[0-9][.,][0-9]+E\+[0-9]{2,}")


def plain_text(cell: str) -> str:
    """Return what a cell says: without the guard against formulas, and without the `=""` that keeps digits whole."""
    text = re.fullmatch(r'="([^"]*)"', cell)
    return text.group(1) if text else unguarded(cell)


def read_bool(text: str) -> bool | None:
    """Return yes or no; nothing if the cell is empty."""
    return text.casefold() in YES if text else None


def read_sku(text: str) -> str:
    """Return an SKU.

    :raises LineRefused: when a spreadsheet has rounded it.
    """
    if ROUNDED_SKU.fullmatch(text):
        raise LineRefused(_("A spreadsheet has rounded the SKU to “%(text)s”.", text=text))
    return text


def read_price(text: str, currency: str) -> tuple[int, str] | None:
    """Return an amount in minor units and its currency: the one named in the cell, or else `currency`.

    :raises LineRefused: for what is no amount, could be two, or is finer than the currency's coins.
    """
    if not text:
        return None
    if text.startswith(("=", "@")):
        raise LineRefused(_("“%(text)s” is a formula and no price.", text=text[:40]))
    is_short = len(text) <= LONGEST_PRICE  # before the pattern, which takes long to refuse a long cell
    found = AMOUNT.fullmatch(WITHOUT_CENTS.sub(r"\g<1>00", text, count=1)) if is_short else None
    if found is None or len(found["number"]) > LONGEST_NUMBER:
        raise LineRefused(_("“%(text)s” is no price.", text=text[:40]))
    named = (found["before"] or found["after"] or currency).upper()
    named = SYMBOLS.get(named, named)
    digits = get_currency_precision(named)
    minor = _decimal(found["number"], digits, text, _("“%(text)s” is no price.", text=text[:40])).scaleb(
        digits
    )
    if "-" in {found["sign"], found["minus"]} and minor:
        raise LineRefused(_("The price is below zero."))
    if minor != minor.to_integral_value():
        raise LineRefused(
            _("“%(text)s” has more decimals than %(currency)s has.", text=text[:40], currency=named)
        )
    return int(minor), named


def _decimal(number: str, digits: int, text: str, problem: str) -> Decimal:
    """Return a number with any separators: of two kinds the last is the decimal one.

    :raises LineRefused: for what is no number (with `problem`), or has a single separator that could be of either kind.
    """
    number = number.strip()
    grouped = GROUPED.fullmatch(number)
    if grouped:
        number = number.replace(grouped.group(1), "").replace(",", ".")
    elif AMBIGUOUS.fullmatch(number) and (0 < digits < GROUP or (not digits and number.endswith("000"))):
        raise LineRefused(
            _(
                "“%(text)s” can mean a thousand times as much as it seems to. Write the number without "
                "separators of thousands.",
                text=text[:40],
            )
        )
    elif PLAIN.fullmatch(number) and number and not (AMBIGUOUS.fullmatch(number) and not digits):
        number = number.replace(",", ".")
    elif POINTS.fullmatch(number):
        number = number.replace(".", "").replace(",", ".")
    elif COMMAS.fullmatch(number):
        number = number.replace(",", "")
    else:
        raise LineRefused(problem)
    return Decimal(number)


def read_quantity(text: str) -> int | None:
    """Return a number of pieces, or nothing if the cell is empty.

    :raises LineRefused: for what is no whole number, or below zero.
    """
    if not text:
        return None
    problem = _("“%(text)s” is no quantity.", text=text[:40])
    number = text.strip().lstrip("+")
    if number.startswith("-") and PLAIN.fullmatch(number[1:]):
        raise LineRefused(_("The stock is below zero."))
    if len(number) > LONGEST_NUMBER:
        raise LineRefused(problem)
    quantity = _decimal(number, 0, text, problem)
    if quantity != quantity.to_integral_value() or quantity > MAX_STOCK:
        raise LineRefused(_("“%(text)s” is no whole number of pieces.", text=text[:40]))
    return int(quantity)


def no_less_than_nothing(text: str) -> str:
    """Return a quantity as a cell; shops that count below zero what they have oversold have none of it there."""
    return "0" if re.match(r"-\s*[0-9]", text) else text


def read_gtin(text: str) -> str:
    """Return a GTIN.

    :raises LineRefused: when it is none, or a spreadsheet has rounded it.
    """
    text = re.sub(r"[.,]0+$", "", text.lstrip("'"))
    if ROUNDED.fullmatch(text):
        raise LineRefused(_("A spreadsheet has rounded the GTIN to “%(text)s”.", text=text))
    try:
        return product_forms.check_gtin(text)
    except ValueError as error:
        if _is_gtin(text.zfill(12)) or _is_gtin(text.zfill(13)):
            raise LineRefused(
                _("A spreadsheet has cut the zeros before the GTIN “%(text)s”.", text=text)
            ) from None
        raise LineRefused(str(error)) from error


def _is_gtin(text: str) -> bool:
    try:
        return bool(product_forms.check_gtin(text))
    except ValueError:
        return False


def read_barcode(text: str) -> str:
    """Return a bar code if it is a GTIN; codes of other kinds and lengths are passed over.

    :raises LineRefused: when it has a GTIN's length and a wrong check digit, or a spreadsheet has rounded it.
    """
    digits = re.sub(r"[\s'-]", "", text).removesuffix(".0")
    is_rounded = ROUNDED.fullmatch(text) is not None
    return read_gtin(text) if is_rounded or re.fullmatch(r"[0-9]{8}|[0-9]{12,14}", digits) else ""


def read_seo(row: Row, title: str, description: str) -> tuple[str | None, str | None]:
    """Return title and description for search engines from the columns of these names, or None for what is empty.

    Other shops let them be longer than a product's here can be, and search engines cut them anyway.
    """
    return row.get(title, "")[:120] or None, row.get(description, "")[:320] or None


def read_paths(text: str, *, between: str, arrow: str) -> list[list[str]]:
    """Return the paths of category names in a cell; `between` separates paths, a pattern, and `arrow` names."""
    paths = []
    for part in re.split(between, text) if between else [text]:
        names = [name.replace("\\,", ",").strip()[:120] for name in part.split(arrow)]
        names = [name for name in names if name]
        if names:
            paths.append(names)
    return paths


def split_escaped(text: str) -> list[str]:
    """Split at commas that no backslash stands before."""
    return [part.replace("\\,", ",").strip() for part in re.split(r"(?<!\\),", text) if part.strip()]
