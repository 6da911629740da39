"""The library of pictures: taking them in, finding them, describing them, and addressing their files."""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.cms.exceptions import MediaNotFound
from modules.cms.models.media import Media
from wizamart.database import after_commit
from wizamart.numbers import is_row_number

LONGEST_ALT: Final = 300
KEY_LENGTH: Final = 22  # what 16 random bytes are in base 64
MIMETYPES: Final = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
MOST_AT_ONCE: Final = 500
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def add_media(
    session: Session,
    content: bytes,
    *,
    platform_id: int,
    name: str,
    folder: Path,
    at: datetime,
    alt: str = "",
    locale: str = "en",
    vendor_id: int | None = None,
) -> Media:
    """Take in a picture and write its files; `alt` is its description in the language `locale`.

    :raises PictureRefused: when it is none, or too large.
    """
    # Imported where it is used: Pillow costs every start, and few processes ever take a picture in.
    from modules.cms.services.picture import read_picture

    picture = read_picture(content)
    media = Media(
        platform_id=platform_id,
        vendor_id=vendor_id,
        key=secrets.token_urlsafe(16),
        extension=picture.extension,
        name=_plain_name(name),
        width=picture.width,
        height=picture.height,
        bytes=len(picture.content),
        created_at=at,
    )
    update_alts(media, {locale: alt})
    path = path_of(media, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture.content)
    for width, small in picture.thumbnails.items():
        path_of(media, folder, width).write_bytes(small)
    session.add(media)
    session.flush()  # the page that comes next shows it by its id
    return media


def _plain_name(name: str) -> str:
    """Return a name to read, without folders and without signs that could deceive about it."""
    return _UNPRINTABLE.sub("", Path(name.replace("\\", "/")).name).strip()[:160] or "picture"


def path_of(media: Media, folder: Path, width: int | None = None) -> Path:
    """Return where the file of a picture lies, or of its smaller copy in one of the fixed widths."""
    name = media.filename if width is None else f"{media.key}-{width}.webp"
    return folder / "cms" / str(media.platform_id) / name


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


def parse_ids(text: str) -> list[int]:
    """Return the numbers that the media picker sends, in their order and each once; what is no number is left out."""
    parts = [part for part in re.split(r"[\s,;]+", text) if is_row_number(part)]
    return list(dict.fromkeys(int(part) for part in parts))


def list_by_ids(session: Session, ids: Sequence[int], *, vendor_id: int | None = None) -> list[Media]:
    """Return those of the pictures that the owner may show, in the order of `ids`, in one query.

    A vendor may show its own and the platform's; without `vendor_id` only the platform's are found.
    """
    if not ids:
        return []
    query = sa.select(Media).where(Media.id.in_(list(ids)[:MOST_AT_ONCE]), shown_to(vendor_id))
    found = {media.id: media for media in session.scalars(query)}
    return [found[number] for number in ids if number in found]


def shown_to(vendor_id: int | None) -> sa.ColumnElement[bool]:
    """Return the condition of pictures that a vendor's pages may show: its own and the platform's."""
    if vendor_id is None:
        return Media.vendor_id.is_(None)
    return sa.or_(Media.vendor_id.is_(None), Media.vendor_id == vendor_id)


def owned_by(owner: str, *, vendor_id: int | None) -> sa.ColumnElement[bool]:
    """Return the condition of pictures that are the vendor's own, or (`platform`) the platform's."""
    return Media.vendor_id.is_(None) if owner == "platform" else Media.vendor_id == vendor_id


def lacks_alt(locale: str) -> sa.ColumnElement[bool]:
    """Return the condition of pictures without a description in a language."""
    return sa.func.coalesce(Media.alts[locale].as_string(), "") == ""


def select_media(
    *, vendor_id: int | None = None, with_platform: bool = False
) -> tuple[sa.Select[Any], tuple[Any, ...], Any]:
    """Return the statement of an owner's pictures, what is searched, and what they are ordered by."""
    is_wanted = shown_to(vendor_id) if with_platform else Media.vendor_id == vendor_id
    return sa.select(Media).where(is_wanted), (Media.words,), Media.created_at


def search_media(session: Session, *, vendor_id: int | None, text: str, limit: int) -> Sequence[Media]:
    """Return the owner's pictures whose name or description holds the text, the newest first."""
    is_found = sa.and_(Media.vendor_id == vendor_id, Media.words.icontains(text, autoescape=True))
    return session.scalars(sa.select(Media).where(is_found).order_by(Media.id.desc()).limit(limit)).all()


def update_alts(media: Media, alts: Mapping[str, str]) -> None:
    """Change the descriptions of a picture in the languages given; an empty one is taken away."""
    merged = {**(media.alts or {}), **{locale: alt.strip()[:LONGEST_ALT] for locale, alt in alts.items()}}
    media.alts = {locale: alt for locale, alt in merged.items() if alt}
    media.words = "\n".join([media.name, *media.alts.values()])


def missing_alts(media: Media, locales: Iterable[str]) -> list[str]:
    """Return the languages in which a picture has no description."""
    return [locale for locale in locales if not media.alts.get(locale)]


def forget_files(session: Session, media: Media, *, folder: Path) -> None:
    """Delete the files of a picture once it is certain that its row is gone."""
    paths = [path_of(media, folder, width) for width in (None, *media.widths)]

    def unlink() -> None:
        for path in paths:
            path.unlink(missing_ok=True)

    after_commit(session, unlink)


def sweep_files(session: Session, *, platform_id: int, folder: Path, before: datetime) -> int:
    """Delete files that belong to no picture any more, and return how many.

    They stay behind where a request failed after it had written them, and where a vendor went with its pictures.
    Younger ones than `before` may belong to a request that is under way.
    """
    place = folder / "cms" / str(platform_id)
    if not place.is_dir():
        return 0
    known = set(session.scalars(sa.select(Media.key)))
    strangers = [
        path
        for path in place.iterdir()
        if path.stem[:KEY_LENGTH] not in known and path.stat().st_mtime < before.timestamp()
    ]
    for path in strangers:
        path.unlink(missing_ok=True)
    return len(strangers)
