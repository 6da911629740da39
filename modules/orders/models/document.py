"""Invoices and credit notes, and the counters of their numbers."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, mapped_column

from modules.orders.schemas import document
from wizamart.database import Base, PartialIndex
from wizamart.platforms import VendorOwned


class DocumentCounter(Base):
    """The last number of a vendor's series in a year.

    The series belongs to the seller and not to a platform: a vendor that sells on several must not use a number twice.
    """

    __tablename__ = "orders_document_counters"
    __table_args__ = (sa.UniqueConstraint("vendor_id", "kind", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(16))
    year: Mapped[int]
    last_number: Mapped[int]


class Document(VendorOwned, Base):
    """An invoice or a credit note; nothing of it is ever changed, and a wrong one is corrected by another.

    A credit note for goods that no order here has sold has neither order nor invoice. `form_key` names what asked for
    it, so that asking twice gives one.
    """

    __tablename__ = "orders_documents"
    __table_args__ = (
        sa.UniqueConstraint("vendor_id", "kind", "year", "sequence"),
        sa.UniqueConstraint("platform_id", "form_key"),
        PartialIndex("uq_orders_documents_invoice", "order_id", unique=True, where="kind = 'invoice'"),
        sa.Index("ix_orders_documents_issued", "platform_id", "vendor_id", "issued_on"),
        sa.CheckConstraint("total_minor = net_minor + tax_minor", name="total"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("orders_orders.id", ondelete="CASCADE"), index=True
    )
    invoice_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("orders_documents.id", ondelete="CASCADE"), index=True
    )
    kind: Mapped[str] = mapped_column(sa.String(16))
    year: Mapped[int]
    sequence: Mapped[int]
    number: Mapped[str] = mapped_column(sa.String(100))
    form_key: Mapped[str | None] = mapped_column(sa.String(64))
    customer_id: Mapped[int | None]
    customer_name: Mapped[str] = mapped_column(sa.String(200))
    locale: Mapped[str] = mapped_column(sa.String(16))
    currency: Mapped[str] = mapped_column(sa.String(3))
    net_minor: Mapped[int] = mapped_column(sa.BigInteger)
    tax_minor: Mapped[int] = mapped_column(sa.BigInteger)
    total_minor: Mapped[int] = mapped_column(sa.BigInteger)
    content: Mapped[dict[str, Any]]
    issued_on: Mapped[date]
    issued_at: Mapped[datetime]

    @property
    def body(self) -> "document.DocumentBody":
        """What is printed."""
        return document.DocumentBody.model_validate(self.content)

    @property
    def order_number(self) -> str:
        """The number of the order, or nothing where no order here has sold what is credited."""
        return str(self.content.get("order_number", ""))

    @property
    def document_kind(self) -> "document.DocumentKind":
        """The kind as its enumeration."""
        return document.DocumentKind(self.kind)


class DocumentChanged(RuntimeError):
    """A document that was issued was about to change: a fault of the program."""


@event.listens_for(Document, "before_update")
@event.listens_for(Document, "before_delete")
def _refuse_change(_mapper: object, _connection: object, document: Document) -> None:
    raise DocumentChanged(document.number)
