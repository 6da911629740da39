"""What happens elsewhere becomes notifications; each handler runs in a task of its own, after the commit."""

from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from modules.messaging.schemas import kinds
from modules.messaging.services import notification_service
from wizamart import clock
from wizamart.module_system.events import on
from wizamart.platforms import get_scope


@on("tenancy.vendor_created")
def tell_of_vendor_created(session: Session, event: BaseModel) -> None:
    """Tell the platform's admins that a vendor waits."""
    _tell(session, "tenancy.vendor_created", event)


@on("tenancy.vendor_approved")
def tell_of_vendor_approved(session: Session, event: BaseModel) -> None:
    """Tell the vendor's people that they can sell."""
    _tell(session, "tenancy.vendor_approved", event)


@on("tenancy.vendor_suspended")
def tell_of_vendor_suspended(session: Session, event: BaseModel) -> None:
    """Tell the vendor's people that they cannot sell for now."""
    _tell(session, "tenancy.vendor_suspended", event)


@on("orders.order_placed")
def tell_of_order_placed(session: Session, event: BaseModel) -> None:
    """Tell whoever handles orders."""
    _tell(session, "orders.order_placed", event)


@on("payments.payment_captured")
def tell_of_payment_captured(session: Session, event: BaseModel) -> None:
    """Tell whoever watches payments."""
    _tell(session, "payments.payment_captured", event)


@on("payments.payment_failed")
def tell_of_payment_failed(session: Session, event: BaseModel) -> None:
    """Tell whoever watches payments."""
    _tell(session, "payments.payment_failed", event)


@on("payments.payment_disputed")
def tell_of_payment_disputed(session: Session, event: BaseModel) -> None:
    """Tell whoever watches payments that a provider wants an answer."""
    _tell(session, "payments.payment_disputed", event)


@on("inventory.stock_low")
def tell_of_stock_low(session: Session, event: BaseModel) -> None:
    """Tell whoever keeps the stock."""
    _tell(session, "inventory.stock_low", event)


@on("inventory.goods_missing")
def tell_of_goods_missing(session: Session, event: BaseModel) -> None:
    """Tell whoever keeps the stock that an order waits for more than there is."""
    _tell(session, "inventory.goods_missing", event)


@on("customers.customer_created")
def tell_of_customer_created(session: Session, event: BaseModel) -> None:
    """Tell whoever looks after customers."""
    _tell(session, "customers.customer_created", event)


def _tell(session: Session, name: str, event: BaseModel) -> None:
    """Hand an event's values on: payloads belong to modules that may not be here, so they are read by name."""
    values: dict[str, Any] = event.model_dump()
    scope = get_scope(session)
    platform_id = values.get("platform_id") or (scope.platform_id if scope else None)
    vendor_id = values.get("vendor_id") or (scope.vendor_id if scope else None)
    if platform_id is not None:
        notification_service.notify(
            session,
            kinds.KINDS_BY_EVENT[name],
            values,
            platform_id=platform_id,
            vendor_id=vendor_id,
            at=clock.now(),
        )
