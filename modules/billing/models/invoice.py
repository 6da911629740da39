"""Invoices and credit notes: written once, never edited."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import InstanceState, Mapped, mapped_column, relationship

from modules.billing.exceptions import IssuedForGood
from modules.billing.schemas.documents import DocumentKind, InvoiceStatus
from modules.billing.schemas.vat import VatGroup, sum_by_rate
from wizamart.database import Base
from wizamart.money import Money
from wizamart.platforms import PlatformOwned, Vendor, VendorOwned


class InvoiceCounter(PlatformOwned, Base):
    """The last number given out in a series and year; counted up in the invoice's own transaction."""

    __tablename__ = "billing_invoice_counters"
    __table_args__ = (sa.UniqueConstraint("platform_id", "series", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    series: Mapped[str] = mapped_column(sa.String(16))
    year: Mapped[int]
    last_number: Mapped[int] = mapped_column(default=0)


class Invoice(VendorOwned, Base):
    """A document as it was issued: both parties as they were that day, sums as they were computed."""

    __tablename__ = "billing_invoices"
    __table_args__ = (
        sa.UniqueConstraint("platform_id", "number"),
        sa.UniqueConstraint("platform_id", "source_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    number: Mapped[str] = mapped_column(sa.String(40))
    source_key: Mapped[str] = mapped_column(sa.String(120))
    issued_on: Mapped[date] = mapped_column(index=True)
    due_on: Mapped[date]
    period_start: Mapped[date | None]
    period_end: Mapped[date | None]
    currency: Mapped[str] = mapped_column(sa.String(3))
    seller: Mapped[dict[str, Any]]
    buyer: Mapped[dict[str, Any]]
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    is_reverse_charge: Mapped[bool] = mapped_column(default=False)
    net_minor: Mapped[int] = mapped_column(sa.BigInteger)
    vat_minor: Mapped[int] = mapped_column(sa.BigInteger)
    gross_minor: Mapped[int] = mapped_column(sa.BigInteger)
    credits_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("billing_invoices.id", ondelete="RESTRICT"), unique=True
    )
    created_at: Mapped[datetime]

    lines: Mapped[list["InvoiceLine"]] = relationship(
        order_by="InvoiceLine.position", back_populates="invoice"
    )
    settlement: Mapped["Settlement | None"] = relationship(viewonly=True, lazy="joined")
    credited: Mapped["Invoice | None"] = relationship(remote_side="Invoice.id", viewonly=True)
    credit_note: Mapped["Invoice | None"] = relationship(
        remote_side="Invoice.credits_id", viewonly=True, uselist=False, lazy="selectin", join_depth=1
    )
    vendor: Mapped[Vendor] = relationship()

    @property
    def gross(self) -> Money:
        """What is to pay."""
        return Money(self.gross_minor, self.currency)

    @property
    def vat_groups(self) -> list[VatGroup]:
        """The sums by rate."""
        return sum_by_rate(self.lines, self.currency)

    def status_on(self, day: date) -> InvoiceStatus:
        """Where it stands on a day."""
        if self.kind == DocumentKind.CREDIT_NOTE:
            return InvoiceStatus.CREDIT_NOTE
        if self.credit_note is not None:
            return InvoiceStatus.CREDITED
        if self.settlement is not None or self.gross_minor == 0:
            return InvoiceStatus.PAID
        return InvoiceStatus.OVERDUE if self.due_on < day else InvoiceStatus.OPEN


class InvoiceLine(VendorOwned, Base):
    """A line; prices are without VAT."""

    __tablename__ = "billing_invoice_lines"

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(
        sa.ForeignKey("billing_invoices.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    text: Mapped[str] = mapped_column(sa.String(300))
    quantity: Mapped[int]
    unit_minor: Mapped[int] = mapped_column(sa.BigInteger)
    net_minor: Mapped[int] = mapped_column(sa.BigInteger)
    vat_percent: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2))

    invoice: Mapped[Invoice] = relationship(back_populates="lines")


class Settlement(VendorOwned, Base):
    """An invoice was paid: when, how, and who wrote it down. `payment_id` carries no key: payments may be off."""

    __tablename__ = "billing_settlements"

    id: Mapped[int] = mapped_column(primary_key=True)
    invoice_id: Mapped[int] = mapped_column(
        sa.ForeignKey("billing_invoices.id", ondelete="CASCADE"), unique=True
    )
    paid_on: Mapped[date]
    reference: Mapped[str] = mapped_column(sa.String(120), default="")
    payment_id: Mapped[int | None]
    actor_id: Mapped[int | None]
    created_at: Mapped[datetime]


@event.listens_for(Invoice, "before_update")
@event.listens_for(InvoiceLine, "before_update")
def _refuse_changes(_mapper: object, _connection: object, target: Invoice | InvoiceLine) -> None:
    """Keep what was issued: the law wants it for ten years, as it was."""
    state: InstanceState[Any] = sa.inspect(target)
    if any(state.attrs[column.key].history.has_changes() for column in state.mapper.column_attrs):
        raise IssuedForGood(repr(target))


@event.listens_for(Invoice, "before_delete")
@event.listens_for(InvoiceLine, "before_delete")
def _refuse_deletion(_mapper: object, _connection: object, target: Invoice | InvoiceLine) -> None:
    """Keep it, even if it was wrong: a credit note takes it back."""
    raise IssuedForGood(repr(target))
