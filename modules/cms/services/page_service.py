"""Pages of a platform and of its vendors: writing, publishing, finding what the public sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms import events
from modules.cms.exceptions import PageNotFound, SlugTaken
from modules.cms.models.page import Page, PageRedirect, PageText
from modules.cms.schemas.page import PageForm
from modules.cms.services import revision_service


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes; revisions keep the name when the account is gone."""

    id: int | None
    name: str


def get_page(session: Session, page_id: int, *, vendor_id: int | None = None) -> Page:
    """Return a page of the platform, or with `vendor_id` one of that vendor's.

    :raises PageNotFound: when there is none.
    """
    query = sa.select(Page).where(Page.id == page_id, Page.vendor_id == vendor_id)
    page = session.scalars(query).one_or_none()
    if page is None:
        raise PageNotFound
    return page


def list_pages(session: Session, *, vendor_id: int | None = None) -> Sequence[Page]:
    """Return the owner's pages in the order of their addresses."""
    return session.scalars(sa.select(Page).where(Page.vendor_id == vendor_id).order_by(Page.slug)).all()


def search_pages(session: Session, *, vendor_id: int | None, text: str, limit: int) -> Sequence[Page]:
    """Return the owner's pages whose address or title holds the text."""
    titled = sa.select(PageText.page_id).where(PageText.title.icontains(text, autoescape=True))
    is_found = sa.or_(Page.slug.icontains(text, autoescape=True), Page.id.in_(titled))
    query = sa.select(Page).where(Page.vendor_id == vendor_id, is_found).order_by(Page.slug)
    return session.scalars(query.limit(limit)).all()


def list_inherited(session: Session, *, vendor_id: int, at: datetime) -> list[Page]:
    """Return the platform's public pages that a vendor shows as they are."""
    own = {page.slug for page in list_pages(session, vendor_id=vendor_id)}
    return [page for page in list_pages(session) if page.is_live(at) and page.slug not in own]


def create_page(
    session: Session,
    form: PageForm,
    *,
    platform_id: int,
    locale: str,
    author: Author,
    at: datetime,
    vendor_id: int | None = None,
) -> Page:
    """Write a new page, which is a draft.

    :raises SlugTaken: when the owner has a page at this address.
    """
    _refuse_taken(session, form.slug, vendor_id=vendor_id, page_id=None)
    page = Page(
        platform_id=platform_id,
        vendor_id=vendor_id,
        slug=form.slug,
        placement=form.placement,
        position=form.position,
        created_at=at,
        updated_at=at,
        texts=[],
    )
    session.add(page)
    _write_text(page, form, locale=locale)
    session.flush()  # the revision needs the id
    revision_service.record(session, page, author_id=author.id, author_name=author.name, at=at)
    return page


def update_page(
    session: Session, page: Page, form: PageForm, *, locale: str, author: Author, at: datetime
) -> None:
    """Change a page and its text in one language; a public page changes at once.

    :raises SlugTaken: when the owner has another page at this address.
    """
    _move(session, page, form.slug)
    page.placement, page.position = form.placement, form.position
    page.updated_at = at
    _write_text(page, form, locale=locale)
    revision_service.record(session, page, author_id=author.id, author_name=author.name, at=at)


def publish(session: Session, page: Page, *, at: datetime, now: datetime) -> None:
    """Make a page public from the moment `at`, which may lie ahead."""
    page.published_at = at
    page.updated_at = now
    payload = events.PageChanged(
        platform_id=page.platform_id, page_id=page.id, vendor_id=page.vendor_id, slug=page.slug
    )
    events.page_published.emit(session, payload, platform_id=page.platform_id, vendor_id=page.vendor_id)


def unpublish(page: Page, *, now: datetime) -> None:
    """Make a page a draft again."""
    page.published_at = None
    page.updated_at = now


def delete_page(session: Session, page: Page) -> None:
    """Delete a page with all that it was before."""
    session.delete(page)


