"""What is written of a page that is public, or will be: kept beside it until it is published or thrown away."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms.exceptions import SlugTaken
from modules.cms.models.page import Page, PageRevision
from modules.cms.services import address_service, revision_service, usage_service
from modules.cms.services.revision_service import NO_SITTING, Author, Sitting


def written_pages(session: Session, pages: Iterable[Page]) -> dict[int, Page]:
    """Return the pages as they are being written, by id, in one query at most.

    That is the page itself, or a copy with what is kept beside it; nothing that is done to a copy is stored.
    """
    listed = list(pages)
    ids = [page.id for page in listed if page.has_draft]
    drafts: dict[int, PageRevision] = {}
    if ids:
        newest = sa.select(PageRevision).join(Page, Page.id == PageRevision.page_id)
        newest = newest.where(Page.id.in_(ids), PageRevision.number == Page.version)
        drafts = {revision.page_id: revision for revision in session.scalars(newest)}
    return {
        page.id: revision_service.copy_of(page, drafts[page.id]) if page.id in drafts else page
        for page in listed
    }


def written_page(session: Session, page: Page) -> Page:
    """Return one page as it is being written, as `written_pages` does."""
    return written_pages(session, [page])[page.id]


def copy_to_write(session: Session, page: Page) -> Page:
    """Return a copy of a page as it is being written, to be changed and handed to `keep`."""
    written = written_page(session, page)
    return written if written is not page else _copy_of_live(page)


def keep(
    session: Session,
    page: Page,
    written: Page,
    *,
    author: Author,
    at: datetime,
    sitting: Sitting = NO_SITTING,
) -> None:
    """Keep what was written beside the page; what the public sees stays."""
    shown = page.shown_version
    if revision_service.record(session, page, written, author=author, at=at, sitting=sitting):
        is_new = revision_service.content_of(written) != revision_service.content_of(page)
        page.live_version, page.drafted_at = (shown, at) if is_new else (None, None)
    note_uses(session, page, written)


def discard(session: Session, page: Page, *, author: Author, at: datetime) -> None:
    """Go back to what the public sees; what was kept, and what was planned, stays among the revisions."""
    page.planned_version = page.planned_at = None
    keep(session, page, _copy_of_live(page), author=author, at=at)


def put_live(session: Session, page: Page, number: int, *, at: datetime, keeps_address: bool = False) -> None:
    """Put a revision in the place of what the row holds; what is newer stays beside it.

    `keeps_address` leaves the page where it is when another has taken the address meanwhile.

    :raises RevisionNotFound: when there is none with this number.
    :raises SlugTaken: when another page of the owner has the address.
    """
    written = revision_service.copy_of(page, revision_service.get_revision(session, page, number))
    try:
        address_service.move(session, page, written.slug, at=at)
    except SlugTaken:
        if not keeps_address:
            raise
    revision_service.take_over(page, written)
    page.updated_at = at
    if number == page.version:
        page.live_version = page.drafted_at = None
    else:
        page.live_version = number
    if page.planned_version is not None and page.planned_version <= number:
        page.planned_version = page.planned_at = None
    note_uses(session, page, written_page(session, page))


def confirm_translation(session: Session, page: Page, locale: str, *, at: datetime) -> None:
    """Note that a translation fits although the text in the platform's own language is newer."""
    if not page.has_draft:
        for text in page.texts:
            if text.locale == locale:
                text.checked_at = at
        return
    revision = revision_service.get_revision(session, page, page.version)
    if locale in revision.content["texts"]:
        revision.checked_at = {**(revision.checked_at or {}), locale: at.isoformat()}


def note_uses(session: Session, page: Page, written: Page) -> None:
    """Note the pictures of a page, of what is written of it, and of what is planned for it."""
    versions: list[Page] = [page, written]
    if page.planned_version is not None:
        planned = revision_service.get_revision(session, page, page.planned_version)
        versions.append(revision_service.copy_of(page, planned))
    usage_service.note_uses(session, page, versions)


def list_promised(session: Session, pages: Sequence[Page]) -> list[Page]:
    """Return what the public sees or will see of published pages: themselves, and copies of what is planned."""
    planned = sa.select(PageRevision).join(Page, Page.id == PageRevision.page_id)
    planned = planned.where(
        Page.id.in_([page.id for page in pages if page.planned_version is not None]),
        PageRevision.number == Page.planned_version,
    )
    by_id = {page.id: page for page in pages}
    copies = [revision_service.copy_of(by_id[one.page_id], one) for one in session.scalars(planned)]
    return [*pages, *copies]


def _copy_of_live(page: Page) -> Page:
    checked_at = {text.locale: text.checked_at for text in page.texts}
    return revision_service.build_copy(page, revision_service.content_of(page), checked_at)
