"""CSV for spreadsheets and imports: harmless when it is opened."""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import IO, Any

from flask import Response

from wizamart.csv_text import guarded
from wizamart.i18n import current_time_zone
from wizamart.money import Money
from wizamart.web.downloads import send_written
from wizamart.web.tables import Column

CHUNK = 200


def csv_response(
    name: str, columns: Sequence[Column], rows: Iterable[Any], *, delimiter: str = ","
) -> Response:
    """Return a download of the rows, which may be a result that is still being read."""
    head = [str(column.label) for column in columns]
    zone = current_time_zone()
    lines = ([cell(column.read(row), zone) for column in columns] for row in rows)

    def write(file: IO[bytes]) -> None:
        for chunk in stream_csv(head, lines, delimiter=delimiter):
            file.write(chunk)

    if delimiter == "\t":
        return send_written(write, name=name, ending="tsv", media_type="text/tab-separated-values")
    return send_written(write, name=name, ending="csv", media_type="text/csv")


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
    """Return a value as a cell: times in the reader's zone, money in minor units, texts guarded."""
    value = value.minor if isinstance(value, Money) else value
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
