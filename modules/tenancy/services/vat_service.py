"""VAT numbers: their form and check digits; whether a number is registered is the business of VIES, not ours."""

from typing import Final

from stdnum import get_cc_module
from stdnum.eu import vat as eu_vat
from stdnum.exceptions import ValidationError

from modules.tenancy.exceptions import VatNumberInvalid, VatNumberOfOtherCountry

# Greece and Northern Ireland use other prefixes than their ISO 3166 codes (Council Directive 2006/112/EC, art. 215).
COUNTRY_OF_PREFIX: Final = {"EL": "GR", "XI": "GB"}
PREFIX_LENGTH: Final = 2
SHORTEST: Final = 4


def check_vat_number(text: str, *, country: str) -> str:
    """Return a VAT number as it is stored: capitals, no spaces, with the country before it where it has one.

    :raises VatNumberInvalid, VatNumberOfOtherCountry: at the field `vat_number`.
    """
    compact = "".join(character for character in text.upper() if character.isalnum())
    prefix = compact[:PREFIX_LENGTH]
    if prefix.lower() in eu_vat.MEMBER_STATES or prefix in COUNTRY_OF_PREFIX:
        if COUNTRY_OF_PREFIX.get(prefix, prefix) != country:
            raise VatNumberOfOtherCountry
        return _checked(eu_vat, compact)
    if country.lower() in eu_vat.MEMBER_STATES:
        return _checked(eu_vat, f"{_prefix_of(country)}{compact}")
    national = get_cc_module(country.lower(), "vat")
    if national is not None:
        return _checked(national, compact)
    if len(compact) < SHORTEST:
        raise VatNumberInvalid
    return compact


def _prefix_of(country: str) -> str:
    return next((prefix for prefix, code in COUNTRY_OF_PREFIX.items() if code == country), country)


def _checked(module: object, number: str) -> str:
    try:
        valid: str = module.validate(number)  # type: ignore[attr-defined]
    except ValidationError as error:
        raise VatNumberInvalid from error
    return valid
