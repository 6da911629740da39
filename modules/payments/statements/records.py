"""What a bank statement says, whichever file it came in."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from babel.numbers import get_currency_precision

from wizamart.i18n import gettext as _
from wizamart.money import Money

LARGEST_MINOR: Final = 10**15
EARLIEST: Final = dt.date(1990, 1, 1)
LATEST: Final = dt.date(2100, 1, 1)


class Unreadable(ValueError):
    """A value in a file means nothing; the text is for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Section:
    """One statement in a file: whose account, which period, from which balance to which."""

    identification: str = ""
    iban: str = ""
    currency: str = ""
    opening: Money | None = None
    closing: Money | None = None
    from_on: dt.date | None = None
    until_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class ParsedEntry:
    """Money that came in (positive) or went out (negative); `line` is its number or line in the file."""

    line: int
    booked_on: dt.date
    amount: Money
    value_on: dt.date | None = None
    bank_reference: str = ""
    end_to_end_id: str = ""
    name: str = ""
    iban: str = ""
    bic: str = ""
    reference: str = ""
    text: str = ""
    code: str = ""
    is_return: bool = False
    return_reason: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What could not be read, and why; the rest of the file can be."""

    line: int
    text: str


Item = Section | ParsedEntry | Fault


def read_amount(text: str, currency: str) -> Money:
    """Return an amount written with a decimal point and nothing else.

    :raises Unreadable: when it is none, has a fraction of a minor unit, or is larger than any that is moved.
    """
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise Unreadable(_("“%(text)s” is no currency.", text=currency[:20]))
    try:
        minor = Decimal(text.strip()).scaleb(get_currency_precision(currency))
        is_whole = minor == minor.to_integral_value()
    except InvalidOperation:
        raise Unreadable(_("“%(text)s” is no amount.", text=text[:40])) from None
    if not minor.is_finite() or not is_whole:
        raise Unreadable(_("“%(text)s” is no amount.", text=text[:40]))
    if abs(minor) > LARGEST_MINOR:
        raise Unreadable(_("The amount %(text)s is too large.", text=text[:40]))
    return Money(int(minor), currency)


def checked_day(day: dt.date) -> dt.date:
    """Return a day on which a bank may have booked something.

    :raises Unreadable: otherwise.
    """
    if not EARLIEST <= day < LATEST:
        raise Unreadable(_("The date %(date)s cannot be right.", date=day.isoformat()))
    return day


def tidy(text: str | None, size: int) -> str:
    """Return a text on one line, without what no database takes, cut to a size."""
    return " ".join((text or "").replace("\x00", "").split())[:size]


def plain_iban(text: str) -> str:
    """Return an account's number without spaces, as it is compared."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())
