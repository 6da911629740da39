"""The form of the checkout."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from modules.orders.schemas.order import Address, BillingAddress
from wizamart.countries import country_codes
from wizamart.i18n import gettext, gettext_noop as _
from wizamart.schema import Schema


def _check_country(value: str) -> str:
    if value not in country_codes():
        raise ValueError(gettext("Choose one of the options."))
    return value


Country = Annotated[str, AfterValidator(_check_country)]


class DeliveryAddress(Address):
    """Where the goods of the checkout go."""

    company: str = Field(
        "", title=_("Company"), max_length=120, json_schema_extra={"autocomplete": "shipping organization"}
    )
    street: str = Field(
        title=_("Street and number"),
        min_length=1,
        max_length=200,
        json_schema_extra={"autocomplete": "shipping address-line1"},
    )
    supplement: str = Field(
        "",
        title=_("Address supplement"),
        max_length=200,
        json_schema_extra={"autocomplete": "shipping address-line2"},
    )
    postal_code: str = Field(
        title=_("Postal code"),
        min_length=1,
        max_length=20,
        json_schema_extra={"autocomplete": "shipping postal-code"},
    )
    city: str = Field(
        title=_("Town"),
        min_length=1,
        max_length=120,
        json_schema_extra={"autocomplete": "shipping address-level2"},
    )
    country: Country = Field("LU", title=_("Country"), json_schema_extra={"autocomplete": "shipping country"})


class CheckoutForm(Schema):
    """What a customer says before they order."""

    email: str = Field(
        title=_("E-mail address"),
        min_length=3,
        max_length=254,
        json_schema_extra={"kind": "email", "autocomplete": "email"},
    )
    name: str = Field(
        title=_("Full name"),
        min_length=1,
        max_length=120,
        json_schema_extra={"autocomplete": "shipping name"},
    )
    phone: str = Field(
        "",
        title=_("Phone"),
        description=_("Only for questions about the delivery."),
        max_length=40,
        pattern=r"^[0-9+()/. -]*$",
        json_schema_extra={"autocomplete": "tel"},
    )
    shipping_address: DeliveryAddress = Field(title=_("Delivery address"))
    delivery_method: str = Field(title=_("Delivery method"), min_length=1, max_length=32)
    has_billing_address: bool = Field(default=False, title=_("The bill goes to another address"))
    billing_address: BillingAddress = Field(
        default_factory=BillingAddress,
        title=_("Billing address"),
        json_schema_extra={"shown_when": {"has_billing_address": "true"}},
    )
    payment: str = Field("", title=_("Payment"), max_length=80)
    consent: bool = Field(default=False, title=_("I agree to the terms"))

    @model_validator(mode="after")
    def refuse_half_an_address(self) -> Self:
        """Ask for at least a street and a town of the bill."""
        if self.has_billing_address and not (self.billing_address.street and self.billing_address.city):
            raise ValueError(gettext("Complete the billing address, or untick that it is another one."))
        return self
