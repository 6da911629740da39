"""What happens to an order: every change of state, parcels, returns, money and notes; nothing here is ever edited."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wizamart.database import Base
from wizamart.platforms import VendorOwned


def _order_key() -> Mapped[int]:
    return mapped_column(sa.ForeignKey("orders_orders.id", ondelete="CASCADE"), index=True)


class HistoryEntry(VendorOwned, Base):
    """One thing that was done; `form_key` names the form that asked for it, so that it is done once."""

    __tablename__ = "orders_history"
    __table_args__ = (sa.UniqueConstraint("order_id", "form_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = _order_key()
    action: Mapped[str] = mapped_column(sa.String(20))
    status_before: Mapped[str] = mapped_column(sa.String(20))
    status_after: Mapped[str] = mapped_column(sa.String(20))
    note: Mapped[str] = mapped_column(sa.Text, default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    form_key: Mapped[str | None] = mapped_column(sa.String(64))
    actor_id: Mapped[int | None]
    occurred_at: Mapped[datetime]


class Fulfilment(VendorOwned, Base):
    """A parcel that left, or goods that were handed over."""

    __tablename__ = "orders_fulfilments"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = _order_key()
    carrier: Mapped[str] = mapped_column(sa.String(80), default="")
    tracking_number: Mapped[str] = mapped_column(sa.String(120), default="")
    tracking_url: Mapped[str] = mapped_column(sa.String(500), default="")
    sent_at: Mapped[datetime]

    lines: Mapped[list["FulfilmentLine"]] = relationship(order_by="FulfilmentLine.id", passive_deletes=True)


class FulfilmentLine(VendorOwned, Base):
    """How many pieces of a line were in a parcel."""

    __tablename__ = "orders_fulfilment_lines"
    __table_args__ = (
        sa.UniqueConstraint("fulfilment_id", "line_id"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fulfilment_id: Mapped[int] = mapped_column(sa.ForeignKey("orders_fulfilments.id", ondelete="CASCADE"))
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("orders_lines.id", ondelete="CASCADE"), index=True)
    quantity: Mapped[int]


class Return(VendorOwned, Base):
    """Goods that came back."""

    __tablename__ = "orders_returns"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = _order_key()
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    refunded_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    received_at: Mapped[datetime]

    lines: Mapped[list["ReturnLine"]] = relationship(order_by="ReturnLine.id", passive_deletes=True)


class ReturnLine(VendorOwned, Base):
    """How many pieces of a line came back."""

    __tablename__ = "orders_return_lines"
    __table_args__ = (
        sa.UniqueConstraint("return_id", "line_id"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    return_id: Mapped[int] = mapped_column(sa.ForeignKey("orders_returns.id", ondelete="CASCADE"))
    line_id: Mapped[int] = mapped_column(sa.ForeignKey("orders_lines.id", ondelete="CASCADE"), index=True)
    quantity: Mapped[int]


class MoneyEntry(VendorOwned, Base):
    """Money that came in for an order (positive) or went back (negative); `payment_id` is that of the payments."""

    __tablename__ = "orders_money"
    __table_args__ = (sa.CheckConstraint("amount_minor <> 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = _order_key()
    amount_minor: Mapped[int] = mapped_column(sa.BigInteger)
    method: Mapped[str] = mapped_column(sa.String(40))
    reference: Mapped[str] = mapped_column(sa.String(140), default="")
    payment_id: Mapped[int | None]
    occurred_at: Mapped[datetime]


class OrderNote(VendorOwned, Base):
    """What somebody wrote about an order; the customer reads it only if it is for them."""

    __tablename__ = "orders_notes"
    __table_args__ = (sa.UniqueConstraint("order_id", "form_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = _order_key()
    text: Mapped[str] = mapped_column(sa.Text)
    is_for_customer: Mapped[bool] = mapped_column(default=False)
    form_key: Mapped[str | None] = mapped_column(sa.String(64))
    author_id: Mapped[int | None]
    written_at: Mapped[datetime]
