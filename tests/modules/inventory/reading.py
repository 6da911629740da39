"""Reading a catalogue file without a database."""

import datetime as dt
from collections.abc import Iterator
from types import SimpleNamespace

from modules.inventory.imports import formats
from modules.inventory.imports.adapter import Context
from modules.inventory.services.import_service import CATALOGUE_FILES
from wizamart import csv_reader
from wizamart.imports import LineRefused


def read(content: bytes) -> SimpleNamespace:
    """Read a file as an import does; `lines` are what records say, or why they are refused."""

    def chunks() -> Iterator[bytes]:
        return iter([content[start : start + 1000] for start in range(0, len(content), 1000)])

    encoding = csv_reader.detect_encoding(chunks)
    delimiter, found = csv_reader.sniff(chunks, encoding, CATALOGUE_FILES.known_headings())
    code, headings = formats.detect(found)
    known = formats.get_format(code)
    context = Context("EUR", dt.date(2026, 11, 29), frozenset(headings))
    lines = []
    for record in csv_reader.read_records(chunks, encoding, delimiter, headings, verbatim=known.verbatim):
        cells = {heading: cell for heading, cell in record.values.items() if cell}
        try:
            lines.append(record.problem or known.read(cells, context))
        except LineRefused as refusal:
            lines.append(str(refusal))
    return SimpleNamespace(format=code, delimiter=delimiter, encoding=encoding, lines=lines)
