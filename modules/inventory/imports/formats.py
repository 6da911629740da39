"""The formats that are known, found from the headings of a file."""

from typing import Final

from modules.inventory.imports import google, own, shopify, spree, woocommerce
from modules.inventory.imports.adapter import Format
from wizamart.i18n import gettext as _

# In the order in which they are tried.
FORMATS: Final = (
    own.FORMAT,
    woocommerce.FORMAT,
    shopify.OLD_FORMAT,
    shopify.NEW_FORMAT,
    spree.FORMAT,
    google.FORMAT,
)


def known_headings() -> frozenset[str]:
    """Return the headings by which delimiters are told apart."""
    return frozenset().union(*(known.required | known.any_of for known in FORMATS))


def detect(headings: list[str]) -> tuple[Format | None, str]:
    """Return the format that headings belong to, or None and the reason why none does, for people."""
    best: tuple[float, str, list[str]] | None = None
    for candidate in FORMATS:
        present = {candidate.clean(heading) for heading in headings}
        missing = sorted(candidate.required - present)
        if not missing and (not candidate.any_of or candidate.any_of & present):
            return candidate, ""
        share = 1 - len(missing) / len(candidate.required)
        if missing and (best is None or share > best[0]):
            best = (share, candidate.name, missing)
    shown = ", ".join(heading or "–" for heading in headings[:12])
    if best is None or best[0] <= 1 / 2:
        return None, _("This is no catalogue that we know. Its headings are: %(headings)s.", headings=shown)
    return None, _(
        "This looks like a file of %(format)s, but these columns are missing: %(columns)s.",
        format=best[1],
        columns=", ".join(best[2]),
    )
