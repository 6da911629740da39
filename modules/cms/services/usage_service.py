"""Where pictures are used: pages and themes of the CMS, and what other modules say of theirs."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modules.cms.exceptions import MediaInUse
from modules.cms.models.media import Media, MediaUse
from modules.cms.models.page import Page
from modules.cms.models.theme import Theme
from modules.cms.services import media_service

REFERENCE: Final = re.compile(r"\(\s*<?media:([A-Za-z0-9_-]{1,32})")
# What other modules say: asked for these pictures at once, they return dicts of media_id, label and url.
AskOthers = Callable[[Sequence[int]], Iterable[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class Use:
    """One place that shows a picture: a page (`page`), the look of a shop (`is_theme`), or another module's."""

    media_id: int
    page: Page | None = None
    is_theme: bool = False
    label: str = ""
    url: str = ""


def nobody_else(_media_ids: Sequence[int]) -> Iterable[dict[str, Any]]:
    """Say that no other module shows anything."""
    return ()


def list_uses(
    session: Session, media_ids: Sequence[int], *, ask_others: AskOthers = nobody_else
) -> list[Use]:
    """Return every place that shows one of the pictures, in as many queries for many as for one."""
    if not media_ids:
        return []
    shown = (
        sa.select(MediaUse.media_id, Page)
        .join(Page, MediaUse.page_id == Page.id)
        .where(MediaUse.media_id.in_(media_ids))
        .order_by(Page.slug)
    )
    uses = [Use(media_id, page=page) for media_id, page in session.execute(shown)]
    logos = sa.select(Theme.logo_id).where(Theme.logo_id.in_(media_ids))
    uses += [Use(logo_id, is_theme=True) for logo_id in session.scalars(logos) if logo_id is not None]
    for other in ask_others(media_ids):
        uses.append(Use(int(other["media_id"]), label=str(other["label"]), url=str(other.get("url") or "")))
    return uses


def delete_media(
    session: Session, media: Media, *, folder: Path, ask_others: AskOthers = nobody_else
) -> None:
    """Delete a picture that is shown nowhere; its files go once that is certain.

    :raises MediaInUse: when something shows it, also where the module that does is off and cannot say so.
    """
    uses = list_uses(session, [media.id], ask_others=ask_others)
    if uses:
        raise MediaInUse(uses)
    try:
        with session.begin_nested():
            session.delete(media)
    except IntegrityError as error:
        raise MediaInUse([]) from error
    media_service.forget_files(session, media, folder=folder)


def note_uses(session: Session, page: Page, versions: Sequence[Page]) -> None:
    """Note which pictures a page shows in any of these versions of it, in any language."""
    session.flush()  # the page may be new
    keys = {key for version in versions for text in version.texts for key in REFERENCE.findall(text.body)}
    query = sa.select(Media.id).where(Media.key.in_(keys), media_service.shown_to(page.vendor_id))
    wanted = set(session.scalars(query)) if keys else set()
    wanted |= {version.picture_id for version in versions if version.picture_id is not None}
    rows = session.scalars(sa.select(MediaUse).where(MediaUse.page_id == page.id)).all()
    for row in rows:
        if row.media_id not in wanted:
            session.delete(row)
    for media_id in wanted - {row.media_id for row in rows}:
        session.add(MediaUse(platform_id=page.platform_id, page_id=page.id, media_id=media_id))


def find_shown(session: Session, texts: Iterable[str], *, vendor_id: int | None) -> dict[str, Media]:
    """Return the pictures that texts name and an owner may show, by key; asks in one query, if at all."""
    keys = {key for text in texts for key in REFERENCE.findall(text)}
    if not keys:
        return {}
    query = sa.select(Media).where(Media.key.in_(keys), media_service.shown_to(vendor_id))
    return {media.key: media for media in session.scalars(query)}
