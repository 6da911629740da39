"""WooCommerce's export of tax rates: its columns, its words for them, and what its tax classes are here.

Headings come in the language of the shop, cells without quotation marks. WooCommerce itself reads such a file by the
places of its ten columns and looks at no heading; so is a file read here whose headings are in yet another language.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from modules.inventory.imports.values import plain_text
from modules.inventory.slugs import slugify
from wizamart.csv_reader import FileRefused, Record
from wizamart.i18n import gettext as _

COLUMNS: Final = (
    "country code", "state code", "postcode / zip", "city", "rate %",
    "tax name", "priority", "compound", "shipping", "tax class",
)  # fmt: skip
NEEDED: Final = ("country code", "rate %", "tax class")
WORDS: Final = {
    "zip/postcode": "postcode / zip",
    "ländercode": "country code",
    "bundesstaaten-code": "state code",
    "plz (postleitzahl)": "postcode / zip",
    "postleitzahl": "postcode / zip",
    "plz": "postcode / zip",
    "stadt": "city",
    "ort": "city",
    "satz %": "rate %",
    "steuername": "tax name",
    "priorität": "priority",
    "zusammengesetzt": "compound",
    "versand": "shipping",
    "lieferung": "shipping",
    "steuerklasse": "tax class",
    "code pays": "country code",
    "code état": "state code",
    "code postal": "postcode / zip",
    "ville": "city",
    "taux %": "rate %",
    "nom tva": "tax name",
    "priorité": "priority",
    "cumulable": "compound",
    "livraison": "shipping",
    "expédition": "shipping",
    "classe de tva": "tax class",
}
HEADINGS: Final = frozenset(COLUMNS) | WORDS.keys()
TAX_CLASSES: Final = {
    "": "standard",
    "standard": "standard",
    "reduced-rate": "reduced",
    "ermaessigter-steuersatz": "reduced",
    "zero-rate": "exempt",
    "steuerfrei": "exempt",
}
_UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
_EVERYWHERE: Final = frozenset({"", "*"})
_FLAGS: Final = frozenset({"", "0", "1"})


@dataclass(frozen=True, slots=True)
class RateRow:
    """One record as it stands there; a place that is empty is everywhere."""

    number: int
    country: str
    part: str
    rate: str
    name: str
    priority: str
    is_compound: bool
    tax_class: str
    problem: str = ""

    @property
    def slug(self) -> str:
        """What WooCommerce knows the class by."""
        return slug_of(self.tax_class)


def slug_of(name: str) -> str:
    """Return what WooCommerce makes of the name of a tax class; it is empty for letters that are not Latin."""
    return slugify(unicodedata.normalize("NFC", name).casefold().translate(_UMLAUTS))


def tax_class_of(name: str) -> str:
    """Return the class that one of WooCommerce is here, by its slug as products have it or its name as rates have it.

    Products and rates of a shop meet in it, so both are read with this. Names without a Latin letter stay what they
    are, which is the code of no class.
    """
    slug = slug_of(name)
    if not slug and name.strip():
        return name
    return TAX_CLASSES.get(slug, slug.replace("-", "_"))


def is_rates(headings: Collection[str]) -> bool:
    """Tell whether these are the headings of tax rates, in a language that is known."""
    return set(NEEDED) <= set(_named(headings))


def _named(headings: Collection[str]) -> list[str]:
    return [WORDS.get(heading, heading) for heading in headings]


def name_columns(headings: Sequence[str], first: Mapping[str, str]) -> list[str]:
    """Return the headings in English; those of no known language by their places, if the first record looks like it.

    `first` holds the cells of that record by the English headings, as if it had WooCommerce's columns.

    :raises FileRefused: when these are no tax rates, or one column is there twice.
    """
    named = _named(headings)
    if is_rates(headings):
        for place, heading in enumerate(named):
            if heading in COLUMNS and heading in named[:place]:
                raise FileRefused(_("The column “%(column)s” is there twice.", column=headings[place]))
        return named
    if len(headings) == len(COLUMNS) and _looks_like_rates(first):
        return list(COLUMNS)
    if len(missing := [heading for heading in NEEDED if heading not in named]) < len(NEEDED):
        raise FileRefused(_("These columns are missing: %(columns)s.", columns=", ".join(missing)))
    shown = ", ".join(heading[:60] or "–" for heading in headings[:12])
    raise FileRefused(
        _(
            "These are not tax rates from WooCommerce. The headings of the file are: %(headings)s.",
            headings=shown,
        )
    )


def _looks_like_rates(cells: Mapping[str, str]) -> bool:
    country = cells.get("country code", "?")
    return (
        (country in _EVERYWHERE or re.fullmatch("[A-Za-z]{2}", country) is not None)
        and re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", cells.get("rate %", "")) is not None
        and re.fullmatch(r"[0-9]*", cells.get("priority", "?")) is not None
        and {cells.get("compound", "?"), cells.get("shipping", "?")} <= _FLAGS
    )


def read_row(record: Record) -> RateRow:
    """Return what a record says; what is wrong with its shape goes along."""
    cells = {heading: plain_text(cell) for heading, cell in record.values.items()}
    country, *places = (
        "" if cell in _EVERYWHERE else cell for cell in (cells.get(n, "") for n in COLUMNS[:4])
    )
    return RateRow(
        number=record.number,
        country=country.upper(),
        part=", ".join(place for place in places if place),
        rate=cells.get("rate %", ""),
        name=cells.get("tax name", ""),
        priority=cells.get("priority", "") or "1",
        is_compound=cells.get("compound", "") not in {"", "0"},
        tax_class=cells.get("tax class", ""),
        problem=record.problem,
    )
