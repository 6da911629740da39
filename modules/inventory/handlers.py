"""What the inventory does when orders tell of theirs.

Orders are another module, so its payloads are read by what they are known to have: an order's id or number, the
vendor, and lines of (reference, sku, quantity). A line that names nothing of ours, such as one entered by hand, is
passed over. All run in the order's own transaction: an order that cannot be served is not placed.
"""

from typing import Any

from sqlalchemy.orm import Session

from modules.inventory.services import order_service
from wizamart import clock
from wizamart.module_system.events import on


@on("orders.order_placed", mode="in_transaction")
def reserve_goods(session: Session, event: Any) -> None:
    """Hold what was ordered.

    :raises OutOfStock: when there is too little, which undoes the order.
    """
    order_service.reserve_order(session, event, at=clock.now())


@on("orders.order_fulfilled", mode="in_transaction")
def take_goods(session: Session, event: Any) -> None:
    """Take what was shipped off the shelf."""
    order_service.take_order(session, event, at=clock.now())


@on("orders.order_cancelled", mode="in_transaction")
def release_goods(session: Session, event: Any) -> None:
    """Give back what was held."""
    order_service.release_order(session, event)


@on("orders.order_returned", mode="in_transaction")
def bring_goods_back(session: Session, event: Any) -> None:
    """Put what came back on the shelf again."""
    order_service.bring_back_order(session, event, at=clock.now())
