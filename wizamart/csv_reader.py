"""Reading a CSV file as a stream (encoding, delimiter, records): memory does not grow with the file."""

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from wizamart.i18n import gettext as _

DELIMITERS = (",", ";", "\t", "|")
FIELD_LIMIT = 1024 * 1024
HEAD_BYTES = 64 * 1024
Chunks = Callable[[], Iterable[bytes]]


class FileRefused(Exception):
    """The file as a whole cannot be read; the text is for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record with the number of its first line in the file; `problem` says what is wrong with its shape."""

    number: int
    values: dict[str, str]
    problem: str = ""


class _ChunkStream(io.RawIOBase):
    """Bytes that come in pieces, as a file."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = b""

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Fill the buffer with what the next piece has."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        while not self._rest:
            piece = next(self._chunks, None)
            if piece is None:
                return 0
            self._rest = piece
        size = min(len(view), len(self._rest))
        view[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size


def detect_encoding(chunks: Chunks) -> str:
    """Return the encoding: UTF-8 or UTF-16 if the file is that, or else Windows' Western one, or Latin-1.

    :raises FileRefused: for what is no text at all.
    """
    head = next(iter(chunks()), b"")[:HEAD_BYTES]
    if not head.strip():
        raise FileRefused(_("The file is empty."))
    if head.startswith(b"PK"):
        raise FileRefused(_("This is an Excel workbook. Save it as CSV and upload that."))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\x00" in head:
        raise FileRefused(_("This is no text file."))
    for encoding in ("utf-8-sig", "cp1252"):
        if _decodes(chunks, encoding):
            return encoding
    return "latin-1"


def _decodes(chunks: Chunks, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for piece in chunks():
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def open_text(chunks: Chunks, encoding: str) -> io.TextIOWrapper:
    """Return the file as text, line ends untouched."""
    raw = _ChunkStream(chunks())
    return io.TextIOWrapper(io.BufferedReader(raw), encoding=encoding, newline="")


def clean_heading(text: str) -> str:
    """Return a heading as formats are known by: small letters, single spaces."""
    return " ".join(text.replace("\ufeff", "").replace("\u00a0", " ").casefold().split())


def sniff(chunks: Chunks, encoding: str, known: frozenset[str]) -> tuple[str, list[str]]:
    """Return the delimiter that makes most sense of the first record, and its headings.

    :raises FileRefused: when the first record cannot be read.
    """
    best: tuple[tuple[int, int], str, list[str]] | None = None
    for delimiter in DELIMITERS:
        try:
            with open_text(chunks, encoding) as text:
                head = next(_reader(text, delimiter), [])
        except (csv.Error, UnicodeError) as error:
            raise FileRefused(_("The first line cannot be read.")) from error
        headings = [clean_heading(cell) for cell in head]
        score = (sum(heading in known for heading in headings), len(headings))
        if best is None or score > best[0]:
            best = (score, delimiter, headings)
    if best is None or not any(best[2]):
        raise FileRefused(_("The first line holds no headings."))
    return best[1], best[2]


def _reader(text: io.TextIOWrapper, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(FIELD_LIMIT)
    return csv.reader(text, delimiter=delimiter, strict=True)


def read_records(chunks: Chunks, encoding: str, delimiter: str, headings: list[str]) -> Iterator[Record]:
    """Yield the records after the first, blank lines left out.

    :raises FileRefused: at the line from which on nothing can be made of the file.
    """
    csv.field_size_limit(FIELD_LIMIT)
    with open_text(chunks, encoding) as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        last = 0
        try:
            for index, cells in enumerate(reader):
                number, last = last + 1, reader.line_num
                if index and any(cell.strip() for cell in cells):
                    yield _record(number, cells, headings)
        except (csv.Error, UnicodeError) as error:
            raise FileRefused(
                _(
                    "From line %(line)s on the file cannot be read: a quotation mark is never closed or stands "
                    "in the wrong place.",
                    line=last + 1,
                )
            ) from error


def _record(number: int, cells: list[str], headings: list[str]) -> Record:
    values: dict[str, str] = {}
    for heading, cell in zip(headings, cells, strict=False):
        values.setdefault(heading, cell.replace("\u00a0", " ").strip())
    surplus = [cell for cell in cells[len(headings) :] if cell.strip()]
    if surplus or len(cells) < len(headings):
        problem = _(
            "The line has %(cells)s cells, the heading has %(headings)s.",
            cells=len(cells),
            headings=len(headings),
        )
        return Record(number, values, problem)
    return Record(number, values)
