"""Bank transfer: the customer is told where to pay and with which reference; statements of the bank say what came.

Nobody is asked: a payment waits until an entry of a statement is matched with it, a refund until it was transferred.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from babel.numbers import get_currency_precision
from markupsafe import Markup
from pydantic import Field, field_validator, model_validator

from modules.payments.gateways.interface import (
    Access,
    Authorization,
    Capabilities,
    Inquiry,
    Method,
    Notice,
    Outcome,
    Provider,
)
from modules.payments.schemas.ledger import EntryKind
from modules.payments.statements import references
from wizamart.i18n import gettext, gettext_noop, lazy_gettext as _
from wizamart.money import Money
from wizamart.schema import Schema

GIROCODE_CURRENCY: Final = "EUR"
LARGEST_IN_CODE: Final = 99_999_999_999  # 999,999,999.99 euros (EPC069-12)
NAME_LENGTH: Final = 70
DEFAULT_DAYS: Final = 14


class BankAccount(Schema):
    """Where customers transfer to. Nothing of it is secret, but it is kept like all credentials."""

    holder: str = Field(
        "",
        title=gettext_noop("Account holder"),
        max_length=NAME_LENGTH,
        description=gettext_noop("As the bank knows it: customers' banks compare the name."),
    )
    iban: str = Field("", title=gettext_noop("IBAN"), max_length=42)
    bic: str = Field(
        "",
        title=gettext_noop("BIC"),
        max_length=11,
        description=gettext_noop("Leave empty to have it found from the IBAN, where that is possible."),
    )
    bank_name: str = Field("", title=gettext_noop("Bank"), max_length=70)
    due_days: int = Field(
        DEFAULT_DAYS,
        title=gettext_noop("Days to pay"),
        ge=1,
        le=90,
        description=gettext_noop("Customers are told to transfer within so many days."),
    )

    @field_validator("holder")
    @classmethod
    def _has_holder(cls, value: str) -> str:
        if not value.strip():
            raise ValueError(gettext("Enter the name of the account holder."))
        return " ".join(value.split())

    @field_validator("iban")
    @classmethod
    def _is_iban(cls, value: str) -> str:
        return checked_iban(value)

    @field_validator("bic")
    @classmethod
    def _is_bic(cls, value: str) -> str:
        return checked_bic(value)

    @model_validator(mode="after")
    def _find_bic(self) -> "BankAccount":
        if not self.bic and self.iban:
            self.bic = bic_of(self.iban)
        return self


def checked_iban(text: str) -> str:
    """Return an IBAN without spaces.

    :raises ValueError: in words, when its length, its check digits or its country are wrong.
    """
    import schwifty  # here and below: few requests need it, and it brings the lists of all banks

    plain = re.sub(r"\s", "", text).upper()
    try:
        return str(schwifty.IBAN(plain))
    except ValueError:
        raise ValueError(gettext("This is no valid IBAN. Compare it with what your bank says.")) from None


def checked_bic(text: str) -> str:
    """Return a BIC in capital letters, or nothing for nothing.

    :raises ValueError: in words, when it is none.
    """
    import schwifty

    plain = re.sub(r"\s", "", text).upper()
    try:
        return str(schwifty.BIC(plain)) if plain else ""
    except ValueError:
        raise ValueError(gettext("This is no valid BIC.")) from None


def bic_of(iban: str) -> str:
    """Return the BIC of the bank that an IBAN names, or nothing where only the bank knows it."""
    import schwifty

    try:
        return str(schwifty.IBAN(iban).bic or "")
    except ValueError:
        return ""


def formatted_iban(iban: str) -> str:
    """Return an IBAN in groups of four, as it is printed."""
    return references.formatted(iban)


class BankTransfer(Provider):
    """See the module. What a payment is called is its creditor reference."""

    code = "bank_transfer"
    name = _("Bank transfer")
    capabilities = Capabilities(methods=(Method.BANK_TRANSFER,), partial_capture=False, void=False)
    credentials_model = BankAccount
    needed_credentials = ("holder", "iban")
    optional_credentials = ("bic", "bank_name")
    checkout_template = "payments/storefront/_bank_transfer.html"

    def authorize(self, access: Access, request: Authorization) -> Outcome:  # noqa: ARG002 - of the interface
        """Wait for the customer's transfer."""
        reference = references.build(request.number)
        return Outcome(
            kind=EntryKind.ACTION_REQUIRED,
            external_id=f"{reference}:{request.idempotency_key}",
            payment_external_id=reference,
        )

    def refund(self, access: Access, payment: str, amount: Money, *, idempotency_key: str) -> Outcome:  # noqa: ARG002
        """Wait until somebody has made the transfer."""
        return Outcome(
            kind=EntryKind.REFUNDED,
            external_id=f"{payment}:{idempotency_key}",
            payment_external_id=payment,
            is_final=False,
        )

    def fetch(self, access: Access, inquiry: Inquiry) -> tuple[Notice, ...]:  # noqa: ARG002
        """Tell nothing: what came stands in the statements."""
        return ()

    def time_to_pay(self, access: Access) -> timedelta:
        """Return the days that customers are given for their transfer."""
        days = access.credentials.get("due_days", "")
        return timedelta(days=int(days) if days.isdigit() else DEFAULT_DAYS)

    def checkout_details(self, access: Access, request: Authorization) -> Mapping[str, Any]:
        """Return what the customer has to type, or to scan."""
        bank, reference = access.credentials, references.build(request.number)
        return {
            "holder": bank.get("holder", ""),
            "iban": formatted_iban(bank.get("iban", "")),
            "bic": bank.get("bic", ""),
            "bank_name": bank.get("bank_name", ""),
            "reference": references.formatted(reference),
            "due_in": self.time_to_pay(access),
            "code": girocode(bank, request.amount, reference),
        }


def girocode(bank: Mapping[str, str], amount: Money, reference: str) -> Markup | None:
    """Return a code that fills in a banking app's form (EPC069-12), as SVG; None for what it cannot say.

    It is dark on light in dark pages too: many apps read nothing else.
    """
    is_sayable = amount.currency == GIROCODE_CURRENCY and 0 < amount.minor <= LARGEST_IN_CODE
    if not is_sayable or not bank.get("iban") or not bank.get("holder"):
        return None
    import segno.helpers

    euros = Decimal(amount.minor).scaleb(-get_currency_precision(amount.currency))
    code = segno.helpers.make_epc_qr(
        name=bank["holder"][:NAME_LENGTH],
        iban=bank["iban"],
        bic=bank.get("bic") or None,
        amount=euros,
        reference=reference,
    )
    title = gettext("Scan with your banking app")
    drawn = code.svg_inline(scale=4, border=4, light="#fff", title=title)
    return Markup(drawn)  # noqa: S704 - made by segno, of digits and squares
