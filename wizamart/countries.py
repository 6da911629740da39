"""Countries in the reader's language."""

from functools import cache
from typing import Final

from babel import Locale

from wizamart.i18n import current_locale

ALPHA_2: Final = 2
# Codes that CLDR names but that are no country's. XK (Kosovo) is not assigned by ISO 3166, but what everybody writes.
_NO_COUNTRIES: Final = frozenset({"EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"})


@cache
def country_codes() -> frozenset[str]:
    """Return the codes of all countries, read from CLDR when first asked for."""
    return frozenset(
        str(code)
        for code in Locale("en").territories
        if len(str(code)) == ALPHA_2 and str(code).isalpha() and code not in _NO_COUNTRIES
    )


def country_name(code: str | None) -> str:
    """Return the name of a country, or the code where there is none."""
    return str(Locale.parse(current_locale()).territories.get(code or "", code or ""))


def country_choices() -> list[tuple[str, str]]:
    """Return all countries by name, for a select."""
    names = Locale.parse(current_locale()).territories
    return sorted(((code, str(names.get(code, code))) for code in country_codes()), key=lambda pair: pair[1])
