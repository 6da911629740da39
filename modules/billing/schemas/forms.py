"""What is entered for billing."""

from datetime import date

from pydantic import Field

from modules.billing.schemas.lifecycle import Interval
from wizamart.i18n import gettext_noop as _
from wizamart.schema import Schema


class Limits(Schema):
    """How much a tier includes; nothing entered means no bound."""

    products: int | None = Field(None, title=_("Products"), ge=0, le=10**9)
    orders: int | None = Field(None, title=_("Orders a month"), ge=0, le=10**9)
    staff: int | None = Field(None, title=_("People"), ge=0, le=10**6)


class TierForm(Schema):
    """A tier; the features are chosen beside it, by module."""

    name: str = Field(title=_("Name"), min_length=1, max_length=80)
    code: str = Field(
        title=_("Code"),
        description=_("Small letters, digits and hyphens."),
        pattern=r"^[a-z][a-z0-9-]*$",
        max_length=40,
    )
    description: str = Field("", title=_("Description"), max_length=250)
    rank: int = Field(1, title=_("Rank"), description=_("Lower tiers come first."), ge=0, le=1000)
    price_month: int = Field(
        title=_("Price a month, without VAT"), ge=0, le=10**9, json_schema_extra={"kind": "money"}
    )
    price_year: int = Field(
        title=_("Price a year, without VAT"), ge=0, le=10**9, json_schema_extra={"kind": "money"}
    )
    trial_days: int | None = Field(
        None,
        title=_("Days of trial"),
        description=_("Nothing entered: as in the settings of billing."),
        ge=0,
        le=365,
    )
    is_offered: bool = Field(
        default=True,
        title=_("Offered"),
        description=_("A tier that is not offered stays with the vendors who have it."),
    )
    limits: Limits = Field(default_factory=Limits, title=_("Limits"))


class SubscriptionForm(Schema):
    """A subscription that an admin starts for a vendor."""

    vendor_id: int = Field(title=_("Vendor"))
    tier_id: int = Field(title=_("Tier"))
    interval: Interval = Field(Interval.MONTH, title=_("Interval"))
    with_trial: bool = Field(default=True, title=_("Begin with the trial"))


class OverrideForm(Schema):
    """A feature given to a vendor."""

    feature: str = Field(title=_("Feature"))
    reason: str = Field("", title=_("Reason"), max_length=200)


class SettlementForm(Schema):
    """A payment that arrived for an invoice."""

    paid_on: date = Field(title=_("Paid on"))
    reference: str = Field("", title=_("Reference"), max_length=120)
