"""What payments tells others; amounts are in minor units."""

from datetime import datetime

from pydantic import ConfigDict

from wizamart.module_system.events import DomainEvent
from wizamart.schema import Schema


class PaymentChanged(Schema):
    """What happened, and what the whole payment comes to after it.

    `reference` is what the payment is for, `request_key` the idempotency key of the request that this answers, `due_at`
    until when the provider wants an answer to a dispute. `reason_text` is `reason` in English, as catalogues know it
    under the context "reason".
    """

    model_config = ConfigDict(frozen=True)

    platform_id: int
    vendor_id: int
    payment_id: int
    reference: str
    payee: str
    currency: str
    amount_minor: int
    captured_minor: int
    refunded_minor: int
    reason: str = ""
    reason_text: str = ""
    entry_id: int = 0
    request_key: str = ""
    customer_id: int | None = None
    due_at: datetime | None = None


payment_authorized = DomainEvent("payments.payment_authorized", PaymentChanged)
payment_captured = DomainEvent("payments.payment_captured", PaymentChanged)
payment_refunded = DomainEvent("payments.payment_refunded", PaymentChanged)
payment_voided = DomainEvent("payments.payment_voided", PaymentChanged)
payment_failed = DomainEvent("payments.payment_failed", PaymentChanged)
payment_reversed = DomainEvent("payments.payment_reversed", PaymentChanged)
payment_capture_failed = DomainEvent("payments.payment_capture_failed", PaymentChanged)
payment_refund_failed = DomainEvent("payments.payment_refund_failed", PaymentChanged)
payment_void_failed = DomainEvent("payments.payment_void_failed", PaymentChanged)
payment_disputed = DomainEvent("payments.payment_disputed", PaymentChanged)
