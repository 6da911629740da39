"""A vendor's subscription."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from modules.billing.models.tier import Tier
from modules.billing.schemas.lifecycle import Interval, SubscriptionStatus
from wizamart.database import Base
from wizamart.money import Money
from wizamart.platforms import Vendor, VendorOwned


class Subscription(VendorOwned, Base):
    """One for each vendor on a platform. `credit_minor` is what is left over for its next invoice."""

    __tablename__ = "billing_subscriptions"
    __table_args__ = (
        sa.UniqueConstraint("platform_id", "vendor_id"),
        sa.CheckConstraint("credit_minor >= 0", name="credit_minor"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    tier_id: Mapped[int] = mapped_column(sa.ForeignKey("billing_tiers.id", ondelete="RESTRICT"), index=True)
    status: Mapped[str] = mapped_column(sa.String(16))
    interval: Mapped[str] = mapped_column(sa.String(8))
    period_start: Mapped[datetime]
    period_end: Mapped[datetime] = mapped_column(index=True)
    anchor_day: Mapped[int]
    ends_with_period: Mapped[bool] = mapped_column(default=False)
    credit_minor: Mapped[int] = mapped_column(default=0)
    cancelled_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    tier: Mapped[Tier] = relationship(lazy="joined", innerjoin=True)
    vendor: Mapped[Vendor] = relationship()

    @property
    def state(self) -> SubscriptionStatus:
        """Where it stands."""
        return SubscriptionStatus(self.status)

    @property
    def rhythm(self) -> Interval:
        """How often is paid."""
        return Interval(self.interval)

    @property
    def price(self) -> Money:
        """What a period costs, without VAT."""
        return self.tier.price(self.rhythm)

    @property
    def is_running(self) -> bool:
        """Whether it opens what its tier includes."""
        return self.state is not SubscriptionStatus.CANCELLED
