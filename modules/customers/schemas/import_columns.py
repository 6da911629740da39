"""Which column of a file fills which field, found from the headings: our own export, Shopify, Spree, and their like."""

import enum
from collections.abc import Sequence
from functools import cache
from typing import Final

from wizamart.csv_reader import clean_heading
from wizamart.i18n import LOCALES, LazyText, force_locale, lazy_gettext as _


class ImportField(enum.StrEnum):
    """What a column can fill."""

    EMAIL = "email"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    PHONE = "phone"
    CONSENT = "consent"
    TAGS = "tags"
    LANGUAGE = "language"
    COMPANY = "company"
    LINE1 = "line1"
    LINE2 = "line2"
    POSTAL_CODE = "postal_code"
    CITY = "city"
    COUNTRY = "country"
    NOTE = "note"

    @property
    def label(self) -> LazyText:
        """The field in words; our own export has these as headings."""
        return _LABELS[self]


_LABELS: Final = {
    ImportField.EMAIL: _("E-mail address"),
    ImportField.NAME: _("Name"),
    ImportField.FIRST_NAME: _("First name"),
    ImportField.LAST_NAME: _("Last name"),
    ImportField.PHONE: _("Phone"),
    ImportField.CONSENT: _("News by e-mail"),
    ImportField.TAGS: _("Tags"),
    ImportField.LANGUAGE: _("Language"),
    ImportField.COMPANY: _("Company"),
    ImportField.LINE1: _("Street and number"),
    ImportField.LINE2: _("Address supplement"),
    ImportField.POSTAL_CODE: _("Postal code"),
    ImportField.CITY: _("City"),
    ImportField.COUNTRY: _("Country"),
    ImportField.NOTE: _("Note"),
}
# Headings of others, as `clean_heading` writes them, the better ones first: the first that a file has fills the field.
_OTHERS: Final[dict[ImportField, tuple[str, ...]]] = {
    ImportField.EMAIL: (
        "email",
        "e-mail",
        "email address",
        "customer email",
        "mail",
        "courriel",
        "user_email",
        "billing email",
        "billing_email",
    ),
    ImportField.NAME: ("full name", "customer name", "display name", "display_name", "nom complet"),
    ImportField.FIRST_NAME: (
        "first name",
        "first_name",
        "firstname",
        "given name",
        "billing first name",
        "billing_first_name",
        "prénom",
        "vorname",
        "virnumm",
    ),
    ImportField.LAST_NAME: (
        "last name",
        "last_name",
        "lastname",
        "surname",
        "family name",
        "billing last name",
        "billing_last_name",
        "nom de famille",
        "nachname",
        "familljennumm",
    ),
    ImportField.PHONE: (
        "phone number",
        "telephone",
        "téléphone",
        "telefon",
        "mobile",
        "default address phone",
        "billing phone",
        "billing_phone",
    ),
    ImportField.CONSENT: (
        "accepts email marketing",
        "accepts_email_marketing",
        "accepts marketing",
        "accepts_marketing",
        "newsletter",
        "marketing consent",
        "email marketing consent",
        "opt-in",
        "opt_in",
    ),
    ImportField.TAGS: ("tag", "labels", "groups", "étiquettes", "schlagwörter"),
    ImportField.LANGUAGE: ("locale", "langue", "sprache", "sprooch"),
    ImportField.COMPANY: (
        "default address company",
        "organisation",
        "organization",
        "billing_company",
        "firma",
    ),
    ImportField.LINE1: (
        "default address address1",
        "address1",
        "address 1",
        "address line 1",
        "address",
        "street",
        "adresse",
        "rue",
        "straße",
        "strasse",
        "strooss",
        "billing_address_1",
    ),
    ImportField.LINE2: (
        "default address address2",
        "address2",
        "address 2",
        "address line 2",
        "billing_address_2",
    ),
    ImportField.POSTAL_CODE: (
        "default address zip",
        "zip",
        "zip code",
        "zipcode",
        "postcode",
        "postal_code",
        "plz",
        "postleitzahl",
        "billing_postcode",
    ),
    ImportField.CITY: ("default address city", "town", "ville", "ort", "stadt", "billing_city"),
    ImportField.COUNTRY: (
        "default address country code",
        "country code",
        "country_code",
        "country_iso",
        "pays",
        "land",
        "billing_country",
        "default address country",
    ),
    ImportField.NOTE: ("notes", "customer note", "comment", "remarque", "bemerkung"),
}


def _headings() -> dict[str, tuple[ImportField, int]]:
    """Return each heading that is known with its field and rank: ours in every language, then those of others."""
    with force_locale(LOCALES[-1]):
        return _collect(str(ImportField.NAME.label))


@cache
def _collect(_translated: str, /) -> dict[str, tuple[ImportField, int]]:
    """Return them by heading; once in an application, whose catalogues are loaded, and once outside of one."""
    found: dict[str, tuple[ImportField, int]] = {}
    for locale in LOCALES:
        with force_locale(locale):
            for field in ImportField:
                found.setdefault(clean_heading(str(field.label)), (field, 0))
    for field, others in _OTHERS.items():
        for rank, heading in enumerate((field.value, *others), start=1):
            found.setdefault(heading, (field, rank))
    return found


def known_headings() -> frozenset[str]:
    """Return all headings that say what their column is."""
    return frozenset(_headings())


def detect_columns(headings: Sequence[str]) -> list[ImportField | None]:
    """Return the field that each column fills; of two for one field the better named, or the first."""
    known = _headings()
    best: dict[ImportField, tuple[int, int]] = {}
    for position, heading in enumerate(headings):
        field, rank = known.get(heading, (None, 0))
        if field is not None and (field not in best or rank < best[field][0]):
            best[field] = (rank, position)
    if ImportField.FIRST_NAME in best and ImportField.LAST_NAME not in best and ImportField.NAME in best:
        best[ImportField.LAST_NAME] = best.pop(ImportField.NAME)  # "Vorname, Name", "Prénom, Nom"
    columns: list[ImportField | None] = [None] * len(headings)
    for field, (_rank, position) in best.items():
        columns[position] = field
    return columns