def override(session: Session, page_id: int, *, vendor_id: int, author: Author, at: datetime) -> Page:
    """Copy a page of the platform as a draft of the vendor's, shown in its place once it is published.

    :raises PageNotFound: when the platform shows no such page.
    :raises SlugTaken: when the vendor has its own already.
    """
    source = get_page(session, page_id)
    if not source.is_live(at):
        raise PageNotFound
    _refuse_taken(session, source.slug, vendor_id=vendor_id, page_id=None)
    page = Page(
        platform_id=source.platform_id,
        vendor_id=vendor_id,
        slug=source.slug,
        placement=source.placement,
        position=source.position,
        created_at=at,
        updated_at=at,
        texts=[
            PageText(
                platform_id=source.platform_id,
                locale=text.locale,
                title=text.title,
                body=text.body,
                seo_title=text.seo_title,
                seo_description=text.seo_description,
            )
            for text in source.texts
        ],
    )
    session.add(page)
    session.flush()  # the revision needs the id
    revision_service.record(session, page, author_id=author.id, author_name=author.name, at=at)
    return page


def find_live(session: Session, slug: str, *, vendor_id: int | None, at: datetime) -> Page | None:
    """Return the page that the public sees at this address: the vendor's own, or else the platform's."""
    query = sa.select(Page).where(Page.slug == slug, Page.published_at <= at, _shown_to(vendor_id))
    return session.scalars(query.order_by(Page.vendor_id.is_(None)).limit(1)).first()


def find_moved(session: Session, slug: str, *, vendor_id: int | None, at: datetime) -> str | None:
    """Return where a page is now that was at this address before."""
    query = (
        sa.select(Page.slug)
        .join(PageRedirect, PageRedirect.page_id == Page.id)
        .where(PageRedirect.slug == slug, Page.published_at <= at, _shown_to(vendor_id))
        .order_by(Page.vendor_id.is_(None), PageRedirect.id.desc())
    )
    return session.scalars(query.limit(1)).first()


def list_live(
    session: Session, *, vendor_id: int | None, at: datetime, placement: str | None = None
) -> list[Page]:
    """Return the pages that the public sees, a vendor's own in the place of the platform's."""
    query = sa.select(Page).where(Page.published_at <= at, _shown_to(vendor_id))
    shown = {
        page.slug: page for page in session.scalars(query.order_by(Page.vendor_id.is_not(None), Page.id))
    }
    pages = [page for page in shown.values() if placement is None or page.placement == placement]
    return sorted(pages, key=lambda page: (page.position, page.slug))


def _shown_to(vendor_id: int | None) -> sa.ColumnElement[bool]:
    if vendor_id is None:
        return Page.vendor_id.is_(None)
    return sa.or_(Page.vendor_id.is_(None), Page.vendor_id == vendor_id)


def _refuse_taken(session: Session, slug: str, *, vendor_id: int | None, page_id: int | None) -> None:
    query = sa.select(Page.id).where(Page.slug == slug, Page.vendor_id == vendor_id)
    other = session.scalars(query).first()
    if other is not None and other != page_id:
        raise SlugTaken


def _move(session: Session, page: Page, slug: str) -> None:
    """Give a page another address, and keep the old one leading there."""
    if slug == page.slug:
        return
    _refuse_taken(session, slug, vendor_id=page.vendor_id, page_id=page.id)
    known = {
        row.slug: row
        for row in session.scalars(sa.select(PageRedirect).where(PageRedirect.page_id == page.id))
    }
    if slug in known:
        session.delete(known[slug])
    if page.slug not in known:
        session.add(
            PageRedirect(
                platform_id=page.platform_id, page_id=page.id, vendor_id=page.vendor_id, slug=page.slug
            )
        )
    page.slug = slug


def _write_text(page: Page, form: PageForm, *, locale: str) -> None:
    text = next((one for one in page.texts if one.locale == locale), None)
    if text is None:
        text = PageText(platform_id=page.platform_id, locale=locale)
        page.texts.append(text)
    text.title, text.body = form.title, form.body
    text.seo_title, text.seo_description = form.seo_title, form.seo_description
