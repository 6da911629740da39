"""Dates and amounts as banks write them for people: 04.05.2026, 1.234,56, 12,50-, (12.50), 30,00 S."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Final

from babel.numbers import get_currency_precision

from modules.payments.statements.records import Unreadable, checked_day, read_amount
from wizamart.i18n import gettext as _
from wizamart.money import Money

_PARTS: Final = re.compile(r"(\d{1,2})[./\- ](\d{1,2})[./\- ](\d{4}|\d{2})")
_YEAR_FIRST: Final = re.compile(r"(\d{4})[./\-]?(\d{2})[./\-]?(\d{2})")
_AMOUNT: Final = re.compile(r"\d+(?:[.,]\d+)*|[.,]\d+")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f'’]")
_OUT: Final = frozenset(
    {"s", "d", "dr", "dbit", "debit", "soll", "débit", "out", "af", "belastung", "lastschrift"}
)
_IN: Final = frozenset({"h", "c", "cr", "crdt", "credit", "haben", "crédit", "in", "bij", "gutschrift"})
FIRST_MONTH: Final = 12
CENTURY: Final = 2000


def is_month_first(samples: Iterable[str]) -> bool:
    """Tell whether a file writes the month before the day: only if no date says otherwise and one says so."""
    parts = [match for text in samples if (match := _PARTS.match(text.strip()))]
    if any(int(match[1]) > FIRST_MONTH for match in parts):
        return False
    return any(int(match[2]) > FIRST_MONTH for match in parts)


def read_day(text: str, *, month_first: bool = False) -> dt.date:
    """Return a date; what follows it, such as a time, does not matter.

    :raises Unreadable: when it is none.
    """
    stripped = text.strip()
    try:
        if found := _YEAR_FIRST.match(stripped):
            return checked_day(dt.date(int(found[1]), int(found[2]), int(found[3])))
        if found := _PARTS.match(stripped):
            day, month = (2, 1) if month_first else (1, 2)
            year = int(found[3]) + (CENTURY if len(found[3]) == len("26") else 0)
            return checked_day(dt.date(year, int(found[month]), int(found[day])))
    except ValueError as error:
        if isinstance(error, Unreadable):
            raise
    raise Unreadable(_("“%(text)s” is no date.", text=text[:40]))


def read_number(text: str, currency: str) -> Money:
    """Return an amount with the sign that is written before or behind it, in a bracket or as a letter.

    :raises Unreadable: when it is none.
    """
    bare = _SPACES.sub("", text).replace("\u2212", "-").replace("\u2013", "-")
    found = _AMOUNT.search(bare)
    rest = (bare[: found.start()] + "|" + bare[found.end() :]) if found else ""
    letters = re.sub(r"[^a-zé]", "", rest.casefold().replace(currency.casefold(), ""))
    marks = re.sub(r"[A-Za-zé€$£.|]", "", rest)
    if found is None or letters not in {"", *_OUT, *_IN} or marks not in {"", "-", "+", "()"}:
        raise Unreadable(_("“%(text)s” is no amount.", text=text[:40]))
    amount = read_amount(_with_point(found[0], currency), currency)
    return -amount if marks in {"-", "()"} or letters in _OUT else amount


def direction(text: str) -> int | None:
    """Return 1 for money that came in, -1 for money that went out, None for what says neither."""
    word = text.strip().casefold().rstrip(".")
    if word in _OUT or word == "-":
        return -1
    return 1 if word in _IN or word == "+" else None


def _with_point(digits: str, currency: str) -> str:
    """Return a number with its decimal separator as a point and without those between thousands."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits
    separator, fraction = digits[last], digits[last + 1 :]
    is_single = digits.count(separator) == 1
    has_other = ("," if separator == "." else ".") in digits
    is_thousands = not is_single or (
        len(fraction) == len("000") and not has_other and get_currency_precision(currency) != len(fraction)
    )
    if is_thousands:
        if any(len(group) != len("000") for group in re.split(r"[.,]", digits)[1:]):
            raise Unreadable(_("“%(text)s” is no amount.", text=digits[:40]))
        return re.sub(r"[.,]", "", digits)
    return f"{re.sub(r'[.,]', '', digits[:last])}.{fraction}"
