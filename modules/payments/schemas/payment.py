"""What is entered for payments, and what others are told about one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from pydantic import Field

from modules.payments.schemas.ledger import PaymentStatus
from wizamart.i18n import gettext_noop as _
from wizamart.money import Money
from wizamart.schema import Schema


class AmountForm(Schema):
    """How much to capture or to refund, and why; the key makes sending it twice harmless."""

    amount: int = Field(title=_("Amount"), gt=0, json_schema_extra={"kind": "money"})
    note: str = Field("", title=_("Note"), max_length=200)


class HandForm(Schema):
    """A refund that somebody has made at the provider itself, and how it can be found there."""

    amount: int = Field(title=_("Amount"), gt=0, json_schema_extra={"kind": "money"})
    note: str = Field(
        title=_("Note"),
        description=_("How the refund can be found again, for example its number at the provider."),
        min_length=1,
        max_length=200,
    )


class TestPaymentForm(Schema):
    """A payment to try an account out."""

    __test__ = False

    account_id: int = Field(title=_("Account"))
    vendor_id: int = Field(title=_("Vendor"))
    amount: int = Field(title=_("Amount"), gt=0, le=10**11, json_schema_extra={"kind": "money"})
    card: str = Field(title=_("Test card"))
    capture: Literal["now", "later"] = Field(
        "now",
        title=_("Capture"),
        json_schema_extra={"choices": {"now": _("Take the money at once"), "later": _("Only authorise")}},
    )
    reference: str = Field("", title=_("Reference"), max_length=120)


class OwnTestPaymentForm(Schema):
    """The same for a vendor, who pays to nobody else."""

    account_id: int = Field(title=_("Account"))
    amount: int = Field(title=_("Amount"), gt=0, le=10**11, json_schema_extra={"kind": "money"})
    card: str = Field(title=_("Test card"))
    capture: Literal["now", "later"] = Field(
        "now",
        title=_("Capture"),
        json_schema_extra={"choices": {"now": _("Take the money at once"), "later": _("Only authorise")}},
    )
    reference: str = Field("", title=_("Reference"), max_length=120)


@dataclass(frozen=True, slots=True)
class PaymentDescription:
    """How something was paid; it can be told when the provider is off, too."""

    payment_id: int
    provider: str
    method: str
    status: PaymentStatus
    amount: Money
    captured: Money
    refunded: Money
    is_live: bool
    at: datetime
