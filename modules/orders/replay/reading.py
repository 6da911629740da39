"""Reading a file of invoices as the data sets of online shops have them: a row a line, cancellations begin with C."""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Final, TypeVar

from babel import Locale
from babel.numbers import get_currency_precision

from modules.orders.exceptions import FileUnreadable
from wizamart.i18n import gettext as _

T = TypeVar("T")
COLUMNS: Final = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
)
DATE_FORMAT: Final = "%m/%d/%Y %H:%M"
CANCELLED: Final = "C"


@dataclass(frozen=True, slots=True)
class FileLine:
    """A row; `pieces` is never negative, and the price is in minor units."""

    sku: str
    title: str
    pieces: int
    price_minor: int

    @property
    def amount_minor(self) -> int:
        """What the row comes to."""
        return self.pieces * self.price_minor


@dataclass(frozen=True, slots=True)
class FileInvoice:
    """The rows of one number; its time is that of its first row, in nobody's time zone yet."""

    number: str
    customer: str
    country: str
    at: datetime
    lines: tuple[FileLine, ...]

    @property
    def is_cancellation(self) -> bool:
        """Whether it takes back what others have sold."""
        return self.number.startswith(CANCELLED)

    @property
    def amount_minor(self) -> int:
        """What all rows come to."""
        return sum(line.amount_minor for line in self.lines)


def read_invoices(file: Path, currency: str) -> list[FileInvoice]:
    """Return the invoices in the order of time; of the same minute sales come first.

    :raises FileUnreadable: with the number of the row and what is wrong with it.
    """
    exponent = get_currency_precision(currency)
    rows: dict[str, list[tuple[dict[str, str], FileLine, datetime]]] = {}
    for number, row in _rows(file):
        line, at = _line(number, row, exponent)
        rows.setdefault(row["InvoiceNo"], []).append((row, line, at))
    codes = {name: code for code, name in Locale("en").territories.items() if len(code) == 2}  # noqa: PLR2004 - ISO 3166
    invoices = [
        FileInvoice(
            number=number,
            customer=found[0][0]["CustomerID"],
            country=codes.get(found[0][0]["Country"], ""),
            at=min(at for _row, _line, at in found),
            lines=tuple(line for _row, line, _at in found),
        )
        for number, found in rows.items()
    ]
    return sorted(invoices, key=lambda invoice: (invoice.at, invoice.is_cancellation))


def _rows(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise FileUnreadable(line=1, reason=_("Columns are missing: %(names)s", names=", ".join(missing)))
        for row in reader:
            yield reader.line_num, {column: (row[column] or "").strip() for column in COLUMNS}


def _line(number: int, row: dict[str, str], exponent: int) -> tuple[FileLine, datetime]:
    pieces = _read(number, row, "Quantity", int)
    price = _read(number, row, "UnitPrice", _price).scaleb(exponent)
    at = _read(number, row, "InvoiceDate", _moment)
    if not row["InvoiceNo"] or not pieces or (pieces < 0) != row["InvoiceNo"].startswith(CANCELLED):
        raise FileUnreadable(line=number, reason=_("Only cancellations have negative quantities."))
    if price < 0 or price != int(price):
        raise FileUnreadable(line=number, reason=_("The price is not a whole number of cents."))
    return FileLine(row["StockCode"], row["Description"] or row["StockCode"], abs(pieces), int(price)), at


def _read(number: int, row: dict[str, str], column: str, kind: Callable[[str], T]) -> T:
    """Return what a cell says.

    :raises FileUnreadable: with the names of row and column, and what stands there.
    """
    text = row[column]
    try:
        return kind(text)
    except (ValueError, InvalidOperation) as error:
        message = (
            _("%(column)s: “%(text)s” is no date such as 12/31/2010 08:26.", column=column, text=text[:40])
            if column == "InvoiceDate"
            else _("%(column)s: “%(text)s” is no number.", column=column, text=text[:40])
        )
        raise FileUnreadable(line=number, reason=message) from error


def _price(text: str) -> Decimal:
    price = Decimal(text)
    if not price.is_finite():
        raise ValueError(text)
    return price


def _moment(text: str) -> datetime:
    return datetime.strptime(text, DATE_FORMAT)  # noqa: DTZ007 - the zone is the platform's
