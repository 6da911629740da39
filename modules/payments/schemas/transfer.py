"""What is entered for bank statements and for transfers to make."""

from pydantic import Field, field_validator

from modules.payments.gateways.bank_transfer import checked_bic, checked_iban
from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class RecipientForm(Schema):
    """Who gets a refund."""

    name: str = Field(title=_("Account holder"), min_length=1, max_length=70)
    iban: str = Field(title=_("IBAN"), max_length=42)
    bic: str = Field("", title=_("BIC"), max_length=11)

    @field_validator("iban")
    @classmethod
    def _is_iban(cls, value: str) -> str:
        return checked_iban(value)

    @field_validator("bic")
    @classmethod
    def _is_bic(cls, value: str) -> str:
        return checked_bic(value)


class SetAsideForm(Schema):
    """Why an entry pays nothing here."""

    reason: str = Field(title=_("Reason"), min_length=1, max_length=200)
