"""The settings of billing on a platform."""

from pydantic import Field, field_validator

from modules.billing.schemas.vat import VatRate, luxembourg_rates
from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class BillingConfig(Schema):
    """What an admin may set."""

    trial_days: int = Field(14, title=_("Days of trial"), ge=0, le=365)
    unsubscribed_tier: str = Field(
        "",
        title=_("Tier without a subscription"),
        description=_(
            "Vendors without a subscription may use what the tier with this code includes. Empty: everything is open"
            " to those who never subscribed."
        ),
        pattern=r"^[a-z0-9-]*$",
        max_length=40,
    )
    invoice_prefix: str = Field(
        "INV",
        title=_("Prefix of invoice numbers"),
        description=_("Numbers read prefix, year, number: INV-2026-00001. They have no gaps."),
        pattern=r"^[A-Z0-9]{1,10}$",
    )
    credit_note_prefix: str = Field("CN", title=_("Prefix of credit notes"), pattern=r"^[A-Z0-9]{1,10}$")
    due_days: int = Field(14, title=_("Days until an invoice is due"), ge=0, le=120)
    seller_name: str = Field("", title=_("Seller: name"), max_length=200, json_schema_extra={"needed": True})
    seller_street: str = Field("", title=_("Seller: street"), max_length=200)
    seller_postal_code: str = Field("", title=_("Seller: postal code"), max_length=20)
    seller_city: str = Field("", title=_("Seller: city"), max_length=100)
    seller_country: str = Field("LU", title=_("Seller: country"), pattern=r"^[A-Z]{2}$")
    seller_vat_number: str = Field("", title=_("Seller: VAT number"), max_length=20)
    seller_iban: str = Field("", title=_("Seller: IBAN"), max_length=34)
    vat_rates: list[VatRate] = Field(default_factory=luxembourg_rates, title=_("VAT rates"))

    @field_validator("vat_rates")
    @classmethod
    def refuse_missing_standard(cls, rates: list[VatRate]) -> list[VatRate]:
        """Without a standard rate no invoice could be written."""
        if not any(rate.category == "standard" for rate in rates):
            raise ValueError("a rate of the category standard is needed")
        return rates

    @property
    def is_seller_complete(self) -> bool:
        """Whether the seller is named as the law wants it."""
        return bool(self.seller_name and self.seller_street and self.seller_city)
