"""What forms of this module offer to choose from, named in the reader's language."""

import functools
from collections.abc import Sequence
from zoneinfo import available_timezones

from babel import Locale
from babel.numbers import list_currencies

from wizamart.i18n import LOCALES, current_locale, language_name

Choices = Sequence[tuple[str, str]]
REGIONS = ("Africa/", "America/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/", "Pacific/")


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
