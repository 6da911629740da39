"""What is sold to vendors, and what a vendor was given on top."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from modules.billing.schemas.lifecycle import Interval
from wizamart.database import Base
from wizamart.money import Money
from wizamart.platforms import PlatformOwned, VendorOwned


class Tier(PlatformOwned, Base):
    """A tier of a platform; lower `rank` comes first. A limit that is absent has no bound."""

    __tablename__ = "billing_tiers"
    __table_args__ = (
        sa.UniqueConstraint("platform_id", "code"),
        sa.CheckConstraint("price_month >= 0 AND price_year >= 0", name="prices"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(40))
    name: Mapped[str] = mapped_column(sa.String(80))
    description: Mapped[str] = mapped_column(sa.String(300), default="")
    rank: Mapped[int]
    price_month: Mapped[int]
    price_year: Mapped[int]
    currency: Mapped[str] = mapped_column(sa.String(3))
    trial_days: Mapped[int | None]
    features: Mapped[list[str]] = mapped_column(default=list)
    limits: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_offered: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    def price(self, interval: Interval) -> Money:
        """Return what a period costs, without VAT."""
        minor = self.price_year if interval is Interval.YEAR else self.price_month
        return Money(minor, self.currency)


class FeatureOverride(VendorOwned, Base):
    """A feature that a vendor may use whatever its tier says."""

    __tablename__ = "billing_feature_overrides"
    __table_args__ = (sa.UniqueConstraint("platform_id", "vendor_id", "feature"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    feature: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    actor_id: Mapped[int | None]
    created_at: Mapped[datetime]
