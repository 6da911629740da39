"""Companies, and which of them stands behind a vendor.

None of these tables belongs to one platform: a company may own vendors that sell on several. The services filter.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base


class Company(Base):
    """A legal person; `platform_id` says whose admins see it before it owns a vendor."""

    __tablename__ = "tenancy_companies"

    id: Mapped[int] = mapped_column(primary_key=True)
    legal_name: Mapped[str] = mapped_column(sa.String(200), index=True)
    vat_number: Mapped[str | None] = mapped_column(sa.String(20), index=True)
    registration_number: Mapped[str | None] = mapped_column(sa.String(40))
    street: Mapped[str] = mapped_column(sa.String(200))
    postal_code: Mapped[str] = mapped_column(sa.String(20))
    city: Mapped[str] = mapped_column(sa.String(100))
    country: Mapped[str] = mapped_column(sa.String(2))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    phone: Mapped[str | None] = mapped_column(sa.String(40))
    platform_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("platforms.id", ondelete="SET NULL"), index=True
    )
    created_at: Mapped[datetime]


class VendorProfile(Base):
    """What a vendor has beyond its name: its company, whom to write to, and why it is suspended."""

    __tablename__ = "tenancy_vendor_profiles"

    vendor_id: Mapped[int] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), primary_key=True)
    company_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("tenancy_companies.id", ondelete="RESTRICT"), index=True
    )
    contact_email: Mapped[str | None] = mapped_column(sa.String(254))
    contact_phone: Mapped[str | None] = mapped_column(sa.String(40))
    website: Mapped[str | None] = mapped_column(sa.String(255))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    approved_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    suspension_reason: Mapped[str | None] = mapped_column(sa.String(500))
