"""Invoices and credit notes: kept under a number without gaps, and found again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.exceptions import DocumentNotFound
from modules.orders.models.document import Document
from modules.orders.models.order import Order
from modules.orders.schemas.document import DocumentBody, DocumentKind
from modules.orders.services import document_number_service
from wizamart.platforms import Platform, Vendor


def get_document(session: Session, document_id: int) -> Document:
    """Return a document in scope.

    :raises DocumentNotFound: when there is none.
    """
    document = session.scalars(sa.select(Document).where(Document.id == document_id)).one_or_none()
    if document is None:
        raise DocumentNotFound
    return document


def get_document_of(session: Session, order: Order, document_id: int) -> Document:
    """Return a document of an order, for its customer.

    :raises DocumentNotFound: when the order has no such document.
    """
    document = get_document(session, document_id)
    if document.order_id != order.id:
        raise DocumentNotFound
    return document


def list_documents(session: Session, order: Order) -> Sequence[Document]:
    """Return the invoice and the credit notes of an order, oldest first."""
    query = sa.select(Document).where(Document.order_id == order.id).order_by(Document.id)
    return session.scalars(query).all()


def find_invoice(session: Session, order: Order) -> Document | None:
    """Return the invoice of an order, if it was issued."""
    query = sa.select(Document).where(Document.order_id == order.id, Document.kind == DocumentKind.INVOICE)
    return session.scalars(query).one_or_none()


def write(
    session: Session,
    kind: DocumentKind,
    body: DocumentBody,
    *,
    platform_id: int,
    vendor_id: int,
    currency: str,
    locale: str,
    at: datetime,
    **more: Any,
) -> Document:
    """Give a document its number and keep it; the day is that of the platform's time zone."""
    day = at.astimezone(time_zone_of(session, platform_id)).date()
    code = session.scalar(sa.select(Vendor.code).where(Vendor.id == vendor_id)) or ""
    sequence = document_number_service.next_sequence(session, vendor_id, kind, day.year)
    document = Document(
        platform_id=platform_id,
        vendor_id=vendor_id,
        kind=kind,
        year=day.year,
        sequence=sequence,
        number=document_number_service.write_number(code, kind, day.year, sequence),
        customer_name=body.buyer.name,
        locale=locale,
        currency=currency,
        net_minor=body.net_minor,
        tax_minor=body.tax_minor,
        total_minor=body.total_minor,
        content=body.model_dump(mode="json"),
        issued_on=day,
        issued_at=at,
        **more,
    )
    session.add(document)
    session.flush()  # a doubled request collides here, and its number goes back with it
    return document


def time_zone_of(session: Session, platform_id: int) -> ZoneInfo:
    """Return the time zone in which a platform counts its days."""
    zone = session.scalar(sa.select(Platform.time_zone).where(Platform.id == platform_id))
    return ZoneInfo(zone or "UTC")


@dataclass(frozen=True, slots=True)
class Listing:
    """The documents in scope with their vendors' names, and the expressions that a table works with."""

    select: Any
    number: Any = Document.number
    kind: Any = Document.kind
    issued_on: Any = Document.issued_on
    issued_at: Any = Document.issued_at
    customer: Any = Document.customer_name
    vendor: Any = Vendor.name
    total: Any = Document.total_minor
    search: tuple[Any, ...] = (Document.number, Document.customer_name)


def build_listing() -> Listing:
    """Return what the list of documents reads; a row is a document and the name of its vendor."""
    query = sa.select(Document, Vendor.name.label("vendor_name"))
    return Listing(query.join(Vendor, Vendor.id == Document.vendor_id))
