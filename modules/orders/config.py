"""The settings of orders on a platform."""

from decimal import Decimal
from typing import Literal

from pydantic import Field

from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class DeliveryMethod(Schema):
    """A way to the customer."""

    code: str = Field(title=_("Code"), pattern=r"^[a-z][a-z0-9-]{0,31}$")
    title: str = Field(title=_("Name"), min_length=1, max_length=120)
    price_minor: int = Field(title=_("Price"), ge=0, le=10**9, json_schema_extra={"kind": "money"})
    detail: str = Field(
        "", title=_("In a few words"), description=_("For example 2 to 3 days."), max_length=160
    )
    free_from_minor: int | None = Field(
        None,
        title=_("Free from"),
        description=_("Goods for at least this amount are delivered without charge."),
        ge=0,
        le=10**9,
        json_schema_extra={"kind": "money"},
    )

    def price_for(self, goods_minor: int) -> int:
        """Return what the delivery of goods of this amount costs."""
        if self.free_from_minor is not None and goods_minor >= self.free_from_minor:
            return 0
        return self.price_minor


def _methods() -> list[DeliveryMethod]:
    return [
        DeliveryMethod(code="standard", title="Post Luxembourg", price_minor=590),
        DeliveryMethod(code="express", title="Express", price_minor=1290),
        DeliveryMethod(code="pickup", title="Pick-up", price_minor=0),
    ]


class OrdersConfig(Schema):
    """What can be set for each platform."""

    number_prefix: str = Field(
        "",
        title=_("Prefix of order numbers"),
        description=_("For example WM-; new orders only."),
        pattern=r"^[A-Za-z0-9/-]{0,12}$",
    )
    prices_include_tax: bool = Field(
        default=True,
        title=_("Prices include VAT"),
        description=_("Usual towards consumers. Orders keep what held when they were made."),
    )
    delivery_methods: list[DeliveryMethod] = Field(default_factory=_methods, title=_("Delivery methods"))
    delivery_tax_rate: Decimal = Field(
        Decimal(17), title=_("VAT rate of delivery in percent"), ge=0, le=100, max_digits=5, decimal_places=2
    )
    terms_page: str = Field(
        "",
        title=_("Page of the terms"),
        description=_(
            "The address of a content page, such as terms. Customers agree to it before they order."
        ),
        pattern=r"^[a-z0-9-]{0,120}$",
    )
    customers_may_cancel: bool = Field(
        default=True,
        title=_("Customers may cancel"),
        description=_("On the page of their order, while nothing was sent."),
    )
    unpaid_hours: int = Field(
        168,
        title=_("Hours until an unpaid order is cancelled"),
        description=_(
            "Only orders of the storefront; for a bank transfer at least the days to pay, and four for the banks. "
            "0 keeps them until somebody decides."
        ),
        ge=0,
        le=8760,
    )
    cart_days: int = Field(
        30, title=_("Days that a cart is kept"), description=_("Since it was last changed."), ge=1, le=366
    )
    contact: str = Field(
        "",
        title=_("Whom customers ask"),
        description=_("An e-mail address or a phone number, shown where something needs a person."),
        max_length=160,
    )
    invoice_when: Literal["paid", "sent", "by-hand"] = Field(
        "paid",
        title=_("When invoices are issued"),
        description=_(
            "Needs the company behind the vendor. Until then, and otherwise, a person issues them."
        ),
        json_schema_extra={
            "choices": {
                "paid": _("As soon as an order is paid"),
                "sent": _("Once everything is sent"),
                "by-hand": _("By hand"),
            }
        },
    )
