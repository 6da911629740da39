"""Orders and the person who made them: what is told to the person, what follows a merge, what stays without a name."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from modules.customers.events import CustomerChanged, CustomerMerged
from modules.orders.models.document import Document
from modules.orders.models.order import Order
from modules.orders.schemas.order_state import OPEN, OrderStatus
from wizamart.exceptions import RuleViolation
from wizamart.i18n import lazy_gettext as _
from wizamart.module_system.events import on

# An invoice keeps the name on its paper, as the law asks; only what leads to the person goes.
WITHOUT_NAME = "–"


class OrdersStillOpen(RuleViolation):
    """Whoever waits for a parcel must be known."""

    code = "orders.still_open"
    message = _("There are orders on their way. Once they are delivered or cancelled, this can be done.")


def provide_personal_data(session: Session, *, platform_id: int, customer_id: int) -> dict[str, Any]:  # noqa: ARG001
    """Tell a person which orders are kept of them, with what was written on them."""
    query = sa.select(Order).where(Order.customer_id == customer_id).order_by(Order.id)
    return {
        "orders": [
            {
                "number": order.number,
                "status": order.status,
                "placed_at": order.placed_at.isoformat() if order.placed_at else None,
                "name": order.customer_name,
                "email": order.customer_email,
                "billing_address": order.billing_address,
                "shipping_address": order.shipping_address,
                "currency": order.currency,
                "total_minor": order.total_minor,
                "lines": [
                    {
                        "sku": line.sku,
                        "title": line.title,
                        "quantity": line.quantity,
                        "total_minor": line.total_minor,
                    }
                    for line in order.lines
                ],
            }
            for order in session.scalars(query.options(selectinload(Order.lines)))
        ]
    }


@on("customers.customer_merged", mode="in_transaction")
def follow_merged_customer(session: Session, event: CustomerMerged) -> None:
    """Let orders and documents belong to the customer who is left."""
    for owned in (Order, Document):
        session.execute(
            sa.update(owned)
            .where(owned.platform_id == event.platform_id, owned.customer_id == event.gone_id)
            .values(customer_id=event.kept_id),
            execution_options={"synchronize_session": "fetch"},
        )


@on("customers.customer_anonymised", mode="in_transaction")
def forget_person(session: Session, event: CustomerChanged) -> None:
    """Keep the orders without the person: what is sent where is nobody's business any more.

    :raises OrdersStillOpen: while something is on its way; a draft is no order and is cancelled by nobody.
    """
    mine = (Order.platform_id == event.platform_id, Order.customer_id == event.customer_id)
    open_states = [status.value for status in OPEN]
    if session.scalar(sa.select(sa.exists().where(*mine, Order.status.in_(open_states)))):
        raise OrdersStillOpen
    for order in session.scalars(sa.select(Order).where(*mine)):
        order.customer_name, order.customer_email = WITHOUT_NAME, ""
        order.billing_address = _place_only(order.billing_address)
        order.shipping_address = _place_only(order.shipping_address)
        if order.status == OrderStatus.DRAFT:
            order.customer_id = None


def _place_only(address: dict[str, Any]) -> dict[str, Any]:
    """Empty an address but for the country, which taxes and statistics go by."""
    kept = {"name": WITHOUT_NAME, "country": address.get("country", "")}
    return {key: kept.get(key, "") for key in address}
