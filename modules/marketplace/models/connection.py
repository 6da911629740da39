"""Connections to marketplaces, texts for their feeds, and what was exchanged."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base
from wizamart.platforms import VendorOwned
from wizamart.secrets import EncryptedText


class Connection(VendorOwned, Base):
    """A vendor's connection; the token in the feed's address stands encrypted, and is found by its hash."""

    __tablename__ = "marketplace_connections"
    __table_args__ = (
        sa.UniqueConstraint("platform_id", "vendor_id", "adapter"),
        sa.UniqueConstraint("feed_token_hash"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    adapter: Mapped[str] = mapped_column(sa.String(40))
    is_enabled: Mapped[bool] = mapped_column(default=True)
    brand: Mapped[str] = mapped_column(sa.String(70), default="")
    locales: Mapped[list[str]] = mapped_column(default=list)
    api_key: Mapped[str | None] = mapped_column(EncryptedText)
    feed_token: Mapped[str] = mapped_column(EncryptedText)
    feed_token_hash: Mapped[str] = mapped_column(sa.String(64))
    feed_token_at: Mapped[datetime]
    last_fetched_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class FeedText(VendorOwned, Base):
    """A product's title and description in another language than the catalogue's."""

    __tablename__ = "marketplace_texts"
    __table_args__ = (sa.UniqueConstraint("product_id", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_products.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(200))
    description: Mapped[str] = mapped_column(sa.Text, default="")
    updated_at: Mapped[datetime]


class Exchange(VendorOwned, Base):
    """One exchange with a marketplace, or a change of the connection: never a secret, never an address."""

    __tablename__ = "marketplace_exchanges"
    __table_args__ = (sa.Index("ix_marketplace_exchanges_log", "connection_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    connection_id: Mapped[int] = mapped_column(
        sa.ForeignKey("marketplace_connections.id", ondelete="CASCADE")
    )
    kind: Mapped[str] = mapped_column(sa.String(32))
    locale: Mapped[str] = mapped_column(sa.String(16), default="")
    status_code: Mapped[int | None]
    offers: Mapped[int | None]
    size: Mapped[int | None]
    duration_ms: Mapped[int | None]
    actor_id: Mapped[int | None]
    occurred_at: Mapped[datetime]
