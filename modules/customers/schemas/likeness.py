"""By what two customers may be found to be one person: mailbox, phone, name and place, each without its spelling."""

import enum
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from wizamart.i18n import LazyText, lazy_gettext as _

FEWEST_DIGITS: Final = 6
TELLING_DIGITS: Final = 9
# Mail to these goes to one mailbox, dots or not, as their provider says.
_DOTLESS: Final = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


class Likeness(enum.StrEnum):
    """What two customers have in common, the most telling first."""

    EMAIL = "email"
    PHONE = "phone"
    PLACE = "place"

    @property
    def label(self) -> LazyText:
        """The likeness in words."""
        return _LABELS[self]


_LABELS = {
    Likeness.EMAIL: _("Same mailbox"),
    Likeness.PHONE: _("Same phone"),
    Likeness.PLACE: _("Same name and postal code"),
}


def email_key(email: str) -> str:
    """Return the mailbox of an address: without what stands after a plus sign, at Gmail without dots."""
    local, _at, domain = email.strip().casefold().rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), _DOTLESS[domain]
    return f"{local}@{domain}" if local else ""


def phone_key(phone: str) -> str:
    """Return the end of a number, which is the same with and without the country's code; empty if it is too short."""
    digits = re.sub(r"\D", "", phone)
    return digits[-TELLING_DIGITS:] if len(digits) >= FEWEST_DIGITS else ""


def place_key(name: str, postal_code: str) -> str:
    """Return name and postal code without accents, case and order of the words; empty without either."""
    words = sorted(_plain(name).split())
    place = re.sub(r"[\s-]", "", re.sub(r"^[A-Za-z]{1,2}-(?=\d)", "", postal_code.strip())).casefold()
    return f"{' '.join(words)}|{place}"[:260] if words and place else ""


def keys_of(
    *, email: str | None, phone: str, name: str, postal_codes: Iterable[str]
) -> set[tuple[Likeness, str]]:
    """Return the pairs of kind and key by which a customer may be found again."""
    found = {(Likeness.EMAIL, email_key(email or "")), (Likeness.PHONE, phone_key(phone))}
    found |= {(Likeness.PLACE, place_key(name, code)) for code in postal_codes}
    return {(kind, key) for kind, key in found if key}


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    return re.sub(r"[^\w\s]", " ", letters)
