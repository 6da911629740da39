"""Pages of a platform and of its vendors: writing, publishing, finding what the public sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms.exceptions import PageChangedMeanwhile, PageNotFound, PictureUnknown
from modules.cms.models.page import Page, PageText
from modules.cms.schemas.page import PageForm
from modules.cms.services import (
    address_service,
    draft_service,
    media_service,
    revision_service,
)
from modules.cms.services.address_service import is_live, shown_to
from modules.cms.services.revision_service import NO_SITTING, Author, Sitting


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of pages for a table: what it selects, searches and is ordered by."""

    select: sa.Select[Any]
    title: Any
    slug: Any
    published_at: Any
    updated_at: Any
    search: tuple[Any, ...]


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


def select_pages(*, vendor_id: int | None, locale: str) -> Listing:
    """Return the statement of an owner's pages, and what they are searched and ordered by.

    Their titles are those in the language `locale`, which is the platform's own.
    """
    of_page = sa.select(PageText.title).where(PageText.page_id == Page.id, PageText.locale == locale)
    title = of_page.correlate(Page).scalar_subquery()
    return Listing(
        select=sa.select(Page).where(Page.vendor_id == vendor_id),
        title=title,
        slug=Page.slug,
        published_at=Page.published_at,
        updated_at=sa.func.coalesce(Page.drafted_at, Page.updated_at),
        search=(Page.slug, title),
    )


