"""How a shop looks."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base, PartialIndex
from wizamart.platforms import PlatformOwned


class Theme(PlatformOwned, Base):
    """The look of a platform's shop, or with `vendor_id` of a vendor's; there is one row for each owner at most."""

    __tablename__ = "cms_themes"
    __table_args__ = (
        PartialIndex("uq_cms_themes_platform_id", "platform_id", unique=True, where="vendor_id IS NULL"),
        sa.UniqueConstraint("platform_id", "vendor_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    accent: Mapped[str] = mapped_column(sa.String(7))
    accent_dark: Mapped[str] = mapped_column(sa.String(7))
    heading_font: Mapped[str] = mapped_column(sa.String(16), default="same")
    font: Mapped[str] = mapped_column(sa.String(16))
    corners: Mapped[str] = mapped_column(sa.String(16))
    logo_text: Mapped[str] = mapped_column(sa.String(40), default="")
    logo_id: Mapped[int | None] = mapped_column(sa.ForeignKey("cms_media.id"), index=True)
    updated_at: Mapped[datetime]
