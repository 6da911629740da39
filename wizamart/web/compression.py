"""Pages are sent compressed; static files are compressed once, by `wizamart.web.assets`."""

import gzip
import io
import secrets
from typing import Final

from flask import Flask, Response, request

LEAST: Final = 1_000  # bytes; below that, the packing costs as much as it saves
LEVEL: Final = 4  # a fifth of the time of level 9, for a twentieth more bytes
LONGEST_PADDING: Final = 100


def init_app(app: Flask) -> None:
    """Compress pages for whoever accepts gzip."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype != "text/html" or response.is_streamed or "Content-Encoding" in response.headers:
        return response
    response.vary.add("Accept-Encoding")
    body = response.get_data()
    if len(body) >= LEAST and request.accept_encodings["gzip"] > 0 and "ETag" not in response.headers:
        response.set_data(_pack(body))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _pack(body: bytes) -> bytes:
    """Compress a page and add some bytes by chance, so that its length does not tell what is in it.

    A page holds a secret token, and may hold what its address said: without the padding, whoever can make somebody's
    browser ask again and again learns the token from the lengths (BREACH). The name of a file in the head of the format
    (RFC 1952, FNAME) is passed over by everybody; that it heals is shown in "Heal the Breach" (Palacios et al., 2022).
    """
    packed = io.BytesIO()
    padding = "p" * secrets.randbelow(LONGEST_PADDING)
    with gzip.GzipFile(padding, "wb", LEVEL, packed, mtime=0) as file:
        file.write(body)
    return packed.getvalue()
