"""What a page was: a revision after each change, and the way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms.exceptions import RevisionNotFound
from modules.cms.models.page import Page, PageRevision, PageText

TEXT_FIELDS: Final = ("title", "body", "seo_title", "seo_description")
PLACE_FIELDS: Final = ("slug", "placement", "position", "picture_id")


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes; revisions keep the name when the account is gone."""

    id: int | None
    name: str


def record(
    session: Session, page: Page, written: Page, *, author: Author, at: datetime
) -> PageRevision | None:
    """Keep what was written of a page: the page itself, or a copy of it; what is as it was before adds nothing."""
    content = content_of(written)
    latest = find_latest(session, page)
    if latest is not None and latest.content == content:
        return None
    revision = PageRevision(
        platform_id=page.platform_id,
        page_id=page.id,
        number=latest.number + 1 if latest else 1,
        author_id=author.id,
        author_name=author.name,
        at=at,
        content=content,
        checked_at={text.locale: text.checked_at.isoformat() for text in written.texts},
    )
    session.add(revision)
    page.version = revision.number
    return revision


def has_changed_since(session: Session, page: Page, version: int, *, locale: str) -> bool:
    """Tell whether the text in this language, or where the page stands, is another than in this version.

    `page` is what is written on: the page, or the copy that is kept beside it. Somebody who wrote in another language
    meanwhile is in nobody's way.
    """
    if version == page.version:
        return False
    query = sa.select(PageRevision).where(PageRevision.page_id == page.id, PageRevision.number == version)
    base = session.scalars(query).one_or_none()
    if base is None:
        return True
    now = content_of(page)
    is_moved = any(base.content.get(name) != now[name] for name in PLACE_FIELDS)
    return is_moved or base.content["texts"].get(locale) != now["texts"].get(locale)


def find_latest(session: Session, page: Page) -> PageRevision | None:
    """Return the newest revision of a page."""
    query = sa.select(PageRevision).where(PageRevision.page_id == page.id)
    return session.scalars(query.order_by(PageRevision.number.desc()).limit(1)).first()


def get_revision(session: Session, page: Page, number: int) -> PageRevision:
    """Return one revision of a page.

    :raises RevisionNotFound: when there is none with this number.
    """
    query = sa.select(PageRevision).where(PageRevision.page_id == page.id, PageRevision.number == number)
    revision = session.scalars(query).one_or_none()
    if revision is None:
        raise RevisionNotFound
    return revision


def list_revisions(session: Session, page: Page, *, limit: int = 100) -> Sequence[PageRevision]:
    """Return the revisions of a page, newest first."""
    query = sa.select(PageRevision).where(PageRevision.page_id == page.id)
    return session.scalars(query.order_by(PageRevision.number.desc()).limit(limit)).all()


def build_copy(page: Page, content: Mapping[str, Any], checked_at: Mapping[str, datetime]) -> Page:
    """Return the page with this content in its place, to read and to write on; the database never sees the copy."""
    kept = ("id", "platform_id", "vendor_id", "published_at", "unpublish_at", "version", "live_version")
    texts = [
        PageText(platform_id=page.platform_id, locale=locale, checked_at=checked_at[locale], **fields)
        for locale, fields in content["texts"].items()
    ]
    place = {name: content.get(name) for name in PLACE_FIELDS}
    return Page(**{name: getattr(page, name) for name in kept}, **place, texts=texts)


def copy_of(page: Page, revision: PageRevision) -> Page:
    """Return a copy of the page as a revision has it."""
    known = revision.checked_at or {}
    checked_at = {
        locale: datetime.fromisoformat(known[locale]) if locale in known else revision.at
        for locale in revision.content["texts"]
    }
    return build_copy(page, revision.content, checked_at)


def take_over(page: Page, written: Page) -> None:
    """Give a page the texts and the place of a copy; its address stays."""
    page.placement, page.position, page.picture_id = written.placement, written.position, written.picture_id
    present = {text.locale: text for text in page.texts}
    wanted = {text.locale: text for text in written.texts}
    for locale, text in present.items():
        if locale not in wanted:
            page.texts.remove(text)
    for locale, text in wanted.items():
        if locale not in present:
            present[locale] = PageText(platform_id=page.platform_id, locale=locale)
            page.texts.append(present[locale])
        for name in (*TEXT_FIELDS, "checked_at"):
            setattr(present[locale], name, getattr(text, name))


def content_of(page: Page) -> dict[str, Any]:
    """Return all that a revision keeps of a page."""
    return {
        **{name: getattr(page, name) for name in PLACE_FIELDS},
        "texts": {
            text.locale: {name: getattr(text, name) or "" for name in TEXT_FIELDS} for text in page.texts
        },
    }
