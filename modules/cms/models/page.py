"""Content pages, their texts in each language, what they were before, and where they were before."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from wizamart.database import Base, PartialIndex
from wizamart.platforms import PlatformOwned


class PageText(PlatformOwned, Base):
    """A page in one language; the body is Markdown.

    `checked_at` is when somebody last wrote it or said that it still fits: older than the text in the platform's
    own language, it is marked as outdated.
    """

    __tablename__ = "cms_page_texts"
    __table_args__ = (sa.UniqueConstraint("page_id", "locale"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(sa.ForeignKey("cms_pages.id", ondelete="CASCADE"))
    locale: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(160))
    body: Mapped[str] = mapped_column(sa.Text)
    seo_title: Mapped[str] = mapped_column(sa.String(160), default="")
    seo_description: Mapped[str] = mapped_column(sa.String(320), default="")
    checked_at: Mapped[datetime]


class Page(PlatformOwned, Base):
    """A page of the platform, or with `vendor_id` the one that a vendor shows in its place or besides.

    A draft has no `published_at`; a page is public from that moment on, and until `unpublish_at` where that is set.
    `announced_at` says that others were told that it is public. `version` grows with every change, so that one
    editor does not overwrite another. `based_on` is the version of the platform's page that a vendor's was copied
    from, `picture_id` the picture for those who pass the page on.

    The row and its texts are what the public sees, or will see. What is written after it was published is kept beside
    it as its newest revision: then `live_version` is the number of the revision that the row holds, and `drafted_at`
    when somebody wrote last. At `planned_at` the revision `planned_version` takes the row's place.
    """

    __tablename__ = "cms_pages"
    __table_args__ = (
        PartialIndex(
            "uq_cms_pages_platform_id_slug", "platform_id", "slug", unique=True, where="vendor_id IS NULL"
        ),
        sa.UniqueConstraint("platform_id", "vendor_id", "slug"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(160))
    placement: Mapped[str] = mapped_column(sa.String(16), default="none")
    position: Mapped[int] = mapped_column(default=100)
    picture_id: Mapped[int | None] = mapped_column(sa.ForeignKey("cms_media.id"), index=True)
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    unpublish_at: Mapped[datetime | None]
    announced_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    live_version: Mapped[int | None]
    drafted_at: Mapped[datetime | None]
    planned_version: Mapped[int | None]
    planned_at: Mapped[datetime | None] = mapped_column(index=True)
    based_on: Mapped[int | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    texts: Mapped[list[PageText]] = relationship(
        order_by=PageText.id, lazy="selectin", cascade="all, delete-orphan"
    )

    @property
    def has_draft(self) -> bool:
        """Whether something newer than what the row holds is kept beside it."""
        return self.live_version is not None

    @property
    def shown_version(self) -> int:
        """The number of the revision that the row holds."""
        return self.version if self.live_version is None else self.live_version

    def is_live(self, at: datetime) -> bool:
        """Tell whether the public sees the page at this moment."""
        if self.published_at is None or self.published_at > at:
            return False
        return self.unpublish_at is None or at < self.unpublish_at

    def text_in(self, *locales: str) -> PageText:
        """Return the text in the first of these languages that there is, or in whatever language there is."""
        by_locale = {text.locale: text for text in self.texts}
        return next((by_locale[locale] for locale in locales if locale in by_locale), self.texts[0])

    def has_text_in(self, locale: str) -> bool:
        """Tell whether the page is translated into this language."""
        return any(text.locale == locale for text in self.texts)


class PageRevision(PlatformOwned, Base):
    """A page as it was written by a change; rows are only added, apart from what an editor saves by itself.

    That is one row, written anew each time, as long as `is_autosaved`: until the person saves it, or it is published.
    `sitting` is the key of the window that wrote it.
    `checked_at` is when each language was last written or found to fit (ISO 8601), as in `PageText`.
    """

    __tablename__ = "cms_page_revisions"
    __table_args__ = (sa.UniqueConstraint("page_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(sa.ForeignKey("cms_pages.id", ondelete="CASCADE"))
    number: Mapped[int]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    author_name: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    checked_at: Mapped[dict[str, str] | None] = mapped_column(sa.JSON)
    sitting: Mapped[str | None] = mapped_column(sa.String(32))
    is_autosaved: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class PageRedirect(PlatformOwned, Base):
    """An old address, and where whoever comes by it is sent.

    Without a page it leads to `target`, an address of the shop. Of those made by hand (`origin`) an owner has one for
    each address; a page leaves one behind where it was before (`move`), and so does what other modules show in the
    shop (`place`).
    """

    __tablename__ = "cms_page_redirects"
    __table_args__ = (
        PartialIndex("uq_cms_page_redirects_moved", "page_id", "slug", unique=True, where="origin = 'move'"),
        PartialIndex(
            "uq_cms_page_redirects_by_hand",
            "platform_id",
            "slug",
            unique=True,
            where="origin = 'hand' AND vendor_id IS NULL",
        ),
        PartialIndex(
            "uq_cms_page_redirects_by_vendors_hand",
            "platform_id",
            "vendor_id",
            "slug",
            unique=True,
            where="origin = 'hand' AND vendor_id IS NOT NULL",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int | None] = mapped_column(sa.ForeignKey("cms_pages.id", ondelete="CASCADE"))
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    slug: Mapped[str] = mapped_column(sa.String(300), index=True)
    target: Mapped[str | None] = mapped_column(sa.String(300))
    origin: Mapped[str] = mapped_column(sa.String(8), default="move", server_default="move")
    author_name: Mapped[str | None] = mapped_column(sa.String(120))
    created_at: Mapped[datetime | None]

    page: Mapped[Page | None] = relationship(lazy="raise")


class PageEditor(PlatformOwned, Base):
    """Somebody has a page open in the editor; the open page keeps the row fresh, and an old one means nothing."""

    __tablename__ = "cms_page_editors"
    __table_args__ = (sa.UniqueConstraint("page_id", "user_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    page_id: Mapped[int] = mapped_column(sa.ForeignKey("cms_pages.id", ondelete="CASCADE"))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(sa.String(120))
    seen_at: Mapped[datetime]
