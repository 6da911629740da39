"""Pages of a platform and of its vendors: writing, publishing, finding what the public sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms.exceptions import PageChangedMeanwhile, PageNotFound, PictureUnknown, SlugTaken
from modules.cms.models.page import Page, PageRedirect, PageText
from modules.cms.schemas.page import PageForm
from modules.cms.services import media_service, revision_service, usage_service


@dataclass(frozen=True, slots=True)
class Author:
    """Who writes; revisions keep the name when the account is gone."""

    id: int | None
    name: str


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
        updated_at=Page.updated_at,
        search=(Page.slug, title),
    )


def is_in_state(state: str, at: datetime) -> sa.ColumnElement[bool]:
    """Return the condition of pages that are `public`, `planned` or `draft`."""
    if state == "public":
        return _is_live(at)
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
    _refuse_taken(session, form.slug, vendor_id=vendor_id, page_id=None)
    _refuse_unknown_picture(session, form.picture_id, vendor_id=vendor_id)
    page = Page(
        platform_id=platform_id, vendor_id=vendor_id, slug=form.slug, created_at=at, updated_at=at, texts=[]
    )
    session.add(page)
    _write(page, form, locale=locale, at=at)
    session.flush()  # the revision needs the id
    _record(session, page, author=author, at=at)
    return page


def update_page(
    session: Session,
    page: Page,
    form: PageForm,
    *,
    locale: str,
    author: Author,
    at: datetime,
    version: int | None = None,
) -> None:
    """Change a page and its text in one language; a public page changes at once.

    `version` is the one that was written on; without it the page is overwritten whatever it is by now.

    :raises PageChangedMeanwhile: when somebody else has changed the same text, or where the page stands, since then.
    :raises SlugTaken: when the owner has another page at this address.
    :raises PictureUnknown: when the owner may not show the picture.
    """
    lock(session, page)
    if version is not None and revision_service.has_changed_since(session, page, version, locale=locale):
        raise PageChangedMeanwhile
    _refuse_unknown_picture(session, form.picture_id, vendor_id=page.vendor_id)
    _move(session, page, form.slug)
    _write(page, form, locale=locale, at=at)
    page.updated_at = at
    _record(session, page, author=author, at=at)


def restore(session: Session, page: Page, number: int, *, author: Author, at: datetime) -> None:
    """Give a page the texts and the place of a version; its address and whether it is public stay.

    :raises RevisionNotFound: when there is none with this number.
    """
    lock(session, page)
    revision = revision_service.get_revision(session, page, number)
    wanted = [revision.content["picture_id"]] if revision.content.get("picture_id") else []
    pictures = media_service.list_by_ids(session, wanted, vendor_id=page.vendor_id)  # it may be gone by now
    picture_id = pictures[0].id if pictures else None
    revision_service.put_back(page, revision, picture_id=picture_id, at=at)
    _record(session, page, author=author, at=at)


def lock(session: Session, page: Page) -> None:
    """Let nobody else change the page before this transaction ends, and see what others did until now."""
    session.flush()  # what this transaction has changed is not to be read over
    session.refresh(page, with_for_update=True)


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
        picture_id=source.picture_id,
        based_on=source.version,
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
    session.add(page)
    session.flush()  # the revision needs the id
    _record(session, page, author=author, at=at)
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
    page.based_on = source.version


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
    query = sa.select(Page).where(Page.slug == slug, _is_live(at), _shown_to(vendor_id))
    return session.scalars(query.order_by(Page.vendor_id.is_(None)).limit(1)).first()


def find_moved(session: Session, slug: str, *, vendor_id: int | None, at: datetime) -> str | None:
    """Return where a page is now that was at this address before."""
    query = (
        sa.select(Page.slug)
        .join(PageRedirect, PageRedirect.page_id == Page.id)
        .where(PageRedirect.slug == slug, _is_live(at), _shown_to(vendor_id))
        .order_by(Page.vendor_id.is_(None), PageRedirect.id.desc())
    )
    return session.scalars(query.limit(1)).first()


def list_live(
    session: Session, *, vendor_id: int | None, at: datetime, placement: str | None = None
) -> list[Page]:
    """Return the pages that the public sees, a vendor's own in the place of the platform's."""
    query = sa.select(Page).where(_is_live(at), _shown_to(vendor_id))
    shown = {
        page.slug: page for page in session.scalars(query.order_by(Page.vendor_id.is_not(None), Page.id))
    }
    pages = [page for page in shown.values() if placement is None or page.placement == placement]
    return sorted(pages, key=lambda page: (page.position, page.slug))


def _shown_to(vendor_id: int | None) -> sa.ColumnElement[bool]:
    if vendor_id is None:
        return Page.vendor_id.is_(None)
    return sa.or_(Page.vendor_id.is_(None), Page.vendor_id == vendor_id)


def _is_live(at: datetime) -> sa.ColumnElement[bool]:
    not_over = sa.or_(Page.unpublish_at.is_(None), Page.unpublish_at > at)
    return sa.and_(Page.published_at <= at, not_over)


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


def list_redirects(session: Session, page: Page) -> Sequence[PageRedirect]:
    """Return the addresses that lead to a page besides its own, the oldest first."""
    query = sa.select(PageRedirect).where(PageRedirect.page_id == page.id).order_by(PageRedirect.id)
    return session.scalars(query).all()


def delete_redirect(session: Session, page: Page, redirect_id: int) -> None:
    """Let an old address lead nowhere; one that is gone already changes nothing."""
    for row in list_redirects(session, page):
        if row.id == redirect_id:
            session.delete(row)


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


def _record(session: Session, page: Page, *, author: Author, at: datetime) -> None:
    """Keep the page as it is now, and note the pictures that it shows."""
    revision_service.record(session, page, author_id=author.id, author_name=author.name, at=at)
    usage_service.note_uses(session, page)


def _refuse_unknown_picture(session: Session, picture_id: int | None, *, vendor_id: int | None) -> None:
    if picture_id is not None and not media_service.list_by_ids(session, [picture_id], vendor_id=vendor_id):
        raise PictureUnknown
