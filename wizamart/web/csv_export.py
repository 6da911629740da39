"""CSV for spreadsheets: streamed, so that a large table needs no memory, and harmless when it is opened."""

import csv
import datetime as dt
import functools
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from tempfile import SpooledTemporaryFile
from typing import Any

import sqlalchemy as sa
from flask import Response
from sqlalchemy.orm import Session
from werkzeug.utils import secure_filename

from wizamart.csv_text import guarded
from wizamart.i18n import current_time_zone
from wizamart.web.tables import Column, Table

CHUNK = 200
SPOOL_BYTES = 1024 * 1024


def export_table(session: Session, select: sa.Select[Any], *, filename: str, **options: Any) -> Response:
    """Return all rows that a table shows over all its pages; `options` are those of `Table.from_select`."""
    for name in ("no_count", "per_page", "carry"):  # a file has neither pages nor links
        options.pop(name, None)
    statement = Table.select_for_export(select, **options).execution_options(yield_per=CHUNK)
    result = session.execute(statement)
    rows = result.scalars() if len(statement.column_descriptions) == 1 else result
    return csv_response(filename, options["columns"], rows)


def csv_response(
    filename: str, columns: Sequence[Column], rows: Iterable[Any], *, delimiter: str = ","
) -> Response:
    """Return a download of the rows, which may be a result that is still being read.

    It is written while the transaction is open, to a file once it grows, and sent from there: a fault while
    reading is an error page and not half a file.
    """
    head = [str(column.label) for column in columns]
    zone = current_time_zone()
    spool = SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 - closed with the response
    lines = ([cell(column.read(row), zone) for column in columns] for row in rows)
    for chunk in stream_csv(head, lines, delimiter=delimiter):
        spool.write(chunk)
    size = spool.tell()
    spool.seek(0)
    kind = "text/tab-separated-values" if delimiter == "\t" else "text/csv"
    response = Response(iter(functools.partial(spool.read, SPOOL_BYTES), b""), mimetype=kind)
    response.call_on_close(spool.close)
    response.content_length = size
    name = secure_filename(filename) or "export.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def stream_csv(
    head: Sequence[str], lines: Iterable[Sequence[str]], *, delimiter: str = ","
) -> Iterator[bytes]:
    """Yield the file in chunks; the byte order mark tells spreadsheets that it is UTF-8."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=delimiter)
    writer.writerow([guarded(text) for text in head])
    encoding = "utf-8-sig"
    for number, line in enumerate(lines, start=1):
        writer.writerow(line)
        if number % CHUNK == 0:
            yield buffer.getvalue().encode(encoding)
            encoding = "utf-8"
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode(encoding)


def cell(value: Any, zone: dt.tzinfo = dt.UTC) -> str:
    """Return a value as a cell: times in the reader's zone, numbers with a point, texts guarded."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, dt.datetime):
        return value.astimezone(zone).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, dt.date):
        return value.isoformat()
    return guarded(str(value))
