"""What customers tell others; names and addresses are read from the row, not from the event."""

from pydantic import BaseModel, ConfigDict

from wizamart.module_system.events import DomainEvent


class CustomerChanged(BaseModel):
    """A customer came or went."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    customer_id: int
    vendor_id: int | None = None


customer_created = DomainEvent("customers.customer_created", CustomerChanged)
customer_anonymised = DomainEvent("customers.customer_anonymised", CustomerChanged)
