"""What cells mean: prices, quantities, yes and no, GTINs, paths of categories."""

import re
from decimal import Decimal, InvalidOperation

from babel.numbers import get_currency_precision

from modules.inventory.schemas.product import check_gtin
from wizamart.i18n import gettext as _

YES = frozenset({"1", "true", "yes", "y", "oui", "ja", "jo", "on", "notify", "continue"})
SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP"}
GROUP = 3
MAX_STOCK = 10_000_000


class CellRefused(ValueError):
    """A cell says what cannot be; the text is for people."""


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that an export puts before what a spreadsheet would run."""
    return text[1:] if re.match(r"'\s*[=+\-@]", text) else text


def read_bool(text: str) -> bool | None:
    """Return yes or no; nothing if the cell is empty."""
    return text.casefold() in YES if text else None


def read_price(text: str, currency: str) -> tuple[int, str] | None:
    """Return an amount in minor units and its currency: the one named in the cell, or else `currency`.

    :raises CellRefused: for what is no amount, or is finer than the currency's coins.
    """
    if not text:
        return None
    named = re.search(r"\b([A-Z]{3})\b", text)
    symbol = next((code for sign, code in SYMBOLS.items() if sign in text), None)
    found = named.group(1) if named else symbol or currency
    number = _decimal_point(re.sub(r"[^\d.,+-]", "", text))
    try:
        minor = Decimal(number).scaleb(get_currency_precision(found))
    except InvalidOperation:
        raise CellRefused(_("“%(text)s” is no price.", text=text[:40])) from None
    if minor < 0:
        raise CellRefused(_("The price is below zero."))
    if minor != minor.to_integral_value():
        raise CellRefused(
            _("“%(text)s” has more decimals than %(currency)s has.", text=text[:40], currency=found)
        )
    return int(minor), found


def _decimal_point(number: str) -> str:
    """Write a number with a point: of two kinds of separators the last is the decimal one."""
    comma, point = number.rfind(","), number.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "." if comma > point else ","
        return number.replace(thousands, "").replace(",", ".")
    if comma >= 0:
        is_decimal = number.count(",") == 1 and len(number) - comma - 1 != GROUP
        return number.replace(",", "." if is_decimal else "")
    return number.replace(".", "") if number.count(".") > 1 else number


def read_quantity(text: str) -> int | None:
    """Return a number of pieces, or nothing if the cell is empty.

    :raises CellRefused: for what is no whole number, or below zero.
    """
    if not text:
        return None
    try:
        quantity = Decimal(_decimal_point(text.replace(" ", "")))
    except InvalidOperation:
        raise CellRefused(_("“%(text)s” is no quantity.", text=text[:40])) from None
    if not quantity.is_finite() or quantity != quantity.to_integral_value() or abs(quantity) > MAX_STOCK:
        raise CellRefused(_("“%(text)s” is no whole number of pieces.", text=text[:40]))
    if quantity < 0:
        raise CellRefused(_("The stock is below zero."))
    return int(quantity)


def read_gtin(text: str) -> str:
    """Return a GTIN.

    :raises CellRefused: when it is none, or a spreadsheet has rounded it.
    """
    text = text.lstrip("'").removesuffix(".0")
    if re.fullmatch(r"\d[.,]\d+[eE]\+?\d+", text):
        raise CellRefused(_("A spreadsheet has rounded the GTIN to “%(text)s”.", text=text))
    try:
        return check_gtin(text)
    except ValueError as error:
        raise CellRefused(str(error)) from error


def read_barcode(text: str) -> str:
    """Return a bar code if it is a GTIN; codes of other kinds and lengths are passed over.

    :raises CellRefused: when it has a GTIN's length and a wrong check digit, or a spreadsheet has rounded it.
    """
    digits = re.sub(r"[\s'-]", "", text).removesuffix(".0")
    is_rounded = re.fullmatch(r"\d[.,]\d+[eE]\+?\d+", text) is not None
    return read_gtin(text) if is_rounded or re.fullmatch(r"\d{8}|\d{12,14}", digits) else ""


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
