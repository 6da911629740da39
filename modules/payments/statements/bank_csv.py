"""Reading a bank's CSV as a stream; columns are found from the heading, or said by hand."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from modules.payments.statements.csv_columns import KNOWN_NAMES, Columns, Role, guess, missing
from modules.payments.statements.csv_values import direction, is_month_first, read_day, read_number
from modules.payments.statements.records import (
    Fault,
    Item,
    ParsedEntry,
    Section,
    Unreadable,
    plain_iban,
    tidy,
)
from wizamart.csv_reader import (
    HEAD_BYTES,
    Chunks,
    FileRefused,
    Record,
    clean_heading,
    detect_encoding,
    read_records,
    sniff,
)
from wizamart.i18n import gettext as _
from wizamart.money import Money

PREAMBLE_LINES: Final = 40
NEEDED_HEADINGS: Final = 3
SAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is written: where its table begins, what its columns hold."""

    encoding: str
    delimiter: str
    headings: tuple[str, ...]
    skipped: int
    columns: Columns

    @property
    def missing(self) -> list[Role]:
        """What the columns do not tell and must."""
        return missing(self.columns)


def find_layout(chunks: Chunks, columns: Columns | None = None) -> Layout:
    """Return how a file is written; with `columns`, what somebody said about them counts.

    :raises FileRefused: when it is no table at all.
    """
    encoding = detect_encoding(chunks)
    skipped = _count_preamble(chunks, encoding)
    delimiter, headings = sniff(_without_lines(chunks, skipped), encoding, KNOWN_NAMES)
    if len([heading for heading in headings if heading]) < len(("date", "amount")):
        raise FileRefused(_("This is neither a bank statement in XML (camt.053) nor a table in CSV."))
    said = {name: role for name, role in (columns or {}).items() if name in headings}
    return Layout(encoding, delimiter, tuple(headings), skipped, said or guess(headings))


def list_samples(chunks: Chunks, layout: Layout) -> dict[str, list[str]]:
    """Return for each heading what stands in the first records, for somebody to recognise the columns by."""
    records = list(islice(_records(chunks, layout), SAMPLES))
    return {name: [record.values.get(name, "") for record in records] for name in layout.headings if name}


def read(chunks: Chunks, layout: Layout, *, currency: str) -> Iterator[Item]:
    """Yield the entries and what could not be read; an amount without a currency is in the account's.

    :raises FileRefused: when what the columns must tell is missing, or a quotation mark never ends.
    """
    if layout.missing:
        names = ", ".join(str(role.label) for role in layout.missing)
        raise FileRefused(_("Not found among the columns: %(names)s.", names=names))
    by_role = {role: [name for name, one in layout.columns.items() if one is role] for role in Role}
    booked = by_role[Role.BOOKED_ON][0]
    month_first = is_month_first(record.values.get(booked, "") for record in _records(chunks, layout))
    own = set()
    for record in _records(chunks, layout):
        row = _Row(record, by_role, currency, month_first)
        try:
            entry = row.read()
        except Unreadable as error:
            yield Fault(record.number + layout.skipped, record.problem or str(error))
            continue
        if row.own_iban:
            own.add(row.own_iban)
        if entry.amount:
            yield replace(entry, line=entry.line + layout.skipped)
    yield from (Section(iban=iban) for iban in sorted(own))


@dataclass(frozen=True, slots=True)
class _Row:
    """One record, asked for by what its columns mean."""

    record: Record
    by_role: dict[Role, list[str]]
    currency: str
    month_first: bool

    def value(self, role: Role) -> str:
        found = (self.record.values.get(name, "") for name in self.by_role[role])
        return " ".join(text for text in found if text)

    @property
    def own_iban(self) -> str:
        text = plain_iban(self.value(Role.OWN_IBAN))
        return text if re.fullmatch(r"[A-Z]{2}\d{2}[0-9A-Z]{10,30}", text) else ""

    def read(self) -> ParsedEntry:
        value_on = self.value(Role.VALUE_ON)
        return ParsedEntry(
            line=self.record.number,
            booked_on=read_day(self.value(Role.BOOKED_ON), month_first=self.month_first),
            value_on=read_day(value_on, month_first=self.month_first) if value_on else None,
            amount=self.amount(),
            bank_reference=tidy(self.value(Role.BANK_REFERENCE), 140),
            name=tidy(self.value(Role.NAME), 140),
            iban=plain_iban(self.value(Role.IBAN))[:40],
            bic=tidy(self.value(Role.BIC), 11),
            reference=tidy(self.value(Role.REFERENCE), 140),
            text=tidy(self.value(Role.TEXT), 1000),
        )

    def amount(self) -> Money:
        currency = self.value(Role.CURRENCY).strip().upper() or self.currency
        if not re.fullmatch(r"[A-Z]{3}", currency):
            raise Unreadable(_("“%(text)s” is no currency.", text=currency[:20]))
        if text := self.value(Role.AMOUNT):
            amount = read_number(text, currency)
            word = self.value(Role.DIRECTION)
            way = direction(word) if word else None
            if word and way is None:
                raise Unreadable(_("“%(text)s” says neither in nor out.", text=word[:40]))
            return Money(abs(amount.minor) * way, currency) if way else amount
        credit, debit = self.value(Role.CREDIT), self.value(Role.DEBIT)
        received = abs(read_number(credit, currency).minor) if credit else 0
        paid = abs(read_number(debit, currency).minor) if debit else 0
        if not credit and not debit:
            raise Unreadable(_("The entry has no amount."))
        return Money(received - paid, currency)


def _records(chunks: Chunks, layout: Layout) -> Iterator[Record]:
    after = _without_lines(chunks, layout.skipped)
    return read_records(after, layout.encoding, layout.delimiter, list(layout.headings))


def _count_preamble(chunks: Chunks, encoding: str) -> int:
    """Return how many lines stand before the headings: banks put the account and the balance there."""
    if encoding.startswith("utf-16"):
        return 0  # its lines cannot be told apart as bytes
    head = next((piece for piece in chunks() if piece), b"")[:HEAD_BYTES]
    for number, line in enumerate(head.split(b"\n")[:PREAMBLE_LINES]):
        cells = re.split(r"[;,\t|]", line.decode(encoding, "replace").strip())
        if sum(clean_heading(cell.strip('"')) in KNOWN_NAMES for cell in cells) >= NEEDED_HEADINGS:
            return number
    return 0


def _without_lines(chunks: Chunks, count: int) -> Chunks:
    def rest() -> Iterator[bytes]:
        left = count
        for chunk in chunks():
            piece = chunk
            while left and piece:
                _line, end, piece = piece.partition(b"\n")
                left -= bool(end)
            if piece:
                yield piece

    return rest if count else chunks
