"""Rules of segments: what a module provides through `customers.segment_rule`, and what somebody chose of it.

A provider is called without arguments and returns a list of `SegmentRule`. Its `select` builds the statement of the
ids of the customers for whom the rule holds; the session is scoped already, in a vendor's portal to the vendor.
"""

import datetime as dt
import enum
from collections.abc import Callable
from decimal import Decimal, DecimalException
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel.numbers import get_currency_precision

from wizamart.countries import country_codes
from wizamart.i18n import LazyText, gettext as _, lazy_pgettext

TAG_RULE: Final = "customers.tag"
MOST_RULES: Final = 20
LONGEST_NUMBER: Final = 9
Value = str | int | None


class ValueKind(enum.StrEnum):
    """What a rule is asked with."""

    NOTHING = "nothing"
    COUNTRY = "country"
    TAG = "tag"
    VENDOR = "vendor"
    LANGUAGE = "language"
    DAY = "day"
    NUMBER = "number"
    MONEY = "money"


class Match(enum.StrEnum):
    """How the rules of a segment are combined."""

    ALL = "all"
    ANY = "any"

    @property
    def label(self) -> LazyText:
        """The combination in words."""
        return _MATCHES[self]


_MATCHES = {
    Match.ALL: lazy_pgettext("segment", "All rules hold"),
    Match.ANY: lazy_pgettext("segment", "At least one rule holds"),
}


class RuleContext(NamedTuple):
    """For whom and when a rule is asked; days begin in `zone`."""

    platform_id: int
    vendor_id: int | None
    currency: str
    now: dt.datetime
    zone: ZoneInfo

    def midnight(self, day: str) -> dt.datetime:
        """Return the beginning of a day that is written as ISO 8601 has it."""
        return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(), tzinfo=self.zone)

    def days_ago(self, days: int) -> dt.datetime:
        """Return the moment so many days ago, which is never before our era."""
        past = dt.timedelta(days=days)
        first = dt.datetime(1, 1, 2, tzinfo=dt.UTC)
        return self.now - past if past < self.now - first else first


class SegmentRule(NamedTuple):
    """One thing that can be asked of customers; `code` begins with its module's and a dot, money is minor units."""

    code: str
    label: str | LazyText
    kind: ValueKind
    select: Callable[[RuleContext, Any], sa.Select[Any]]
    is_for_vendors: bool = True


class Choice(NamedTuple):
    """A rule as somebody has put it into a segment; with `is_without` it must not hold."""

    code: str
    value: Value = None
    is_without: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as the segment keeps it."""
        return {"code": self.code, "value": self.value, "is_without": self.is_without}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Choice":
        """Return what a segment keeps."""
        return cls(stored["code"], stored.get("value"), bool(stored.get("is_without")))


def read_value(kind: ValueKind, text: str, *, currency: str) -> Value:
    """Return what was typed as the rule takes it.

    :raises ValueError: with the reason for people.
    """
    text = text.strip()
    if kind is ValueKind.NOTHING:
        return None
    if not text:
        raise ValueError(_("This is missing."))
    if kind is ValueKind.DAY:
        return _read_day(text)
    if kind in {ValueKind.NUMBER, ValueKind.VENDOR}:
        if not (text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER):
            raise ValueError(_("Write a whole number."))
        return int(text)
    if kind is ValueKind.MONEY:
        return _read_money(text, currency)
    if kind is ValueKind.COUNTRY and text not in country_codes():
        raise ValueError(_("Choose one of the options."))
    return text[:40]


def write_value(kind: ValueKind, value: Value, *, currency: str) -> str:
    """Return a value as its input shows it."""
    if kind is ValueKind.MONEY and isinstance(value, int):
        precision = get_currency_precision(currency)
        return f"{Decimal(value).scaleb(-precision):.{precision}f}"
    return "" if value is None else str(value)


def _read_day(text: str) -> str:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = dt.date.min
    if not 1900 < day.year < dt.MAXYEAR:  # noqa: PLR2004 - nobody bought here before
        raise ValueError(_("Write a day, as in 2026-03-31."))
    return day.isoformat()


def _read_money(text: str, currency: str) -> int:
    plain = "".join(text.split()).replace("\u00a0", "")
    if plain.count(",") == 1 and "." not in plain:
        plain = plain.replace(",", ".")
    try:
        amount = Decimal(plain).scaleb(get_currency_precision(currency))
        minor = int(amount)
    except (DecimalException, ValueError, OverflowError):
        minor, amount = -1, Decimal(0)
    if minor != amount or not 0 <= minor < 10**15:
        raise ValueError(_("Write an amount, as in 12.50."))
    return minor
