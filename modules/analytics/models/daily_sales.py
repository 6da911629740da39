"""Sales by day, computed ahead so that a year opens at once."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base
from wizamart.platforms import PlatformOwned


class DailySales(PlatformOwned, Base):
    """What one source sold on one day in one currency: on the whole platform, or by one vendor.

    `vendor_key` is the vendor's id, or 0 for the whole platform, so that the database can hold each day once.
    """

    __tablename__ = "analytics_daily_sales"
    __table_args__ = (
        sa.UniqueConstraint(
            "platform_id",
            "vendor_key",
            "day",
            "currency",
            "source",
            name="uq_analytics_daily_sales_day",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    vendor_key: Mapped[int]
    day: Mapped[date]
    currency: Mapped[str] = mapped_column(sa.String(3))
    source: Mapped[str] = mapped_column(sa.String(63))
    orders: Mapped[int]
    units: Mapped[int]
    gross_minor: Mapped[int] = mapped_column(sa.BigInteger)


class SalesCoverage(PlatformOwned, Base):
    """Which days of a platform were computed, and when; later days are asked of the sources themselves."""

    __tablename__ = "analytics_sales_coverage"
    __table_args__ = (sa.UniqueConstraint("platform_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    refreshed_at: Mapped[datetime]
