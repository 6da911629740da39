"""Documents follow what happens to orders, in the same transaction; `modules/orders/handlers.py` names these."""

from typing import Any

from sqlalchemy.orm import Session

from modules.orders.services import invoice_service
from wizamart.module_system.events import on


@on("orders.order_paid", mode="in_transaction")
def issue_invoice_of_paid_order(session: Session, event: Any) -> None:
    """Issue the invoice of an order that was paid just now, if that is the moment for it."""
    invoice_service.issue_when_due(session, event.order_id, platform_id=event.platform_id, moment="paid")


@on("orders.order_fulfilled", mode="in_transaction")
def issue_invoice_of_sent_order(session: Session, event: Any) -> None:
    """Issue the invoice of an order of which everything was sent just now, if that is the moment for it."""
    invoice_service.issue_when_due(session, event.order_id, platform_id=event.platform_id, moment="sent")
