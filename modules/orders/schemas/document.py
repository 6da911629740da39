"""Invoices and credit notes: what they say, kept as it was said, whatever becomes of order, customer or company."""

import enum
from datetime import date
from decimal import Decimal
from typing import Final

from pydantic import ConfigDict

from wizamart.i18n import LazyText, lazy_pgettext
from wizamart.schema import Schema


class DocumentKind(enum.StrEnum):
    """What a document is; each kind has numbers of its own."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"

    @property
    def label(self) -> LazyText:
        """The kind in words, as the document's heading."""
        return _LABELS[self]


_LABELS: Final = {
    DocumentKind.INVOICE: lazy_pgettext("document", "Invoice"),
    DocumentKind.CREDIT_NOTE: lazy_pgettext("document", "Credit note"),
}


class _Part(Schema):
    model_config = ConfigDict(frozen=True)


class Party(_Part):
    """Seller or buyer as they were on the day; an address is written in lines, as on an envelope."""

    name: str
    address: tuple[str, ...] = ()
    vat_number: str = ""
    registration_number: str = ""
    email: str = ""
    phone: str = ""


class DocumentLine(_Part):
    """One position; amounts contain the tax if the document's prices do, and `amount_minor` has the discount off."""

    title: str
    sku: str = ""
    quantity: int = 1
    unit_price_minor: int
    discount_minor: int = 0
    tax_rate: Decimal
    amount_minor: int


class RateGroup(_Part):
    """All positions of one rate together."""

    rate: Decimal
    net_minor: int
    tax_minor: int

    @property
    def gross_minor(self) -> int:
        """Net and tax."""
        return self.net_minor + self.tax_minor


class DocumentBody(_Part):
    """Everything that is printed; a credit note names what it corrects, if there is something to name."""

    seller: Party
    buyer: Party
    ship_to: Party | None = None
    lines: tuple[DocumentLine, ...]
    groups: tuple[RateGroup, ...]
    prices_include_tax: bool
    order_number: str = ""
    ordered_on: date | None = None
    supplied_on: date | None = None
    paid_minor: int = 0
    reason: str = ""
    corrects_number: str = ""
    corrects_on: date | None = None

    @property
    def net_minor(self) -> int:
        """The sum without tax."""
        return sum(group.net_minor for group in self.groups)

    @property
    def tax_minor(self) -> int:
        """The tax."""
        return sum(group.tax_minor for group in self.groups)

    @property
    def total_minor(self) -> int:
        """The sum with tax."""
        return self.net_minor + self.tax_minor
