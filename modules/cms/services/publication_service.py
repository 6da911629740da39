"""When a page is public: from now or later, until some day, told to others exactly once each time."""

from __future__ import annotations  # so that naming a type of a service does not load it

import logging
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms import events
from modules.cms.exceptions import NotPublishable, PageChangedMeanwhile, SlugTaken
from modules.cms.models.media import Media, MediaUse
from modules.cms.models.page import Page
from modules.cms.services import (
    draft_service,
    markdown,
    media_service,
    page_service,
    revision_service,
    usage_service,
)
from wizamart.i18n import gettext as _, language_in_words
from wizamart.queue import enqueue

log = logging.getLogger(__name__)
ANNOUNCE: Final = "cms.announce_pages"


def publish(
    session: Session,
    page: Page,
    *,
    at: datetime,
    now: datetime,
    until: datetime | None = None,
    seen: str | None = None,
) -> None:
    """Make a page public as it is written, from the moment `at`, which may lie ahead, until `until` where given.

    Of a page that is public already, what is kept beside it takes its place then; it stays public since when it was.
    `seen` is the digest of what the person has seen.

    :raises PageChangedMeanwhile: when somebody else has written on it since then.
    :raises NotPublishable: when it would end before it began, or shows a picture that is not described.
    :raises SlugTaken: when another page of the owner has its address.
    """
    page_service.lock(session, page)
    _refuse_unseen(session, page, seen)
    revision_service.close(session, page)
    was_live = page.is_live(now)
    end = page.unpublish_at if was_live and until is None else until
    _refuse_wrong_end(end, start=at, now=now)
    refuse_gaps(session, draft_service.written_page(session, page))
    if was_live and at > now:
        _plan(session, page, at)
    else:
        if page.has_draft:
            draft_service.put_live(session, page, page.version, at=now)
        page.planned_version = page.planned_at = None
    page.unpublish_at = end
    if not was_live:
        page.published_at, page.updated_at, page.announced_at = at, now, None
    _wake(session, page, (at, end), now=now)
    _announce(session, page, now)


def _plan(session: Session, page: Page, at: datetime) -> None:
    """Let what is kept beside a public page take its place at a time; what is written later is not part of that."""
    if page.has_draft:
        page.planned_version, page.planned_at = page.version, at
        draft_service.note_uses(session, page, draft_service.written_page(session, page))


def plan_end(session: Session, page: Page, *, until: datetime | None, now: datetime) -> None:
    """Let a published page be taken down at a time, or with None leave it public.

    :raises NotPublishable: when that is past, or before what is planned.
    """
    page_service.lock(session, page)
    if page.published_at is None:
        return
    _refuse_wrong_end(until, start=page.planned_at or page.published_at, now=now)
    page.unpublish_at = until
    _wake(session, page, (until,), now=now)


def cancel_plan(session: Session, page: Page) -> None:
    """Keep beside a public page what was planned to take its place."""
    page_service.lock(session, page)
    page.planned_version = page.planned_at = None
    draft_service.note_uses(session, page, draft_service.written_page(session, page))


def discard(
    session: Session, page: Page, *, seen: str | None, author: revision_service.Author, at: datetime
) -> None:
    """Go back to what the public sees.

    :raises PageChangedMeanwhile: when somebody has written since the person has `seen` it.
    """
    page_service.lock(session, page)
    _refuse_unseen(session, page, seen)
    if page.has_draft:
        draft_service.discard(session, page, author=author, at=at)


def _refuse_unseen(session: Session, page: Page, seen: str | None) -> None:
    written = draft_service.written_page(session, page)
    if seen is not None and seen != revision_service.digest_of(written):
        raise PageChangedMeanwhile


def _refuse_wrong_end(until: datetime | None, *, start: datetime, now: datetime) -> None:
    if until is not None and until <= max(start, now):
        raise NotPublishable(
            {
                "until": [
                    _(
                        "The time at which it is taken down must be later than that of publishing, and lie ahead."
                    )
                ]
            }
        )


def _wake(session: Session, page: Page, moments: Iterable[datetime | None], *, now: datetime) -> None:
    """Have the task run at each moment that lies ahead."""
    for moment in moments:
        if moment is not None and moment > now:
            enqueue(session, ANNOUNCE, platform_id=page.platform_id, run_at=moment)


def unpublish(session: Session, page: Page, *, now: datetime) -> None:
    """Make a page a draft again, and take back what was planned for it."""
    page_service.lock(session, page)
    _take_down(session, page, now)


def announce_due(session: Session, *, now: datetime) -> int:
    """Do what is due, and tell of the pages whose time has come or is over; returns of how many pages.

    Whoever else asks does and tells nothing.
    """
    begun = sa.and_(Page.published_at <= now, Page.announced_at.is_(None))
    is_due = sa.or_(begun, Page.unpublish_at <= now, Page.planned_at <= now)
    pages = session.scalars(sa.select(Page).where(is_due).order_by(Page.id).with_for_update()).all()
    for page in pages:
        if page.is_live(now):
            _carry_out_plan(session, page, now)
            _announce(session, page, now)
        else:
            _take_down(session, page, now)
    return len(pages)


def _carry_out_plan(session: Session, page: Page, now: datetime) -> None:
    if page.planned_version is None or page.planned_at is None or page.planned_at > now:
        return
    try:
        draft_service.put_live(session, page, page.planned_version, at=now)
    except SlugTaken:
        # The address was free when it was planned; what is public stays, and so does the draft.
        log.warning("cms_plan_failed", extra={"page_id": page.id, "version": page.planned_version})
        page.planned_version = page.planned_at = None


def _announce(session: Session, page: Page, now: datetime) -> None:
    if page.announced_at is None and page.is_live(now):
        page.announced_at = now
        _emit(session, page, is_public=True)


def _take_down(session: Session, page: Page, now: datetime) -> None:
    was_announced = page.announced_at is not None
    page.planned_version = page.planned_at = None
    if page.has_draft:
        draft_service.put_live(session, page, page.version, at=now, keeps_address=True)
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
        language=language_in_words(locale),
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
    published = sa.select(Page).where(Page.id.in_(used), Page.published_at.is_not(None))
    promised = draft_service.list_promised(session, session.scalars(published).all())
    return {
        text.locale: text.title
        for page in promised
        for text in page.texts
        if page.picture_id == media.id or (media.key, "") in markdown.pictures_in(text.body)
    }
