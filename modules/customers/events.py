"""What customers tell others; names and addresses are read from the row, not from the event."""

from pydantic import ConfigDict

from wizamart.module_system.events import DomainEvent
from wizamart.schema import Schema


class CustomerChanged(Schema):
    """A customer came or went."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    customer_id: int
    vendor_id: int | None = None


class CustomerMerged(Schema):
    """Two customers were one person: what refers to `gone_id` refers to `kept_id` from now on."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    kept_id: int
    gone_id: int


customer_created = DomainEvent("customers.customer_created", CustomerChanged)
customer_anonymised = DomainEvent("customers.customer_anonymised", CustomerChanged)
customer_merged = DomainEvent("customers.customer_merged", CustomerMerged)
