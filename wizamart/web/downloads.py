"""Files that are made for whoever asks, in memory or, once they grow, on disk."""

import functools
from collections.abc import Callable
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Final

from flask import Response
from werkzeug.utils import secure_filename

SPOOL_BYTES: Final = 1024 * 1024
XLSX_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def send_written(write: Callable[[IO[bytes]], Any], *, name: str, ending: str, media_type: str) -> Response:
    """Return a download of what `write` puts into a file.

    It is written while the transaction is open: a fault while reading is an error page and not half a file.
    """
    spool = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - closed with the response
    try:
        write(spool)
    except BaseException:
        spool.close()
        raise
    size = spool.seek(0, 2)
    spool.seek(0)
    response = Response(iter(functools.partial(spool.read, SPOOL_BYTES), b""), mimetype=media_type)
    response.call_on_close(spool.close)
    response.content_length = size
    file_name = f"{secure_filename(name) or 'export'}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
