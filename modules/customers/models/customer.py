"""Customers, and from which vendors they bought."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from modules.customers.models.address import Address
from wizamart.database import Base
from wizamart.platforms import PlatformOwned, VendorOwned


class Customer(PlatformOwned, Base):
    """A person on one platform; without `email` once they were anonymised, which keeps what refers to them."""

    __tablename__ = "customers_customers"
    __table_args__ = (
        sa.UniqueConstraint("platform_id", "email"),
        sa.UniqueConstraint("platform_id", "user_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    locale: Mapped[str | None] = mapped_column(sa.String(16))
    country: Mapped[str | None] = mapped_column(sa.String(2))
    marketing_consent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(index=True)
    anonymised_at: Mapped[datetime | None]

    addresses: Mapped[list[Address]] = relationship(order_by=Address.position, cascade="all, delete-orphan")

    @property
    def is_anonymised(self) -> bool:
        """Whether the person is gone from the row."""
        return self.anonymised_at is not None


class CustomerVendor(VendorOwned, Base):
    """A customer deals with a vendor; the vendor sees them from then on."""

    __tablename__ = "customers_vendor_links"
    __table_args__ = (sa.UniqueConstraint("customer_id", "vendor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers_customers.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