def is_in_state(state: str, at: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of pages that are `public`, `planned` or `draft`, or `changed` since they were published."""
    if state == "changed":
        return Page.live_version.is_not(None)
    if state == "public":
        return is_live(at)
    if state == "planned":
        return Page.published_at > at
    return sa.or_(Page.published_at.is_(None), Page.unpublish_at <= at)


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
    :raises PictureUnknown: when the owner may not show the picture.
    """
    address_service.refuse_taken(session, form.slug, vendor_id=vendor_id, page_id=None)
    _refuse_unknown_picture(session, form.picture_id, vendor_id=vendor_id)
    page = Page(
        platform_id=platform_id, vendor_id=vendor_id, slug=form.slug, created_at=at, updated_at=at, texts=[]
    )
    _write(page, form, locale=locale, at=at)
    address_service.store(session, page)
    _record(session, page, page, author=author, at=at)
    return page


def update_page(
    session: Session,
    page: Page,
    form: PageForm,
    *,
    locale: str,
    author: Author,
    at: datetime,
    sitting: Sitting = NO_SITTING,
) -> None:
    """Change a page and its text in one language; what is published stays, and the change is kept beside it.

    `sitting` tells what was written on, and whether the editor saves by itself.

    :raises PageNotFound: when somebody has deleted it meanwhile.
    :raises PageChangedMeanwhile: when somebody else has changed the same text, or where the page stands, since then.
    :raises SlugTaken: when the owner has another page at this address.
    :raises PictureUnknown: when the owner may not show the picture.
    """
    lock(session, page)
    is_published = page.published_at is not None
    written = draft_service.copy_to_write(session, page) if is_published else page
    if revision_service.has_changed_since(session, written, author, sitting, locale=locale):
        raise PageChangedMeanwhile
    _refuse_unknown_picture(session, form.picture_id, vendor_id=page.vendor_id)
    if is_published:
        address_service.refuse_taken(session, form.slug, vendor_id=page.vendor_id, page_id=page.id)
        written.slug = form.slug
    else:
        is_known = not revision_service.is_moved_by(session, page, author, sitting)
        address_service.move(session, page, form.slug, at=at, leaves_redirect=is_known)
        page.updated_at = at
    _write(written, form, locale=locale, at=at)
    _record(session, page, written, author=author, at=at, sitting=sitting)


def restore(session: Session, page: Page, number: int, *, author: Author, at: datetime) -> None:
    """Write a page as it was in a version; its address stays, and so does what is published.

    :raises RevisionNotFound: when there is none with this number.
    """
    lock(session, page)
    address = draft_service.written_page(session, page).slug
    restored = revision_service.copy_of(page, revision_service.get_revision(session, page, number))
    restored.slug = address
    wanted = [restored.picture_id] if restored.picture_id else []
    pictures = media_service.list_by_ids(session, wanted, vendor_id=page.vendor_id)  # it may be gone by now
    restored.picture_id = pictures[0].id if pictures else None
    for text in restored.texts:
        text.checked_at = at
    if page.published_at is None:
        revision_service.take_over(page, restored)
        page.updated_at = at
        restored = page
    _record(session, page, restored, author=author, at=at)


def lock(session: Session, page: Page) -> None:
    """Let nobody else change the page before this transaction ends, and see what others did until now.

    :raises PageNotFound: when somebody has deleted it meanwhile.
    """
    session.flush()  # what this transaction has changed is not to be read over
    current = sa.select(Page).where(Page.id == page.id).with_for_update()
    if session.scalars(current.execution_options(populate_existing=True)).one_or_none() is None:
        raise PageNotFound


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
    address_service.refuse_taken(session, source.slug, vendor_id=vendor_id, page_id=None)
    page = Page(
        platform_id=source.platform_id,
        vendor_id=vendor_id,
        slug=source.slug,
        placement=source.placement,
        position=source.position,
        picture_id=source.picture_id,
        based_on=source.shown_version,
        created_at=at,
        updated_at=at,
        texts=[
            PageText(
                platform_id=source.platform_id,
                locale=text.locale,
                checked_at=text.checked_at,
                **{name: getattr(text, name) for name in revision_service.TEXT_FIELDS},
            )
            for text in source.texts
        ],
    )
    address_service.store(session, page)
    _record(session, page, page, author=author, at=at)
    return page


def get_source(session: Session, page: Page) -> Page:
    """Return the platform's page that a vendor's stands in the place of.

    :raises PageNotFound: when the platform has none there.
    """
    source = list_sources(session, [page]).get(page.id)
    if source is None:
        raise PageNotFound
    return source


def confirm_override(page: Page, source: Page) -> None:
    """Note that the vendor has seen the platform's page as it is now."""
    page.based_on = source.shown_version


def list_sources(session: Session, pages: Sequence[Page]) -> dict[int, Page]:
    """Return the platform's pages that a vendor's stand in the place of, by the ids of the vendor's; one query."""
    slugs = [page.slug for page in pages if page.vendor_id is not None]
    if not slugs:
        return {}
    query = sa.select(Page).where(Page.vendor_id.is_(None), Page.slug.in_(slugs))
    by_slug = {page.slug: page for page in session.scalars(query)}
    return {page.id: by_slug[page.slug] for page in pages if page.slug in by_slug}


def find_live(session: Session, slug: str, *, vendor_id: int | None, at: datetime) -> Page | None:
    """Return the page that the public sees at this address: the vendor's own, or else the platform's."""
    query = sa.select(Page).where(Page.slug == slug, is_live(at), shown_to(vendor_id))
    return session.scalars(query.order_by(Page.vendor_id.is_(None)).limit(1)).first()


def list_live(
    session: Session, *, vendor_id: int | None, at: datetime, placement: str | None = None
) -> list[Page]:
    """Return the pages that the public sees, a vendor's own in the place of the platform's."""
    query = sa.select(Page).where(is_live(at), shown_to(vendor_id))
    shown = {
        page.slug: page for page in session.scalars(query.order_by(Page.vendor_id.is_not(None), Page.id))
    }
    pages = [page for page in shown.values() if placement is None or page.placement == placement]
    return sorted(pages, key=lambda page: (page.position, page.slug))


def _write(page: Page, form: PageForm, *, locale: str, at: datetime) -> None:
    page.placement, page.position, page.picture_id = form.placement, form.position, form.picture_id
    text = next((one for one in page.texts if one.locale == locale), None)
    if text is None:
        text = PageText(platform_id=page.platform_id, locale=locale, checked_at=at)
        page.texts.append(text)
    fields = {name: getattr(form, name) for name in revision_service.TEXT_FIELDS}
    if any(getattr(text, name) != value for name, value in fields.items()):
        text.checked_at = at
    for name, value in fields.items():
        setattr(text, name, value)


def _record(
    session: Session,
    page: Page,
    written: Page,
    *,
    author: Author,
    at: datetime,
    sitting: Sitting = NO_SITTING,
) -> None:
    """Keep what was written, which is the page itself or a copy of it, and note the pictures that it shows."""
    if written is not page:
        draft_service.keep(session, page, written, author=author, at=at, sitting=sitting)
        return
    revision_service.record(session, page, page, author=author, at=at, sitting=sitting)
    draft_service.note_uses(session, page, page)


def _refuse_unknown_picture(session: Session, picture_id: int | None, *, vendor_id: int | None) -> None:
    if picture_id is not None and not media_service.list_by_ids(session, [picture_id], vendor_id=vendor_id):
        raise PictureUnknown
