"""What a line of a file says of a customer, and what that changes: values in, values out."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, Final

from babel import Locale

from modules.customers.schemas.customer import MOST_TAGS, AddressForm, CustomerForm
from modules.customers.schemas.import_columns import ImportField as F
from wizamart.countries import country_codes
from wizamart.i18n import LOCALES, gettext as _
from wizamart.imports import LineRefused
from wizamart.module_system.config_errors import validate

YES: Final = frozenset({"yes", "true", "1", "y", "x", "oui", "vrai", "ja", "jo", "wahr", "subscribed", "on"})
NO: Final = frozenset(
    {
        "",
        "no",
        "false",
        "0",
        "n",
        "non",
        "faux",
        "nein",
        "nee",
        "falsch",
        "unsubscribed",
        "not_subscribed",
        "off",
    }
)
FORMULA_STARTS: Final = ("=", "+", "-", "@")
ADDRESS: Final = (F.LINE1, F.POSTAL_CODE, F.CITY, F.COUNTRY)


@dataclass(slots=True)
class Draft:
    """What one line says; empty and None mean that it says nothing of it. `remarks` are for people."""

    email: str
    name: str = ""
    phone: str = ""
    locale: str | None = None
    consents: bool = False
    tags: list[str] = field(default_factory=list)
    address: dict[str, str] | None = None
    country: str | None = None
    note: str = ""
    remarks: list[str] = field(default_factory=list)

    def as_values(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)

    def as_form(self) -> CustomerForm:
        """Return the form of a customer who is new; consent is a matter of its own."""
        return CustomerForm(
            name=self.name or self.email[:120],
            email=self.email,
            phone=self.phone,
            locale=self.locale,
            tags=self.tags[:MOST_TAGS],
            addresses=[AddressForm.model_validate(self.address)] if self.address else [],
        )


def read_line(values: Mapping[str, str]) -> Draft:
    """Read a line, given by field.

    :raises LineRefused: with the reason.
    """
    cells = {key: _plain(text) for key, text in values.items()}
    email = cells.get(F.EMAIL, "").lower()
    if not email:
        raise LineRefused(_("The line has no e-mail address."))
    draft = Draft(
        email=email,
        name=_name(cells),
        phone=cells.get(F.PHONE, ""),
        consents=_read_consent(cells.get(F.CONSENT, "")),
        tags=_read_tags(cells.get(F.TAGS, "")),
        note=cells.get(F.NOTE, "")[:4000],
    )
    language = cells.get(F.LANGUAGE, "")[:2].lower()
    draft.locale = language if language in LOCALES else None
    draft.country = _read_country(cells.get(F.COUNTRY, ""))
    _read_address(draft, cells)
    _check(draft)
    return draft


def _plain(text: str) -> str:
    """Take off the apostrophe that exports put before what a spreadsheet would run."""
    text = text.strip()
    is_guarded = text[:1] == "'" and (text[1:2] in FORMULA_STARTS or text[1:].isdigit())
    return text[1:].strip() if is_guarded else text


def _name(cells: Mapping[str, str]) -> str:
    name = cells.get(F.NAME, "") or f"{cells.get(F.FIRST_NAME, '')} {cells.get(F.LAST_NAME, '')}"
    return " ".join(name.split()) or cells.get(F.COMPANY, "")


def _read_consent(text: str) -> bool:
    word = text.casefold()
    if word in YES:
        return True
    if word in NO:
        return False
    raise LineRefused(_("“%(text)s” does not say whether the person agreed to news.", text=text[:40]))


def _read_tags(text: str) -> list[str]:
    tags = [" ".join(tag.split())[:40] for tag in re.split(r"[,;|\n]", text)]
    return list({tag.casefold(): tag for tag in reversed(tags) if tag}.values())[::-1]


@cache
def _countries() -> dict[str, str]:
    """Return the codes of countries by their code and by their names in our languages."""
    found = {code.casefold(): code for code in country_codes()}
    for locale in LOCALES:
        names = Locale.parse(locale).territories
        found |= {str(names[code]).casefold(): code for code in country_codes() if code in names}
    return found


def _read_country(text: str) -> str | None:
    if not text:
        return None
    code = _countries().get(text.casefold())
    if code is None:
        raise LineRefused(_("“%(text)s” is no country.", text=text[:40]))
    return code


def _read_address(draft: Draft, cells: Mapping[str, str]) -> None:
    """Take the address over if it is whole; half an address is told, and reaches nobody."""
    given = {name: cells.get(name, "") for name in ADDRESS}
    if not any(given[name] for name in (F.LINE1, F.POSTAL_CODE, F.CITY)):
        return
    missing = [str(name.label) for name in ADDRESS if not given[name]]
    if missing:
        draft.remarks.append(
            _("The address is left out, since it lacks: %(fields)s.", fields=", ".join(missing))
        )
        return
    draft.address = {name.value: cells.get(name, "") for name in (F.COMPANY, F.LINE1, F.LINE2, *ADDRESS[1:])}
    draft.address["country"] = draft.country or ""


def _check(draft: Draft) -> None:
    """Hold the line against what the form asks.

    :raises LineRefused: with what is wrong.
    """
    sent: dict[str, Any] = {
        "name": draft.name or draft.email[:120],
        "email": draft.email,
        "phone": draft.phone,
        "tags": draft.tags,
        "addresses": [draft.address] if draft.address else [],
    }
    _form, errors = validate(CustomerForm, sent)
    if errors:
        raise LineRefused(
            " ".join(f"{_field_label(name)}: {' '.join(texts)}" for name, texts in sorted(errors.items()))
        )


def _field_label(path: str) -> str:
    name = next((part for part in reversed(path.split(".")) if not part.isdigit()), path)
    return str(F(name).label) if name in set(F) else name
