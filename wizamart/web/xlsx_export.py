"""Workbooks for Excel, written row by row: numbers are numbers, days are days, and a text is never more than a text.

Excel's limits are in its specification: 1,048,576 rows, 32,767 characters (of UTF-16) in a cell, 15 digits of a number,
31 characters in the name of a sheet, no day before 1900.
"""

import datetime as dt
import math
import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from decimal import Decimal
from typing import IO, Any, Final

from babel.numbers import get_currency_precision
from flask import Response
from xlsxwriter import Workbook

from wizamart.exceptions import RuleViolation
from wizamart.i18n import current_time_zone, gettext as _, lazy_gettext
from wizamart.money import Money
from wizamart.web.downloads import XLSX_TYPE, send_written
from wizamart.web.tables import Column

MOST_ROWS: Final = 1_048_575  # below the headings
MOST_UNITS: Final = 32_767
MOST_NUMBER: Final = 10**15
FIRST_YEAR: Final = 1900
LONGEST_NAME: Final = 31
NARROWEST, WIDEST = 8, 60
DAY, MOMENT = "yyyy-mm-dd", "yyyy-mm-dd hh:mm:ss"
# What XML cannot hold, and what cannot be encoded.
UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
REPLACEMENT: Final = "\ufffd"
FORBIDDEN_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\\x00-\x1f]")


class TooManyRows(RuleViolation):
    """A sheet ends somewhere; a file that silently lacks rows would be believed."""

    code = "export.too_many_rows"
    message = lazy_gettext("An Excel sheet holds 1,048,576 rows at most. Export CSV, or narrow the list.")


def xlsx_response(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """Return a download of the rows, which may be a result that is still being read.

    :raises TooManyRows: when they are more than a sheet holds.
    """
    return send_written(
        lambda file: write_workbook(file, name, columns, rows),
        name=name,
        ending="xlsx",
        media_type=XLSX_TYPE,
    )


def write_workbook(file: IO[bytes], name: str, columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """Write a workbook of one sheet, its headings bold and kept in view.

    :raises TooManyRows: when the rows are more than a sheet holds.
    """
    zone = current_time_zone()
    with closing(Workbook(file, {"constant_memory": True})) as book:
        book.set_properties({"title": name, "comments": _("Times are those of %(zone)s.", zone=zone)})
        sheet = _Sheet(book, name, zone)
        sheet.write_head([str(column.label) for column in columns])
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise TooManyRows
            for place, column in enumerate(columns):
                sheet.write(number, place, column.read(row))
        sheet.finish()


def sheet_name(name: str) -> str:
    """Return a name as Excel allows it: short, without some signs, and not the one that it keeps for itself."""
    legal = FORBIDDEN_IN_NAMES.sub(" ", name)[:LONGEST_NAME].strip(" '")
    return legal if legal and legal.casefold() != "history" else f"{legal or 'export'}_"


def plain_text(text: str) -> str:
    """Return a text as a cell can hold it: without what cannot be written, and cut, visibly, where a cell ends."""
    text = UNWRITABLE.sub(REPLACEMENT, text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text) * 2 <= MOST_UNITS or _units(text) <= MOST_UNITS:
        return text
    note = _(" … [cut here: an Excel cell holds no more]")
    held = text.encode("utf-16-le")[: 2 * (MOST_UNITS - _units(note))]
    return held.decode("utf-16-le", errors="ignore") + note


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def is_exact(number: float | Decimal) -> bool:
    """Tell whether Excel, which counts in floats of 15 digits, would hold a number as it is."""
    if isinstance(number, float):
        return math.isfinite(number)
    is_finite = not isinstance(number, Decimal) or number.is_finite()
    return is_finite and abs(number) < MOST_NUMBER and Decimal(repr(float(number))) == number


class _Sheet:
    """The sheet being written, its formats, and how wide its columns have become."""

    def __init__(self, book: Any, name: str, zone: dt.tzinfo) -> None:
        self.book, self.zone = book, zone
        self.sheet = book.add_worksheet(sheet_name(name))
        self.formats: dict[str, Any] = {}
        self.widths: list[int] = []
        self.last = 0

    def write_head(self, labels: Sequence[str]) -> None:
        """Write the headings."""
        bold = self.book.add_format({"bold": True, "bottom": 1})
        for place, label in enumerate(labels):
            self.sheet.write_string(0, place, plain_text(label), bold)
        self.widths = [max(NARROWEST, len(label) + 2) for label in labels]
        self.sheet.freeze_panes(1, 0)

    def write(self, row: int, place: int, value: Any) -> None:
        """Write a value as what it is."""
        self.last = row
        if value is None or value == "":
            return
        if isinstance(value, dt.datetime):
            value = value.astimezone(self.zone)
        if isinstance(value, bool):
            self.sheet.write_boolean(row, place, value)
        elif isinstance(value, Money):
            places = get_currency_precision(value.currency)
            self.write_number(row, place, Decimal(value.minor).scaleb(-places))
        elif isinstance(value, (int, float, Decimal)):
            self.write_number(row, place, value)
        elif isinstance(value, dt.date) and value.year >= FIRST_YEAR:
            self.write_date(row, place, value)
        else:
            self.write_text(row, place, str(value))

    def write_number(self, row: int, place: int, number: float | Decimal) -> None:
        """Write a number with as many decimals as it has; as a text where Excel would change it."""
        if not is_exact(number):
            self.write_text(row, place, str(number))
            return
        code = "0" if isinstance(number, int) else "General"
        if isinstance(number, Decimal):
            places = -min(0, int(number.as_tuple().exponent))
            code = f"#,##0.{'0' * places}" if places else "#,##0"
        self._widen(place, len(f"{number:,}") + 1)
        self.sheet.write_number(row, place, number, self._format(code))

    def write_date(self, row: int, place: int, value: dt.date) -> None:
        """Write a day, or a moment, which Excel knows without its zone."""
        code = DAY
        if isinstance(value, dt.datetime):
            value, code = value.replace(tzinfo=None, microsecond=0), MOMENT
        self._widen(place, len(code))
        self.sheet.write_datetime(row, place, value, self._format(code))

    def write_text(self, row: int, place: int, text: str) -> None:
        """Write a text, which stays one whatever it begins with."""
        self._widen(place, len(text))
        self.sheet.write_string(row, place, plain_text(text))

    def finish(self) -> None:
        """Set the widths, and let the reader filter."""
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, min(width, WIDEST))
        if self.last and self.widths:
            self.sheet.autofilter(0, 0, self.last, len(self.widths) - 1)

    def _widen(self, place: int, width: int) -> None:
        if width >= self.widths[place]:
            self.widths[place] = width + 1

    def _format(self, code: str) -> Any:
        if code not in self.formats:
            self.formats[code] = self.book.add_format({"num_format": code})
        return self.formats[code]
