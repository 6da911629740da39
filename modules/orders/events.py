"""What orders tell others."""

from pydantic import ConfigDict

from wizamart.module_system.events import DomainEvent
from wizamart.schema import Schema


class SoldLine(Schema):
    """Some pieces of a line; `reference` is the key of whoever supplied it."""

    model_config = ConfigDict(frozen=True)

    reference: str | None
    sku: str
    quantity: int


class OrderEvent(Schema):
    """What happened to an order, and the pieces that it concerns."""

    model_config = ConfigDict(frozen=True)

    platform_id: int
    vendor_id: int
    order_id: int
    number: str
    customer_id: int | None
    lines: list[SoldLine]
    currency: str
    total_minor: int


order_placed = DomainEvent("orders.order_placed", OrderEvent)
order_paid = DomainEvent("orders.order_paid", OrderEvent)
order_fulfilled = DomainEvent("orders.order_fulfilled", OrderEvent)
order_cancelled = DomainEvent("orders.order_cancelled", OrderEvent)
order_returned = DomainEvent("orders.order_returned", OrderEvent)
