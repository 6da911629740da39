"""The settings of orders on a platform."""

from decimal import Decimal

from pydantic import BaseModel, Field

from wizamart.i18n import gettext_noop as _


class DeliveryMethod(BaseModel):
    """A way to the customer."""

    code: str = Field(title=_("Code"), pattern=r"^[a-z][a-z0-9-]{0,31}$")
    title: str = Field(title=_("Name"), min_length=1, max_length=120)
    price_minor: int = Field(title=_("Price"), ge=0, le=10**9, json_schema_extra={"kind": "money"})


def _methods() -> list[DeliveryMethod]:
    return [
        DeliveryMethod(code="standard", title="Post Luxembourg", price_minor=590),
        DeliveryMethod(code="express", title="Express", price_minor=1290),
        DeliveryMethod(code="pickup", title="Pick-up", price_minor=0),
    ]


class OrdersConfig(BaseModel):
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
