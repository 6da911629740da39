"""Pictures, and which pages show them."""

from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base
from wizamart.platforms import PlatformOwned

THUMBNAIL_WIDTHS: Final = (160, 320, 640, 1280)


class Media(PlatformOwned, Base):
    """A picture of the platform, or with `vendor_id` of a vendor; the file is called by its random key.

    `alts` holds its description by language; `words` is what the library is searched by.
    """

    __tablename__ = "cms_media"

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    key: Mapped[str] = mapped_column(sa.String(32), unique=True)
    extension: Mapped[str] = mapped_column(sa.String(4))
    name: Mapped[str] = mapped_column(sa.String(160))
    alts: Mapped[dict[str, str]] = mapped_column(sa.JSON, default=dict)
    words: Mapped[str] = mapped_column(sa.Text, default="")
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    created_at: Mapped[datetime]

    @property
    def filename(self) -> str:
        """The name of the file, on disk and in addresses."""
        return f"{self.key}.{self.extension}"

    @property
    def widths(self) -> tuple[int, ...]:
        """The fixed widths that there is a smaller copy in."""
        return tuple(width for width in THUMBNAIL_WIDTHS if width < self.width)

    def path(self, width: int | None = None) -> str:
        """Return the address below the shop's root: the smallest copy at least this wide, or the whole picture."""
        fitting = [small for small in self.widths if width is not None and small >= width]
        return f"/media/{fitting[0]}/{self.key}.webp" if fitting else f"/media/{self.filename}"

    def height_at(self, width: int) -> int:
        """Return the height in proportion to a width."""
        return max(1, round(self.height * width / self.width))

    def source_set(self, root: str = "") -> str:
        """Return the attribute `srcset`: every width there is, with its address below `root`."""
        return ", ".join(f"{root}{self.path(width)} {width}w" for width in (*self.widths, self.width))

    def alt_in(self, *locales: str) -> str:
        """Return the description in the first of these languages that has one, or in any; empty if there is none."""
        found = (self.alts[locale] for locale in (*locales, *self.alts) if self.alts.get(locale))
        return next(found, "")


class MediaUse(PlatformOwned, Base):
    """A page shows a picture, in whatever language; the picture cannot go before it, unless their owner goes."""

    __tablename__ = "cms_media_uses"
    __table_args__ = (sa.UniqueConstraint("page_id", "media_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(sa.ForeignKey("cms_pages.id", ondelete="CASCADE"))
    media_id: Mapped[int] = mapped_column(sa.ForeignKey("cms_media.id"), index=True)
