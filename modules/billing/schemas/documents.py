"""What kinds of documents there are, and where they stand."""

import enum

from wizamart.i18n import LazyText, lazy_pgettext


class DocumentKind(enum.StrEnum):
    """An invoice asks for money, a credit note takes an invoice back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"


class InvoiceStatus(enum.StrEnum):
    """Where an invoice stands; never stored, since the invoice does not change."""

    OPEN = "open"
    OVERDUE = "overdue"
    PAID = "paid"
    CREDITED = "credited"
    CREDIT_NOTE = "credit_note"

    @property
    def label(self) -> LazyText:
        """The status in words."""
        return _LABELS[self]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return _TONES.get(self, "")


_LABELS = {
    InvoiceStatus.OPEN: lazy_pgettext("invoice", "Open"),
    InvoiceStatus.OVERDUE: lazy_pgettext("invoice", "Overdue"),
    InvoiceStatus.PAID: lazy_pgettext("invoice", "Paid"),
    InvoiceStatus.CREDITED: lazy_pgettext("invoice", "Credited"),
    InvoiceStatus.CREDIT_NOTE: lazy_pgettext("invoice", "Credit note"),
}
_TONES = {InvoiceStatus.OPEN: "warn", InvoiceStatus.OVERDUE: "bad", InvoiceStatus.PAID: "good"}
