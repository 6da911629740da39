"""Customers, from which vendors they bought, and by what two rows may be found to be one person."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from modules.customers.models.address import Address
from modules.customers.models.record import Tag
from wizamart.database import Base, PartialIndex
from wizamart.platforms import PlatformOwned, VendorOwned


class Customer(PlatformOwned, Base):
    """A person on one platform; without `email` once they were anonymised or merged, which keeps what refers to them.

    With `owner_vendor_id` it is a vendor's own entry, which stands beside the platform's customer with the same
    address: a vendor must not learn from a refusal whom the platform knows.
    """

    __tablename__ = "customers_customers"
    __table_args__ = (
        PartialIndex(
            "uq_customers_customers_email",
            "platform_id",
            "email",
            unique=True,
            where="owner_vendor_id IS NULL",
        ),
        sa.UniqueConstraint("platform_id", "owner_vendor_id", "email"),
        sa.UniqueConstraint("platform_id", "user_id"),
        sa.Index("ix_customers_customers_since", "platform_id", "created_at", "id"),
        sa.Index("ix_customers_customers_name", "platform_id", "name", "id"),
        sa.Index("ix_customers_customers_country", "platform_id", "country"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_vendor_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True
    )
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    email: Mapped[str | None] = mapped_column(sa.String(254))
    phone: Mapped[str] = mapped_column(sa.String(40), default="")
    locale: Mapped[str | None] = mapped_column(sa.String(16))
    country: Mapped[str | None] = mapped_column(sa.String(2))
    marketing_consent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    anonymised_at: Mapped[datetime | None]
    merged_at: Mapped[datetime | None]
    merged_into_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("customers_customers.id", ondelete="SET NULL"), index=True
    )

    addresses: Mapped[list[Address]] = relationship(order_by=Address.position, cascade="all, delete-orphan")
    tags: Mapped[list[Tag]] = relationship(order_by=Tag.name, viewonly=True)

    @property
    def is_anonymised(self) -> bool:
        """Whether the person is gone from the row."""
        return self.anonymised_at is not None

    @property
    def is_gone(self) -> bool:
        """Whether the row stands for nobody any more: anonymised, or merged into another."""
        return self.anonymised_at is not None or self.merged_into_id is not None

    @property
    def billing_address(self) -> Address | None:
        """The address that bills go to: the one chosen for it, or else the first."""
        return next((one for one in self.addresses if one.is_billing), next(iter(self.addresses), None))

    @property
    def shipping_address(self) -> Address | None:
        """The address that goods go to: the one chosen for it, or else the first."""
        return next((one for one in self.addresses if one.is_shipping), next(iter(self.addresses), None))


IS_PERSON = sa.and_(Customer.anonymised_at.is_(None), Customer.merged_into_id.is_(None))


class CustomerVendor(VendorOwned, Base):
    """A customer deals with a vendor; the vendor sees them from then on."""

    __tablename__ = "customers_vendor_links"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "vendor_id"),
        sa.Index("ix_customers_vendor_links_vendor", "vendor_id", "customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers_customers.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]


class MatchKey(PlatformOwned, Base):
    """What a customer has in common with another who may be the same person: mailbox, phone, or name and place."""

    __tablename__ = "customers_match_keys"
    __table_args__ = (
        sa.UniqueConstraint("customer_id", "kind", "key"),
        sa.Index("ix_customers_match_keys_key", "platform_id", "kind", "key", "customer_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customers_customers.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(sa.String(8))
    key: Mapped[str] = mapped_column(sa.String(260))


class DistinctPair(PlatformOwned, Base):
    """Somebody has looked: these two are not one person. The smaller id stands first."""

    __tablename__ = "customers_distinct_pairs"
    __table_args__ = (sa.UniqueConstraint("first_id", "second_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    first_id: Mapped[int] = mapped_column(sa.ForeignKey("customers_customers.id", ondelete="CASCADE"))
    second_id: Mapped[int] = mapped_column(
        sa.ForeignKey("customers_customers.id", ondelete="CASCADE"), index=True
    )
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
