"""Orders of the storefront that nobody pays: they hold goods for others only so long."""

import logging
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.models.order import Order
from modules.orders.schemas.order import CancelForm
from modules.orders.schemas.order_state import OrderStatus
from modules.orders.services import collection_service, settlement_service
from modules.orders.services.step_service import Step
from wizamart.exceptions import RuleViolation
from wizamart.i18n import gettext as _

log = logging.getLogger(__name__)
AT_ONCE: Final = 100


def cancel_unpaid(session: Session, *, at: datetime) -> int:
    """Cancel what was to be paid until now and was not, each order whole or not at all; returns how many.

    An order of which a part was paid, or whose money may be on its way, waits for a person or for the provider.
    """
    query = (
        sa.select(Order)
        .where(Order.status == OrderStatus.PLACED, Order.expires_at <= at, Order.paid_minor == 0)
        .order_by(Order.expires_at)
        .limit(AT_ONCE)
    )
    done = 0
    for order in session.scalars(query).all():
        if collection_service.is_on_its_way(session, order):
            continue
        try:
            with session.begin_nested():
                form = CancelForm(reason=_("Not paid in time"))
                settlement_service.cancel(session, order.id, form, Step(at, form_key=f"unpaid-{order.id}"))
        except RuleViolation:
            log.info("order_not_expired", extra={"order_id": order.id})
        else:
            done += 1
    return done
