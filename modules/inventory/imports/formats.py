"""The formats that are known, found from the headings of a file."""

from typing import Final

from modules.inventory.imports import google, gtin_list, own, shopify, spree, texts, woocommerce
from modules.inventory.imports.adapter import Format
from modules.inventory.imports.woocommerce_headings import TRANSLATED
from modules.inventory.imports.woocommerce_taxes import is_rates
from wizamart.csv_reader import FileRefused
from wizamart.i18n import gettext as _

# In the order in which they are tried.
FORMATS: Final = (
    own.FORMAT,
    woocommerce.FORMAT,
    shopify.OLD_FORMAT,
    shopify.NEW_FORMAT,
    spree.FORMAT,
    google.FORMAT,
    texts.FORMAT,
    gtin_list.OPEN_FOOD_FACTS,
    gtin_list.FORMAT,
)


def known_headings() -> frozenset[str]:
    """Return the headings by which delimiters are told apart."""
    return frozenset(TRANSLATED).union(
        *(known.required | known.any_of | known.aliases.keys() for known in FORMATS)
    )


def get_format(code: str) -> Format:
    """Return the format with this code."""
    return next(known for known in FORMATS if known.code == code)


def detect(headings: list[str]) -> tuple[str, list[str]]:
    """Return the code of the format that headings belong to, and the headings in its words.

    :raises FileRefused: when they are no format's, or one stands there twice.
    """
    best: tuple[float, str, list[str]] | None = None
    for candidate in FORMATS:
        present = candidate.name_columns(headings)
        missing = sorted(candidate.required - set(present))
        if not candidate.none_of.isdisjoint(present):
            continue
        if not missing and (not candidate.any_of or not candidate.any_of.isdisjoint(present)):
            _refuse_repeated(candidate, present, headings)
            return candidate.code, present
        share = 1 - len(missing) / len(candidate.required)
        if missing and (best is None or share > best[0]):
            best = (share, candidate.name, missing)
    if is_rates(headings):
        raise FileRefused(
            _(
                "These are tax rates from WooCommerce, not products. An admin of the platform can read them in on the "
                "page “VAT rates” of the catalogue."
            )
        )
    if best is None or best[0] <= 1 / 2:
        shown = ", ".join(heading[:60] or "–" for heading in headings[:12])
        raise FileRefused(
            _("This is no catalogue that we know. Its headings are: %(headings)s.", headings=shown)
        )
    raise FileRefused(
        _(
            "This looks like a file of %(format)s, but these columns are missing: %(columns)s.",
            format=_(best[1]),
            columns=", ".join(best[2]),
        )
    )


def _refuse_repeated(known: Format, present: list[str], headings: list[str]) -> None:
    for heading in (known.required | known.any_of | known.reads) - known.repeated:
        if present.count(heading) > 1:
            shown = headings[present.index(heading)]
            raise FileRefused(_("The column “%(column)s” is there twice.", column=shown))
