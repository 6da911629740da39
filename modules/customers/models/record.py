"""What is kept about a customer: consents with their history, notes, tags."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base
from wizamart.platforms import PlatformOwned


class Consent(PlatformOwned, Base):
    """Marketing consent was given or withdrawn; rows are only added (GDPR, article 7: it must be demonstrable).

    `detail` names the occasion where the consent was not given here, as with an import.
    """

    __tablename__ = "customers_consents"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("customers_customers.id", ondelete="CASCADE"), index=True
    )
    is_given: Mapped[bool]
    source: Mapped[str] = mapped_column(sa.String(16))
    detail: Mapped[str] = mapped_column(sa.String(200), default="")
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    at: Mapped[datetime]


class Note(PlatformOwned, Base):
    """A note for colleagues; with `vendor_id` it is that vendor's own and no other vendor's."""

    __tablename__ = "customers_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("customers_customers.id", ondelete="CASCADE"), index=True
    )
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    author_name: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text)
    created_at: Mapped[datetime]


class Tag(PlatformOwned, Base):
    """A word put on a customer by the platform, or with `vendor_id` by a vendor for itself."""

    __tablename__ = "customers_tags"
    __table_args__ = (sa.Index("ix_customers_tags_platform_id_name", "platform_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(
        sa.ForeignKey("customers_customers.id", ondelete="CASCADE"), index=True
    )
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(sa.String(40))
