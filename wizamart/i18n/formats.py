"""Money, numbers and times, written the way the reader's locale writes them, in the reader's time zone."""

import datetime as dt
from decimal import Decimal

from babel import dates, numbers

from wizamart import clock
from wizamart.i18n.selection import current_locale, current_time_zone


def format_money(minor: int, currency: str) -> str:
    """Write an amount given in the currency's minor units: `format_money(1999, "EUR")`."""
    precision = numbers.get_currency_precision(currency)
    amount = Decimal(minor).scaleb(-precision)
    return numbers.format_currency(amount, currency, locale=current_locale())


def format_number(number: float | Decimal) -> str:
    """Write a number, all its decimals kept."""
    return numbers.format_decimal(number, locale=current_locale(), decimal_quantization=False)


def format_percent(number: float | Decimal) -> str:
    """Write a share: 0.175 is 17.5 %."""
    return numbers.format_percent(number, locale=current_locale(), decimal_quantization=False)


def format_datetime(value: dt.datetime, length: str = "short") -> str:
    """Write an aware time in the reader's time zone; `length` may also be a pattern of Babel's.

    `short` is a day as pages write days, with hours and minutes, so that the two never differ within a page; `medium`
    tells seconds.
    """
    if length == "short":
        pattern = dates.get_datetime_format("medium", _dating_locale())
        return str(pattern).format(format_time(value), format_date(value))
    return dates.format_datetime(value, length, tzinfo=current_time_zone(), locale=_dating_locale())


def format_date(value: dt.date | dt.datetime, length: str = "medium") -> str:
    """Write a day; of an aware time, the day it is where the reader is."""
    if isinstance(value, dt.datetime):
        value = value.astimezone(current_time_zone()).date()
    return dates.format_date(value, length, locale=_dating_locale())


def format_time(value: dt.datetime, length: str = "short") -> str:
    """Write the time of day in the reader's time zone."""
    return dates.format_time(value, length, tzinfo=current_time_zone(), locale=_dating_locale())


def format_relative(value: dt.datetime, *, now: dt.datetime | None = None) -> str:
    """Write how long ago, or in how long: "3 hours ago"."""
    return dates.format_timedelta(value - (now or clock.now()), add_direction=True, locale=current_locale())


def _dating_locale() -> str:
    """Return the locale of days and hours; English of Europe writes the day before the month, and 24 hours."""
    locale = str(current_locale())
    return "en_GB" if locale == "en" else locale
