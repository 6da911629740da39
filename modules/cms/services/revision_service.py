"""What a page was: a revision after each change, and the way back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms.exceptions import RevisionNotFound
from modules.cms.models.page import Page, PageRevision, PageText

TEXT_FIELDS: Final = ("title", "body", "seo_title", "seo_description")
PLACE_FIELDS: Final = ("slug", "placement", "position", "picture_id")


def record(
    session: Session, page: Page, *, author_id: int | None, author_name: str, at: datetime
) -> PageRevision | None:
    """Keep the page as it stands now; one that is as it was before adds nothing."""
    content = content_of(page)
    latest = find_latest(session, page)
    if latest is not None and latest.content == content:
        return None
    revision = PageRevision(
        platform_id=page.platform_id,
        page_id=page.id,
        number=latest.number + 1 if latest else 1,
        author_id=author_id,
        author_name=author_name,
        at=at,
        content=content,
    )
    session.add(revision)
    page.version = revision.number
    return revision


def has_changed_since(session: Session, page: Page, version: int, *, locale: str) -> bool:
    """Tell whether the text in this language, or where the page stands, is another than in this version.

    Somebody who wrote in another language meanwhile is in nobody's way.
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


def put_back(page: Page, revision: PageRevision, *, picture_id: int | None, at: datetime) -> None:
    """Give a page the texts and the place of a revision; its address and whether it is public stay.

    `picture_id` is the picture that it shall have: that of the revision may be gone.
    """
    content = revision.content
    page.placement, page.position = content["placement"], content["position"]
    page.picture_id = picture_id
    present = {text.locale: text for text in page.texts}
    for locale, text in present.items():
        if locale not in content["texts"]:
            page.texts.remove(text)
    for locale, fields in content["texts"].items():
        if locale not in present:
            present[locale] = PageText(platform_id=page.platform_id, locale=locale, checked_at=at)
            page.texts.append(present[locale])
        for name in TEXT_FIELDS:
            setattr(present[locale], name, fields[name])
        present[locale].checked_at = at
    page.updated_at = at


def content_of(page: Page) -> dict[str, Any]:
    """Return all that a revision keeps of a page."""
    return {
        **{name: getattr(page, name) for name in PLACE_FIELDS},
        "texts": {
            text.locale: {name: getattr(text, name) or "" for name in TEXT_FIELDS} for text in page.texts
        },
    }
