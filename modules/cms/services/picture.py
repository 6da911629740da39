"""Pictures as they come in: known by their content, kept within limits, written anew without metadata."""

import io
import threading
import warnings
from dataclasses import dataclass, field
from typing import Final

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from modules.cms.exceptions import PictureRefused
from modules.cms.models.media import THUMBNAIL_WIDTHS
from wizamart.i18n import gettext as _

EXTENSIONS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
LARGEST_BYTES: Final = 12 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000  # a bomb unpacks to far more than it weighs; this many take 200 MB in memory
LONGEST_SIDE: Final = 2400
# However many send large pictures at once, this many are unpacked at the same time.
_unpacking = threading.BoundedSemaphore(2)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be stored and shown; `thumbnails` holds its smaller copies (WebP) by their width."""

    content: bytes
    extension: str
    width: int
    height: int
    thumbnails: dict[int, bytes] = field(default_factory=dict)


def read_picture(content: bytes) -> Picture:
    """Return the picture written anew: at most 2400 pixels a side, without metadata, turned upright.

    :raises PictureRefused: when it is no JPEG, PNG or WebP, too large, or broken.
    """
    if len(content) > LARGEST_BYTES:
        raise PictureRefused(_("The file is larger than %(size)s MB.", size=LARGEST_BYTES // 1024 // 1024))
    try:
        with _unpacking, warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit here is lower
            return _rewrite(content)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise PictureRefused(_reason(content)) from error


def _rewrite(content: bytes) -> Picture:
    with Image.open(io.BytesIO(content), formats=tuple(EXTENSIONS)) as opened:
        kind = str(opened.format)
        if opened.width * opened.height > MOST_PIXELS:
            raise _too_many_pixels()
        if kind == "JPEG":
            opened.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # unpacks no more than is wanted
        profile = opened.info.get("icc_profile")
        is_transparent = _is_transparent(opened)
        upright = ImageOps.exif_transpose(opened)
    plain = _in_usual_colours(upright, profile).convert(
        "RGBA" if is_transparent and kind != "JPEG" else "RGB"
    )
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)  # pixels only: comments, places and profiles stay behind
    out = io.BytesIO()
    clean.save(out, kind, quality=85, optimize=kind == "JPEG")  # of a PNG it takes seconds and saves little
    return Picture(out.getvalue(), EXTENSIONS[kind], clean.width, clean.height, _thumbnails(clean))


def _thumbnails(image: Image.Image) -> dict[int, bytes]:
    """Return the smaller copies, the larger ones first, each made from the one before."""
    made = {}
    for width in sorted((small for small in THUMBNAIL_WIDTHS if small < image.width), reverse=True):
        height = max(1, round(image.height * width / image.width))
        image = image.resize((width, height), Image.Resampling.LANCZOS)
        out = io.BytesIO()
        image.save(out, "WEBP", quality=82, method=4)
        made[width] = out.getvalue()
    return made


def _in_usual_colours(image: Image.Image, profile: object) -> Image.Image:
    """Return the picture in sRGB: without its profile, colours of another space would look wrong."""
    if not isinstance(profile, bytes) or image.mode not in {"RGB", "CMYK", "L"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode="RGB") or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image  # a broken profile says nothing about the pixels


def _is_transparent(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def _too_many_pixels() -> PictureRefused:
    return PictureRefused(
        _("The picture has more than %(count)s million pixels.", count=MOST_PIXELS // 1_000_000)
    )


def _reason(content: bytes) -> str:
    """Say what a file is that cannot be used, as far as its first bytes tell."""
    start = content[:1024].lstrip().lower()
    if b"<svg" in start:
        return _("SVG files can contain programs and are not shown. Save the picture as PNG.")
    if start.startswith((b"<!doctype", b"<html", b"<?xml", b"<script", b"%pdf")) or b"<html" in start:
        return _("This is a document and no picture, whatever its name says. Choose a JPEG, PNG or WebP.")
    if start.startswith(b"gif8"):
        return _("GIF files are not shown. Save the picture as PNG or WebP.")
    if content[4:8] == b"ftyp":
        return _("HEIC and AVIF files are not shown. Save the picture as JPEG.")
    return _("This is no picture that can be used: choose a JPEG, PNG or WebP.")
