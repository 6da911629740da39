"""Invoices of orders: issued once, for what was placed and not cancelled."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.exceptions import InvoiceTooEarly
from modules.orders.models.document import Document
from modules.orders.models.happening import Fulfilment
from modules.orders.models.order import Order
from modules.orders.schemas.document import DocumentKind
from modules.orders.schemas.order_state import OrderStatus
from modules.orders.services import (
    credit_service,
    document_content,
    document_service,
    order_service,
    step_service,
)
from modules.orders.services.step_service import Step
from wizamart.i18n import force_locale

NOT_INVOICED: Final = (OrderStatus.DRAFT, OrderStatus.CANCELLED)


def issue_invoice(session: Session, order_id: int, step: Step) -> Document:
    """Issue the invoice of an order; where it is issued already, that one is returned.

    What was refunded before is credited at once, so that invoice and credit notes together say what was kept.

    :raises InvoiceTooEarly: while the order is a draft, and when it was cancelled.
    :raises SellerUnknown: when nobody has named the company that sells.
    """
    order = step_service.begin(session, order_id, Step(step.at, step.actor_id)).order
    known = document_service.find_invoice(session, order)
    if known is not None:
        return known
    if order.state in NOT_INVOICED:
        raise InvoiceTooEarly(number=order.number, status=order.state.label)
    zone = document_service.time_zone_of(session, order.platform_id)
    locale = document_content.choose_locale(session, order)
    sent_at = _sent_at(session, order)
    with force_locale(locale):
        body = document_content.build_invoice(
            order,
            order_service.compute_totals(order),
            document_content.get_seller(session, order.vendor_id),
            supplied_on=sent_at and sent_at.astimezone(zone).date(),
        )
    document = document_service.write(
        session,
        DocumentKind.INVOICE,
        body,
        platform_id=order.platform_id,
        vendor_id=order.vendor_id,
        currency=order.currency,
        locale=locale,
        at=step.at,
        order_id=order.id,
        customer_id=order.customer_id,
    )
    credit_service.credit_refunds(session, order, step)
    return document


def issue_when_due(session: Session, order_id: int, *, platform_id: int, moment: str) -> None:
    """Issue an invoice at the moment that the settings name; without the seller's company there is none yet.

    It is dated like the step of the order that led here, which may be recorded later than it happened.
    """
    if order_service.get_config(session, platform_id).invoice_when != moment:
        return
    order = order_service.get_order(session, order_id)
    if moment == "sent" and order.state is not OrderStatus.FULFILLED:
        return
    if document_content.find_seller(session, order.vendor_id) is not None:
        issue_invoice(session, order_id, Step(order.updated_at))


def _sent_at(session: Session, order: Order) -> datetime | None:
    """Return when the last parcel left, once everything is sent: the date of the supply."""
    if order.facts.fulfilled < order.facts.ordered:
        return None
    return session.scalar(sa.select(sa.func.max(Fulfilment.sent_at)).where(Fulfilment.order_id == order.id))
