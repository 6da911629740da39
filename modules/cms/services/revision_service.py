"""What a page was: a revision after each change, and the way back."""

import hashlib
import json
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


@dataclass(frozen=True, slots=True)
class Sitting:
    """An editor that is open in one window.

    `seen` is the digest of what it showed (see `digest_of`); without it a page is overwritten whatever it is by now.
    `key` tells its windows apart, and `is_autosave` whether it saves by itself or was told to.
    """

    seen: str | None = None
    key: str | None = None
    is_autosave: bool = False


NO_SITTING: Final = Sitting()


def record(
    session: Session,
    page: Page,
    written: Page,
    *,
    author: Author,
    at: datetime,
    sitting: Sitting = NO_SITTING,
) -> PageRevision | None:
    """Keep what was written of a page: the page itself, or a copy of it; what is as it was before adds nothing.

    What this sitting has saved by itself is written anew: hours of writing are one step of the history.
    """
    content = content_of(written)
    latest = find_latest(session, page)
    own = find_open(session, page, author, sitting)
    if latest is not None and latest.content == content:
        if own is not None and not sitting.is_autosave:
            own.is_autosaved = False
        return None
    revision = own or PageRevision(
        platform_id=page.platform_id, page_id=page.id, number=latest.number + 1 if latest else 1
    )
    revision.author_id, revision.author_name, revision.at = author.id, author.name, at
    revision.content = content
    revision.checked_at = {text.locale: text.checked_at.isoformat() for text in written.texts}
    revision.sitting, revision.is_autosaved = sitting.key, sitting.is_autosave
    session.add(revision)
    page.version = revision.number
    return revision


def find_open(session: Session, page: Page, author: Author, sitting: Sitting) -> PageRevision | None:
    """Return the newest revision if this sitting has saved it by itself, and nobody relies on it yet."""
    latest = find_latest(session, page)
    if latest is None or not latest.is_autosaved or not _is_of(latest, author, sitting):
        return None
    is_shown = page.published_at is not None and latest.number == page.shown_version
    return None if is_shown or latest.number == page.planned_version else latest


def is_moved_by(session: Session, page: Page, author: Author, sitting: Sitting) -> bool:
    """Tell whether the page has its address from what this sitting saved by itself, so that nobody else knows it."""
    own = find_open(session, page, author, sitting)
    if own is None:
        return False
    query = sa.select(PageRevision).where(PageRevision.page_id == page.id, PageRevision.number < own.number)
    before = session.scalars(query.order_by(PageRevision.number.desc()).limit(1)).first()
    return before is not None and before.content["slug"] != page.slug


def close(session: Session, page: Page) -> None:
    """Keep the newest revision as it is: what is written from now on is another."""
    latest = find_latest(session, page)
    if latest is not None:
        latest.is_autosaved = False


def _is_of(revision: PageRevision, author: Author, sitting: Sitting) -> bool:
    return sitting.key is not None and revision.sitting == sitting.key and revision.author_id == author.id


def has_changed_since(session: Session, page: Page, author: Author, sitting: Sitting, *, locale: str) -> bool:
    """Tell whether somebody else has changed the text in this language, or where the page stands, since it was seen.

    `page` is what is written on: the page, or the copy that is kept beside it. Somebody who wrote in another language
    meanwhile is in nobody's way, and neither is this sitting in its own: it may have saved without learning of it.
    What it sent by itself and arrives after what it was told to save is late, though, and older.
    """
    if sitting.seen is None or sitting.seen == digest_of(page, locale):
        return False
    latest = find_latest(session, page)
    if latest is None or not _is_of(latest, author, sitting):
        return True
    return sitting.is_autosave and not latest.is_autosaved


def digest_of(page: Page, locale: str | None = None) -> str:
    """Return what a page is recognised by: all of it, or where it stands and its text in one language."""
    content = content_of(page)
    if locale is not None:
        content["texts"] = content["texts"].get(locale)
    text = json.dumps(content, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


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
