"""The feed, for the marketplace that fetches it: no page leads here, and only the right token opens it."""

import functools
import hashlib
import time
from collections.abc import Iterable
from tempfile import SpooledTemporaryFile
from typing import Any

from flask import Response, current_app, request

from modules.marketplace.routes.addresses import addresses
from modules.marketplace.schemas import connection as connection_forms
from modules.marketplace.services import connection_service, feed_service
from wizamart import clock
from wizamart.database import db, unit_of_work
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import public
from wizamart.platform_context import current_platform
from wizamart.platforms import Scope, enter_scope, scoped

bp = module_blueprint("marketplace", FrontendType.STOREFRONT)
SPOOL_BYTES = 1024 * 1024


@bp.get("/marketplace-feeds/<token>/<locale>.tsv")
@public
def feed(token: str, locale: str) -> Response:
    """Send the feed, or say that it has not changed; what cannot be read is an error and not half a file."""
    session, started = db.session(), time.monotonic()
    connection = connection_service.get_by_token(session, token, locale)
    with scoped(session, current_platform.id, connection.vendor_id):
        response, lines = _answer_with(feed_service.write_feed(session, connection, locale, addresses()))
    size = response.content_length or 0
    response.make_conditional(request)
    is_unchanged = response.status_code == 304  # noqa: PLR2004 - the status of HTTP
    kind = connection_forms.ExchangeKind.UNCHANGED if is_unchanged else connection_forms.ExchangeKind.FETCHED
    _note_later(
        response,
        Scope(current_platform.id, connection.vendor_id),
        connection.id,
        kind=kind,
        locale=locale,
        status_code=response.status_code,
        offers=max(0, lines - 1),
        size=0 if is_unchanged else size,
        duration_ms=round((time.monotonic() - started) * 1000),
    )
    return response


def _answer_with(pieces: Iterable[bytes]) -> tuple[Response, int]:
    """Return a file as an answer, and its number of lines; it is kept whole before its first byte leaves."""
    spool = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - closed with the response
    digest, lines = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        lines += piece.count(b"\n")
        spool.write(piece)
    size = spool.tell()
    spool.seek(0)
    response = Response(
        iter(functools.partial(spool.read, SPOOL_BYTES), b""), mimetype="text/tab-separated-values"
    )
    response.call_on_close(spool.close)
    response.content_length = size
    response.set_etag(digest.hexdigest()[:32])
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["X-Robots-Tag"] = "noindex"
    return response, lines


def _note_later(response: Response, scope: Scope, connection_id: int, **details: Any) -> None:
    """Write the log once the file is out, in a transaction of its own: the request itself only reads."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way

    def note() -> None:
        with app.app_context(), unit_of_work() as session:
            enter_scope(session, scope)
            connection_service.note_fetch(session, connection_id, at=clock.now(), **details)

    response.call_on_close(note)
