"""What billing tells others; amounts are in minor units."""

from pydantic import ConfigDict

from wizamart.module_system.events import DomainEvent
from wizamart.schema import Schema


class SubscriptionChanged(Schema):
    """Where a vendor's subscription stands after a change."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    vendor_id: int
    subscription_id: int
    tier: str
    status: str


class InvoiceIssued(Schema):
    """An invoice or a credit note was issued, or an invoice was paid."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    vendor_id: int
    invoice_id: int
    number: str
    gross_minor: int
    currency: str


subscription_started = DomainEvent("billing.subscription_started", SubscriptionChanged)
subscription_changed = DomainEvent("billing.subscription_changed", SubscriptionChanged)
subscription_cancelled = DomainEvent("billing.subscription_cancelled", SubscriptionChanged)
invoice_issued = DomainEvent("billing.invoice_issued", InvoiceIssued)
invoice_paid = DomainEvent("billing.invoice_paid", InvoiceIssued)
