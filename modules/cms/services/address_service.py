"""Where pages are found: what a shop shows at this moment, and the address of each page."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modules.cms.exceptions import SlugTaken
from modules.cms.models.page import Page, PageRedirect, PageRevision


def shown_to(vendor_id: int | None) -> sa.ColumnElement[bool]:
    """Return the condition of pages that a shop shows: the platform's and, in a vendor's, its own."""
    if vendor_id is None:
        return Page.vendor_id.is_(None)
    return sa.or_(Page.vendor_id.is_(None), Page.vendor_id == vendor_id)


def is_live(at: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of pages that are public at this moment."""
    not_over = sa.or_(Page.unpublish_at.is_(None), Page.unpublish_at > at)
    return sa.and_(Page.published_at <= at, not_over)


def refuse_taken(session: Session, slug: str, *, vendor_id: int | None, page_id: int | None) -> None:
    """Refuse an address that another page of the owner has, or will have once what is written of it is published.

    :raises SlugTaken: when there is such a page.
    """
    is_pending = sa.or_(
        sa.and_(Page.live_version.is_not(None), PageRevision.number == Page.version),
        PageRevision.number == Page.planned_version,
    )
    pending = sa.select(PageRevision.page_id).where(
        PageRevision.page_id == Page.id, is_pending, PageRevision.content["slug"].as_string() == slug
    )
    query = sa.select(Page.id).where(Page.vendor_id == vendor_id, sa.or_(Page.slug == slug, pending.exists()))
    if page_id is not None:
        query = query.where(Page.id != page_id)
    if session.scalars(query.limit(1)).first() is not None:
        raise SlugTaken


def store(session: Session, page: Page) -> None:
    """Write a new page into the database, where it gets its id.

    :raises SlugTaken: when another page of the owner got its address at this very moment.
    """
    try:
        with session.begin_nested():
            session.add(page)
    except IntegrityError as error:
        raise SlugTaken from error


def move(session: Session, page: Page, slug: str, *, at: datetime, leaves_redirect: bool = True) -> None:
    """Give a page another address, and keep the old one leading there unless nobody ever knew it.

    :raises SlugTaken: when another page of the owner has the address.
    """
    if slug == page.slug:
        return
    refuse_taken(session, slug, vendor_id=page.vendor_id, page_id=page.id)
    try:
        with session.begin_nested():  # what happens here is taken back where somebody else is quicker
            _leave_redirect(session, page, slug, at=at, is_known=leaves_redirect)
            page.slug = slug
    except IntegrityError as error:
        raise SlugTaken from error


def _leave_redirect(session: Session, page: Page, slug: str, *, at: datetime, is_known: bool) -> None:
    known = {
        row.slug: row
        for row in session.scalars(
            sa.select(PageRedirect).where(PageRedirect.page_id == page.id, PageRedirect.origin == "move")
        )
    }
    if slug in known:
        session.delete(known[slug])
    if is_known and page.slug not in known:
        session.add(
            PageRedirect(
                platform_id=page.platform_id,
                page_id=page.id,
                vendor_id=page.vendor_id,
                slug=page.slug,
                created_at=at,
            )
        )
