"""What customers do when something happens elsewhere."""

from typing import Any

from sqlalchemy.orm import Session

from modules.customers.services import customer_service
from wizamart import clock
from wizamart.module_system.events import on


@on("orders.order_placed", mode="in_transaction")
def link_customer_to_vendor(session: Session, event: Any) -> None:
    """Let the vendor see the customer who ordered; an order without one changes nothing."""
    customer_id, vendor_id = getattr(event, "customer_id", None), getattr(event, "vendor_id", None)
    if customer_id is None or vendor_id is None:
        return
    customer = customer_service.find_customer(session, customer_id)
    if customer is not None:
        customer_service.link_vendor(session, customer, vendor_id=vendor_id, at=clock.now())
