"""Files of pictures: sent under the type that they were checked to have, kept by browsers for a year."""

from pathlib import Path
from typing import Any

from flask import Response, request

from modules.cms.exceptions import NothingHere
from modules.cms.routes.blueprints import storefront
from modules.cms.routes.tenant import media_folder
from modules.cms.services import media_service
from wizamart.database import db
from wizamart.permissions import public

YEAR = 365 * 24 * 3600
# Should a browser ever take a picture for a document, that document may do nothing.
POLICY = "default-src 'none'; sandbox"


@storefront.get("/media/<name>")
@public
def media_file(name: str) -> Any:
    """Send a picture."""
    key, _dot, extension = name.rpartition(".")
    media = media_service.find_by_key(db.session(), key)
    if media is None or media.extension != extension:
        raise NothingHere
    return _send(media_service.path_of(media, media_folder()), etag=key, extension=extension)


@storefront.get("/media/<int:width>/<name>")
@public
def media_thumbnail(width: int, name: str) -> Any:
    """Send the smaller copy of a picture in one of the fixed widths."""
    key, _dot, extension = name.rpartition(".")
    media = media_service.find_by_key(db.session(), key)
    if media is None or extension != "webp" or width not in media.widths:
        raise NothingHere
    path = media_service.path_of(media, media_folder(), width)
    return _send(path, etag=f"{key}-{width}", extension=extension)


def _send(path: Path, *, etag: str, extension: str) -> Any:
    if not path.is_file():
        raise NothingHere
    response = Response(path.read_bytes(), mimetype=media_service.MIMETYPES[extension])
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Content-Disposition"] = "inline"
    response.set_etag(etag)
    response.cache_control.public = True
    response.cache_control.max_age = YEAR
    response.cache_control.immutable = True
    return response.make_conditional(request)
