"""When a page is public: from now or later, until some day, told to others exactly once each time."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms import events
from modules.cms.exceptions import NotPublishable
from modules.cms.models.media import Media, MediaUse
from modules.cms.models.page import Page
from modules.cms.schemas.page import PageForm
from modules.cms.services import markdown, media_service, page_service, usage_service
from modules.cms.services.page_service import Author
from wizamart.i18n import gettext as _, language_name
from wizamart.queue import enqueue

ANNOUNCE: Final = "cms.announce_pages"


def publish(
    session: Session, page: Page, *, at: datetime, now: datetime, until: datetime | None = None
) -> None:
    """Make a page public from the moment `at`, which may lie ahead, until `until` where that is given.

    :raises NotPublishable: when it would end before it began, or shows a picture that is not described.
    """
    page_service.lock(session, page)
    if until is not None and until <= max(at, now):
        raise NotPublishable({"until": [_("This must be later than the beginning, and lie ahead.")]})
    refuse_gaps(session, page)
    was_live = page.is_live(now)
    page.published_at, page.unpublish_at, page.updated_at = at, until, now
    if not was_live:
        page.announced_at = None
    for moment in (at, until):
        if moment is not None and moment > now:
            enqueue(session, ANNOUNCE, platform_id=page.platform_id, run_at=moment)
    _announce(session, page, now)


def save(
    session: Session,
    page: Page,
    form: PageForm,
    *,
    locale: str,
    author: Author,
    at: datetime,
    version: int | None = None,
) -> None:
    """Change a page as `page_service.update_page` does; what is refused leaves the page as it was.

    :raises NotPublishable: when the page is public, or will be, and would show a picture that is not described.
    """
    with session.begin_nested():
        page_service.update_page(session, page, form, locale=locale, author=author, at=at, version=version)
        if page.published_at is not None:
            refuse_gaps(session, page, field="body")


def restore(session: Session, page: Page, number: int, *, author: Author, at: datetime) -> None:
    """Go back to a version of a page; what is refused leaves the page as it was.

    :raises RevisionNotFound: when there is none with this number.
    :raises NotPublishable: when the page is public, or will be, and the version may not be shown.
    """
    with session.begin_nested():
        page_service.restore(session, page, number, author=author, at=at)
        if page.published_at is not None:
            refuse_gaps(session, page)


def unpublish(session: Session, page: Page, *, now: datetime) -> None:
    """Make a page a draft again, and take back what was planned for it."""
    page_service.lock(session, page)
    _take_down(session, page, now)


def announce_due(session: Session, *, now: datetime) -> int:
    """Tell of the pages whose time has come or is over; returns of how many. Whoever else asks tells of none."""
    begun = sa.and_(Page.published_at <= now, Page.announced_at.is_(None))
    query = sa.select(Page).where(sa.or_(begun, Page.unpublish_at <= now)).order_by(Page.id)
    pages = session.scalars(query.with_for_update()).all()
    for page in pages:
        if page.is_live(now):
            _announce(session, page, now)
        else:
            _take_down(session, page, now)
    return len(pages)


def _announce(session: Session, page: Page, now: datetime) -> None:
    if page.announced_at is None and page.is_live(now):
        page.announced_at = now
        _emit(session, page, is_public=True)


def _take_down(session: Session, page: Page, now: datetime) -> None:
    was_announced = page.announced_at is not None
    page.published_at = page.unpublish_at = page.announced_at = None
    page.updated_at = now
    if was_announced:
        _emit(session, page, is_public=False)


def _emit(session: Session, page: Page, *, is_public: bool) -> None:
    payload = events.PageChanged(
        platform_id=page.platform_id, page_id=page.id, vendor_id=page.vendor_id, slug=page.slug
    )
    event = events.page_published if is_public else events.page_unpublished
    event.emit(session, payload, platform_id=page.platform_id, vendor_id=page.vendor_id)


def refuse_gaps(session: Session, page: Page, *, field: str = "") -> None:
    """Refuse a page that shows a picture which is not there, or which a language has no description of.

    :raises NotPublishable: with a sentence for each such picture, at `field`.
    """
    shown = usage_service.find_shown(session, (text.body for text in page.texts), vendor_id=page.vendor_id)
    gaps = [gap for text in page.texts for gap in _gaps_in(text.body, text.locale, shown)]
    if page.picture_id is not None:
        covers = media_service.list_by_ids(session, [page.picture_id], vendor_id=page.vendor_id)
        locales = [text.locale for text in page.texts]
        gaps += [
            _undescribed(cover, locale)
            for cover in covers
            for locale in media_service.missing_alts(cover, locales)
        ]
    if gaps:
        raise NotPublishable({field: list(dict.fromkeys(gaps))})


def _gaps_in(body: str, locale: str, shown: Mapping[str, Media]) -> Iterable[str]:
    for key, alt in markdown.pictures_in(body):
        if key not in shown:
            yield _("The text names a picture that is not in the library: media:%(key)s", key=key)
        elif not alt and not shown[key].alts.get(locale):
            yield _undescribed(shown[key], locale)


def _undescribed(media: Media, locale: str) -> str:
    return _(
        "The picture %(name)s has no description in %(language)s.",
        name=media.name,
        language=language_name(locale),
    )


def describe(session: Session, media: Media, alts: Mapping[str, str]) -> None:
    """Change the descriptions of a picture.

    :raises NotPublishable: when a page that is public, or will be, would be left without one, at `alt-<language>`.
    """
    too_long = [code for code, alt in alts.items() if len(alt) > media_service.LONGEST_ALT]
    if too_long:
        sentence = _("At most %(count)s characters.", count=media_service.LONGEST_ALT)
        raise NotPublishable({f"alt-{code}": [sentence] for code in too_long})
    taken_away = [code for code, alt in alts.items() if not alt and media.alts.get(code)]
    needed = _needed_in(session, media) if taken_away else {}
    errors = {
        f"alt-{code}": [_("The page %(title)s needs this.", title=needed[code])]
        for code in taken_away
        if code in needed
    }
    if errors:
        raise NotPublishable(errors)
    media_service.update_alts(media, alts)


def _needed_in(session: Session, media: Media) -> dict[str, str]:
    """Return the languages in which a published page counts on the picture's description, with the page's title."""
    used = sa.select(MediaUse.page_id).where(MediaUse.media_id == media.id)
    pages: Sequence[Page] = session.scalars(
        sa.select(Page).where(Page.id.in_(used), Page.published_at.is_not(None))
    ).all()
    return {
        text.locale: text.title
        for page in pages
        for text in page.texts
        if page.picture_id == media.id or (media.key, "") in markdown.pictures_in(text.body)
    }
