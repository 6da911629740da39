"""Pictures, and which pages show them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base
from wizamart.platforms import PlatformOwned


class Media(PlatformOwned, Base):
    """A picture of the platform, or with `vendor_id` of a vendor; the file is called by its random key."""

    __tablename__ = "cms_media"

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    extension: Mapped[str] = mapped_column(sa.String(4))
    name: Mapped[str] = mapped_column(sa.String(160))
    alt: Mapped[str] = mapped_column(sa.String(300))
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    created_at: Mapped[datetime]

    @property
    def filename(self) -> str:
        """The name of the file, on disk and in addresses."""
        return f"{self.key}.{self.extension}"


class MediaUse(PlatformOwned, Base):
    """A page shows a picture, in whatever language."""

    __tablename__ = "cms_media_uses"
    __table_args__ = (sa.UniqueConstraint("page_id", "media_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(sa.ForeignKey("cms_pages.id", ondelete="CASCADE"))
    media_id: Mapped[int] = mapped_column(sa.ForeignKey("cms_media.id", ondelete="RESTRICT"), index=True)
