"""Pictures as they come in: known by their content, kept within limits, written anew without metadata."""

import io
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from modules.cms.exceptions import PictureRefused
from wizamart.i18n import gettext as _

EXTENSIONS: Final = {"JPEG": "jpg", "PNG": "png", "WEBP": "webp"}
MIMETYPES: Final = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp"}
LARGEST_BYTES: Final = 12 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000  # a bomb unpacks to far more than it weighs; this many take 200 MB in memory
LONGEST_SIDE: Final = 2400


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that may be stored and shown."""

    content: bytes
    extension: str
    width: int
    height: int


def read_picture(content: bytes) -> Picture:
    """Return the picture written anew: at most 2400 pixels a side, without metadata, turned upright.

    :raises PictureRefused: when it is no JPEG, PNG or WebP, too large, or broken.
    """
    if len(content) > LARGEST_BYTES:
        raise PictureRefused(_("The file is larger than %(size)s MB.", size=LARGEST_BYTES // 1024 // 1024))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit here is lower
            return _rewrite(content)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise PictureRefused(_("This is no picture that can be used: choose a JPEG, PNG or WebP.")) from error


def _rewrite(content: bytes) -> Picture:
    with Image.open(io.BytesIO(content), formats=tuple(EXTENSIONS)) as opened:
        kind = str(opened.format)
        if opened.width * opened.height > MOST_PIXELS:
            raise PictureRefused(
                _("The picture has more than %(count)s million pixels.", count=MOST_PIXELS // 1_000_000)
            )
        upright = ImageOps.exif_transpose(opened)
        plain = upright.convert("RGB" if kind == "JPEG" else "RGBA" if _is_transparent(upright) else "RGB")
    plain.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    clean = Image.new(plain.mode, plain.size)
    clean.paste(plain)  # pixels only: comments, places and profiles stay behind
    out = io.BytesIO()
    clean.save(out, kind, quality=85, optimize=True)
    return Picture(out.getvalue(), EXTENSIONS[kind], clean.width, clean.height)


def _is_transparent(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
