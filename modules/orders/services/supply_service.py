"""What orders say to whoever keeps the goods: what is still to be sent, what was, and what came back."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from modules.orders.models.order import Order, OrderLine
from modules.orders.schemas.order_state import OPEN, OrderStatus


def list_facts(
    session: Session, *, platform_id: int, since: datetime, after: int, limit: int
) -> list[dict[str, Any]]:
    """Lock and return the placed orders that are open or changed since then, from the id after `after` on."""
    query = (
        sa.select(Order)
        .where(
            Order.platform_id == platform_id,
            Order.id > after,
            Order.placed_at.is_not(None),
            Order.status != OrderStatus.DRAFT,
            sa.or_(Order.status.in_(OPEN), Order.updated_at >= since),
        )
        .order_by(Order.id)
        .limit(limit)
        .options(selectinload(Order.lines))
        .with_for_update(of=Order)
        .execution_options(populate_existing=True)
    )
    return [
        {
            "order_id": order.id,
            "number": order.number,
            "vendor_id": order.vendor_id,
            "placed_at": order.placed_at,
            "is_open": order.state in OPEN,
            "lines": [_line(line) for line in order.lines],
        }
        for order in session.scalars(query)
    ]


def _line(line: OrderLine) -> dict[str, Any]:
    return {
        "reference": line.reference,
        "sku": line.sku,
        "quantity": line.quantity,
        "sent": line.fulfilled_quantity,
        "returned": line.returned_quantity,
    }
