"""The library of pictures: taking them in, finding them in texts, and what must not be deleted."""

import re
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms.exceptions import MediaInUse, MediaNotFound
from modules.cms.models.media import Media, MediaUse
from modules.cms.models.page import Page
from modules.cms.services.picture import read_picture
from wizamart.database import after_commit

REFERENCE: Final = re.compile(r"\(\s*<?media:([A-Za-z0-9_-]{1,32})")


def add_media(
    session: Session,
    content: bytes,
    *,
    platform_id: int,
    name: str,
    alt: str,
    folder: Path,
    at: datetime,
    vendor_id: int | None = None,
) -> Media:
    """Take in a picture and write its file.

    :raises PictureRefused: when it is none, or too large.
    """
    picture = read_picture(content)
    media = Media(
        platform_id=platform_id,
        vendor_id=vendor_id,
        key=secrets.token_urlsafe(16),
        extension=picture.extension,
        name=Path(name.replace("\\", "/")).name[:160] or "picture",
        alt=alt,
        width=picture.width,
        height=picture.height,
        bytes=len(picture.content),
        created_at=at,
    )
    path = path_of(media, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture.content)
    session.add(media)
    session.flush()  # the page that comes next shows it by its id
    return media


def path_of(media: Media, folder: Path) -> Path:
    """Return where the file of a picture lies."""
    return folder / "cms" / str(media.platform_id) / media.filename


def get_media(session: Session, media_id: int, *, vendor_id: int | None = None) -> Media:
    """Return a picture of the platform, or with `vendor_id` of that vendor.

    :raises MediaNotFound: when there is none.
    """
    query = sa.select(Media).where(Media.id == media_id, Media.vendor_id == vendor_id)
    media = session.scalars(query).one_or_none()
    if media is None:
        raise MediaNotFound
    return media


def find_by_key(session: Session, key: str) -> Media | None:
    """Return the picture that is called by this key."""
    return session.scalars(sa.select(Media).where(Media.key == key)).one_or_none()


def select_media(*, vendor_id: int | None = None) -> tuple[sa.Select[Any], tuple[Any, ...], Any]:
    """Return the statement of an owner's pictures, what is searched, and what they are ordered by."""
    select = sa.select(Media).where(Media.vendor_id == vendor_id)
    return select, (Media.name, Media.alt), Media.created_at


def update_alt(media: Media, alt: str) -> None:
    """Change the description of a picture."""
    media.alt = alt


def delete_media(session: Session, media: Media, *, folder: Path) -> None:
    """Delete a picture that no page shows; its file goes once that is certain.

    :raises MediaInUse: when a page shows it.
    """
    if uses_of(session, media):
        raise MediaInUse
    path = path_of(media, folder)
    session.delete(media)
    after_commit(session, lambda: path.unlink(missing_ok=True))


def uses_of(session: Session, media: Media) -> Sequence[Page]:
    """Return the pages that show a picture."""
    query = sa.select(Page).join(MediaUse, MediaUse.page_id == Page.id).where(MediaUse.media_id == media.id)
    return session.scalars(query.order_by(Page.slug)).all()


def note_uses(session: Session, page: Page) -> None:
    """Note which pictures a page shows now, in any of its languages."""
    session.flush()  # the page may be new
    keys = {key for text in page.texts for key in REFERENCE.findall(text.body)}
    wanted = set(session.scalars(sa.select(Media.id).where(Media.key.in_(keys)))) if keys else set()
    rows = session.scalars(sa.select(MediaUse).where(MediaUse.page_id == page.id)).all()
    for row in rows:
        if row.media_id not in wanted:
            session.delete(row)
    for media_id in wanted - {row.media_id for row in rows}:
        session.add(MediaUse(platform_id=page.platform_id, page_id=page.id, media_id=media_id))


def finder(session: Session, text: str, *, root: str, vendor_id: int | None) -> Callable[[str], str | None]:
    """Return a function that gives the address of a picture in this text by its key; asks in one query, if at all."""
    keys = set(REFERENCE.findall(text))
    if not keys:
        return lambda _key: None
    is_shown = sa.or_(Media.vendor_id.is_(None), Media.vendor_id == vendor_id)
    found = session.scalars(sa.select(Media).where(Media.key.in_(keys), is_shown)).all()
    return {media.key: f"{root}/media/{media.filename}" for media in found}.get
