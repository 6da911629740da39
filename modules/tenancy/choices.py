"""What forms of this module offer to choose from, named in the reader's language."""

import functools
from collections.abc import Sequence
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import list_currencies

from wizamart.i18n import LOCALES, current_locale, language_name

Choices = Sequence[tuple[str, str]]
REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")
NO_COUNTRIES = frozenset({"ZZ", "EU", "EZ", "UN", "XA", "XB", "QO"})


def countries() -> Choices:
    """Return the countries by name."""
    territories = _locale().territories
    codes = (str(code) for code in territories if str(code).isalpha() and code not in NO_COUNTRIES)
    return sorted(((code, territories[code]) for code in codes), key=lambda choice: choice[1])


def country_name(code: str) -> str:
    """Return a country's name."""
    name: str = _locale().territories.get(code, code)
    return name


def currencies() -> Choices:
    """Return the currencies in use, by code."""
    names = _locale().currencies
    return [
        (code, f"{code} – {names.get(code, code)}") for code in sorted(list_currencies()) if code in names
    ]


@functools.cache  # their names are read from a folder of files
def time_zones() -> Choices:
    """Return the time zones that are named after places."""
    places = sorted(zone for zone in available_timezones() if zone.startswith(REGIONS))
    return [("UTC", "UTC"), *((zone, zone.replace("_", " ")) for zone in places)]


def languages() -> Choices:
    """Return the languages that the installation speaks, in their own names."""
    return [(code, language_name(code)) for code in LOCALES]


def _locale() -> Locale:
    return Locale.parse(current_locale())
