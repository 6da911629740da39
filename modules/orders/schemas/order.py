"""Forms around orders."""

from decimal import Decimal
from typing import Self

from pydantic import Field, JsonValue, model_validator

from wizamart.email_address import Email
from wizamart.i18n import gettext, gettext_noop as _
from wizamart.schema import Schema

MONEY: dict[str, JsonValue] = {"kind": "money"}
HIDDEN: dict[str, JsonValue] = {"kind": "hidden"}
MOST_MINOR = 10**11
MOST_PIECES = 100_000


def _token(name: str) -> dict[str, JsonValue]:
    """Return what lets browsers fill in a field of the bill."""
    return {"autocomplete": f"billing {name}"}


class Address(Schema):
    """Where goods go."""

    street: str = Field(title=_("Street and number"), min_length=1, max_length=200)
    postal_code: str = Field(title=_("Postal code"), min_length=1, max_length=20)
    city: str = Field(title=_("Town"), min_length=1, max_length=120)
    country: str = Field("LU", title=_("Country"), pattern=r"^[A-Z]{2}$")


class BillingAddress(Schema):
    """Where the bill goes, if elsewhere."""

    name: str = Field("", title=_("Name or company"), max_length=200, json_schema_extra=_token("name"))
    street: str = Field(
        "", title=_("Street and number"), max_length=200, json_schema_extra=_token("address-line1")
    )
    postal_code: str = Field(
        "", title=_("Postal code"), max_length=20, json_schema_extra=_token("postal-code")
    )
    city: str = Field("", title=_("Town"), max_length=120, json_schema_extra=_token("address-level2"))
    country: str = Field(
        "LU", title=_("Country"), pattern=r"^([A-Z]{2})?$", json_schema_extra=_token("country")
    )


class OrderForm(Schema):
    """The head of a draft."""

    customer_email: Email = Field(title=_("Customer's e-mail address"), max_length=254)
    customer_name: str = Field(title=_("Customer's name"), min_length=1, max_length=200)
    delivery_method: str = Field(title=_("Delivery method"), max_length=32)
    shipping_address: Address = Field(title=_("Delivery address"))
    has_billing_address: bool = Field(default=False, title=_("The bill goes to another address"))
    billing_address: BillingAddress = Field(
        default_factory=BillingAddress,
        title=_("Billing address"),
        json_schema_extra={"shown_when": {"has_billing_address": "true"}},
    )

    @model_validator(mode="after")
    def refuse_half_an_address(self) -> Self:
        """Ask for at least a street and a town."""
        if self.has_billing_address and not (self.billing_address.street and self.billing_address.city):
            raise ValueError(gettext("Complete the billing address, or untick that it is another one."))
        return self


class AdminOrderForm(OrderForm):
    """The same by somebody who works for all vendors."""

    vendor_id: int = Field(title=_("Vendor"))


class LineForm(Schema):
    """A line typed by hand; `discount_minor` is for the whole line."""

    title: str = Field(title=_("Title"), min_length=1, max_length=300)
    sku: str = Field("", title=_("SKU"), max_length=120)
    unit_price_minor: int = Field(title=_("Unit price"), ge=0, le=MOST_MINOR, json_schema_extra=MONEY)
    quantity: int = Field(1, title=_("Quantity"), ge=1, le=MOST_PIECES)
    discount_minor: int = Field(0, title=_("Discount"), ge=0, le=MOST_MINOR, json_schema_extra=MONEY)
    tax_rate: Decimal = Field(
        Decimal(17), title=_("VAT in percent"), ge=0, le=100, max_digits=5, decimal_places=2
    )
    reference: str | None = Field(None, max_length=120, json_schema_extra=HIDDEN)

    @model_validator(mode="after")
    def refuse_gifts_of_money(self) -> Self:
        """Let a discount take away at most what the line costs."""
        if self.discount_minor > self.unit_price_minor * self.quantity:
            raise ValueError(gettext("The discount is more than the line costs."))
        return self


class LineChange(Schema):
    """What of a draft's line can still be changed."""

    quantity: int = Field(title=_("Quantity"), ge=1, le=MOST_PIECES)
    discount_minor: int = Field(0, title=_("Discount"), ge=0, le=MOST_MINOR, json_schema_extra=MONEY)


class PaymentForm(Schema):
    """Money that came in; `card` is only for the test provider."""

    amount_minor: int = Field(title=_("Amount"), ge=1, le=MOST_MINOR, json_schema_extra=MONEY)
    method: str = Field("transfer", title=_("How it was paid"), max_length=40)
    reference: str = Field(
        "", title=_("Reference"), description=_("For example the line of the bank statement."), max_length=140
    )


class FulfilmentForm(Schema):
    """A parcel."""

    carrier: str = Field("", title=_("Carrier"), max_length=80)
    tracking_number: str = Field("", title=_("Tracking number"), max_length=120)
    tracking_url: str = Field(
        "",
        title=_("Tracking link"),
        max_length=500,
        pattern=r"^(https?://\S+)?$",
        json_schema_extra={"kind": "url"},
    )


class ReturnForm(Schema):
    """Goods that came back; `refund_minor` is given back with them."""

    reason: str = Field("", title=_("Reason"), max_length=300)
    refund_minor: int = Field(
        0,
        title=_("Refund"),
        description=_(
            "Through the provider that took the money; what came by transfer goes back by transfer."
        ),
        ge=0,
        le=MOST_MINOR,
        json_schema_extra=MONEY,
    )


class RefundForm(Schema):
    """Money that goes back while the goods stay, or have come back already."""

    amount_minor: int = Field(
        title=_("Amount"),
        description=_(
            "Through the provider that took the money; what came by transfer goes back by transfer."
        ),
        gt=0,
        le=MOST_MINOR,
        json_schema_extra=MONEY,
    )
    reason: str = Field("", title=_("Reason"), max_length=300)


class CancelForm(Schema):
    """Why an order is cancelled."""

    reason: str = Field("", title=_("Reason"), max_length=300)


class NoteForm(Schema):
    """A note."""

    text: str = Field(title=_("Note"), min_length=1, max_length=5000)
    is_for_customer: bool = Field(default=False, title=_("The customer may read it"))
