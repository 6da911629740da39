"""Orders and their lines."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from modules.orders.schemas.order_state import Facts, OrderStatus
from wizamart.database import Base
from wizamart.platforms import PlatformOwned, VendorOwned


class OrderCounter(PlatformOwned, Base):
    """The last number given out on a platform."""

    __tablename__ = "orders_counters"
    __table_args__ = (sa.UniqueConstraint("platform_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    last_number: Mapped[int]


class Order(VendorOwned, Base):
    """An order; the customer's name and addresses are those of its day. `token` opens its page without signing in.

    `customer_id` carries no key: the order outlives the person. `form_key` names the form that created it, so that a
    form sent twice makes one order. `placed_on` is the day in the platform's time zone, for sales by day. An order
    of the storefront has `page_url`, where its customer finds it and mails lead to; `payment_id` is the payment that
    was begun last, `expires_at` when it is cancelled if nothing was paid until then, and `refunding_minor` what
    providers were asked to give back and have not confirmed yet.
    """

    __tablename__ = "orders_orders"
    __table_args__ = (
        sa.UniqueConstraint("platform_id", "number"),
        sa.UniqueConstraint("platform_id", "form_key"),
        sa.UniqueConstraint("token"),
        sa.Index("ix_orders_orders_state", "platform_id", "status", "created_at"),
        sa.Index("ix_orders_orders_sales", "platform_id", "placed_on", "vendor_id"),
        sa.Index("ix_orders_orders_customer", "platform_id", "customer_id"),
        sa.CheckConstraint("total_minor >= 0", name="total"),
        sa.Index("ix_orders_orders_expiry", "platform_id", "status", "expires_at"),
        sa.CheckConstraint("refunded_minor <= paid_minor", name="refunded"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(sa.String(40))
    status: Mapped[str] = mapped_column(sa.String(20), default=OrderStatus.DRAFT)
    version: Mapped[int] = mapped_column(default=1)
    form_key: Mapped[str] = mapped_column(sa.String(64))
    token: Mapped[str] = mapped_column(sa.String(64))
    customer_id: Mapped[int | None]
    customer_name: Mapped[str] = mapped_column(sa.String(200))
    customer_email: Mapped[str] = mapped_column(sa.String(254))
    billing_address: Mapped[dict[str, Any]] = mapped_column(default=dict)
    shipping_address: Mapped[dict[str, Any]] = mapped_column(default=dict)
    currency: Mapped[str] = mapped_column(sa.String(3))
    prices_include_tax: Mapped[bool] = mapped_column(default=True)
    delivery_title: Mapped[str] = mapped_column(sa.String(120), default="")
    delivery_minor: Mapped[int] = mapped_column(default=0)
    delivery_tax_rate: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2), default=Decimal(0))
    net_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    tax_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    total_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    paid_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    refunded_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    refunding_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    units: Mapped[int] = mapped_column(default=0)
    locale: Mapped[str | None] = mapped_column(sa.String(16))
    page_url: Mapped[str] = mapped_column(sa.String(500), default="")
    payment_id: Mapped[int | None]
    payment_label: Mapped[str] = mapped_column(sa.String(120), default="")
    expires_at: Mapped[datetime | None]
    placed_on: Mapped[date | None]
    placed_at: Mapped[datetime | None]
    created_by_user_id: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    lines: Mapped[list["OrderLine"]] = relationship(
        back_populates="order",
        order_by="OrderLine.position, OrderLine.id",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def state(self) -> OrderStatus:
        """The status as its enumeration."""
        return OrderStatus(self.status)

    @property
    def due_minor(self) -> int:
        """What is still to be paid."""
        return max(0, self.total_minor - self.paid_minor)

    @property
    def refundable_minor(self) -> int:
        """What could be given back."""
        return self.paid_minor - self.refunded_minor - self.refunding_minor

    @property
    def facts(self) -> Facts:
        """What the guards of the state machine look at."""
        return Facts(
            lines=len(self.lines),
            has_customer=self.customer_id is not None,
            total_minor=self.total_minor,
            paid_minor=self.paid_minor,
            ordered=sum(line.quantity for line in self.lines),
            fulfilled=sum(line.fulfilled_quantity for line in self.lines),
            returned=sum(line.returned_quantity for line in self.lines),
        )


class OrderLine(VendorOwned, Base):
    """What was sold, as it was on that day; `reference` is the key of whoever supplied the line."""

    __tablename__ = "orders_lines"
    __table_args__ = (
        sa.UniqueConstraint("order_id", "form_key"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
        sa.CheckConstraint("fulfilled_quantity BETWEEN 0 AND quantity", name="fulfilled"),
        sa.CheckConstraint("returned_quantity BETWEEN 0 AND fulfilled_quantity", name="returned"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders_orders.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    form_key: Mapped[str | None] = mapped_column(sa.String(64))
    reference: Mapped[str | None] = mapped_column(sa.String(120))
    sku: Mapped[str] = mapped_column(sa.String(120), default="")
    title: Mapped[str] = mapped_column(sa.String(300))
    unit_price_minor: Mapped[int] = mapped_column(sa.BigInteger)
    quantity: Mapped[int]
    discount_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    tax_rate: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2))
    tax_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    total_minor: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    fulfilled_quantity: Mapped[int] = mapped_column(default=0)
    returned_quantity: Mapped[int] = mapped_column(default=0)

    order: Mapped[Order] = relationship(back_populates="lines")

    @property
    def open_quantity(self) -> int:
        """What is still to be sent."""
        return self.quantity - self.fulfilled_quantity

    @property
    def returnable_quantity(self) -> int:
        """What the customer has and could send back."""
        return self.fulfilled_quantity - self.returned_quantity
