"""Carts of the storefront: what somebody means to buy, and nothing that they promise yet."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wizamart.database import Base
from wizamart.platforms import PlatformOwned

WHOLE_PLATFORM = 0


class Cart(PlatformOwned, Base):
    """What lies in the cart of one browser, or of one person once they have signed in.

    `shop_id` is the vendor whose storefront it belongs to, and 0 for the platform's own.
    """

    __tablename__ = "orders_carts"
    __table_args__ = (
        sa.UniqueConstraint("token"),
        sa.UniqueConstraint("platform_id", "shop_id", "user_id"),
        sa.Index("ix_orders_carts_touched", "platform_id", "touched_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(sa.String(64))
    shop_id: Mapped[int] = mapped_column(default=WHOLE_PLATFORM)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    touched_at: Mapped[datetime]

    lines: Mapped[list["CartLine"]] = relationship(
        order_by="CartLine.id", cascade="all, delete-orphan", passive_deletes=True
    )


class CartLine(PlatformOwned, Base):
    """Some pieces of what a source offers under `reference`; title and price are those of the day it was put in.

    They are shown only while nobody offers it: what it costs is asked anew each time.
    """

    __tablename__ = "orders_cart_lines"
    __table_args__ = (
        sa.UniqueConstraint("cart_id", "reference"),
        sa.CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    cart_id: Mapped[int] = mapped_column(sa.ForeignKey("orders_carts.id", ondelete="CASCADE"))
    vendor_id: Mapped[int] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    reference: Mapped[str] = mapped_column(sa.String(120))
    title: Mapped[str] = mapped_column(sa.String(300))
    unit_price_minor: Mapped[int] = mapped_column(sa.BigInteger)
    quantity: Mapped[int]
