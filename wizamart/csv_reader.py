"""Reading a CSV file as a stream (encoding, delimiter, records): memory does not grow with the file.

What cannot be a record is told with its line, and reading goes on behind it; only where nothing can be made of the
rest is the whole file refused. A record says where it ends, so that reading can go on there at another time.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Final, NamedTuple

from wizamart import csv_quotes
from wizamart.i18n import gettext as _
from wizamart.invisible import shows_nothing

DELIMITERS: Final = (",", ";", "\t", "|")
FIELD_LIMIT: Final = 1024 * 1024
LONGEST_LINE: Final = 4 * 1024 * 1024
HEAD_BYTES: Final = 64 * 1024
BOM: Final = "\ufeff"
# What lies in the middle of a file is read without its byte order mark.
PLAIN_CODECS: Final = {"utf-8-sig": "utf-8"}
UTF32_MARKS: Final = (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
UTF16_MARKS: Final = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
BINARY_STARTS: Final = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"%PDF",
    b"\x1f\x8b",
    b"\xd0\xcf\x11\xe0",
    b"Rar!",
)
MARKUP: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<(?:\?xml|!doctype|html|table|rss|feed)\b|(?:\[\s*)?\{\s*\")", re.IGNORECASE
)
# What is no text in UTF-8 is kept as half a surrogate pair, which no text holds, until its line is known.
NO_TEXT_KEPT: Final = "surrogateescape"
NO_TEXT: Final = re.compile("[\udc80-\udcff]")
CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\r\f"))
Chunks = Callable[[], Iterable[bytes]]


class FileRefused(Exception):
    """The file as a whole cannot be read; the text is for the person who sent it."""


class Place(NamedTuple):
    """Where reading can go on: after so many bytes and so many lines of the file."""

    offset: int = 0
    lines: int = 0


START: Final = Place()


class Record(NamedTuple):
    """One record with the number of its first line in the file; `problem` says what is wrong with its shape."""

    number: int
    values: dict[str, str]
    problem: str = ""
    end: Place = START


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
    head = io.BufferedReader(_ChunkStream(chunks()), HEAD_BYTES).read(HEAD_BYTES)
    if not head.removeprefix(codecs.BOM_UTF8).strip(b" \t\r\n\x00\xff\xfe"):
        raise FileRefused(_("The file is empty."))
    if head.startswith(b"PK"):
        raise FileRefused(_("This is an Excel workbook. Save it as CSV and upload that."))
    if head.startswith((*BINARY_STARTS, *UTF32_MARKS)):
        raise FileRefused(_("This is no text file."))
    if MARKUP.match(head):
        raise FileRefused(_("This is XML, a web page or JSON, and no table. Export the table as CSV."))
    for mark, encoding in UTF16_MARKS.items():
        if head.startswith(mark):
            return encoding
    if len(head.translate(None, CONTROLS)) < len(head) * 0.98:
        return _without_mark(head)
    if _is_utf8(chunks):
        return "utf-8-sig"
    return "cp1252" if _decodes(chunks, "cp1252") else "latin-1"


def _without_mark(head: bytes) -> str:
    """Return which UTF-16 this is: in Western texts nearly every second byte is zero.

    :raises FileRefused: when it is neither.
    """
    half = len(head) // 2
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if half and zeros.count(0) > half * 0.7 and head.count(0) - zeros.count(0) < half * 0.1:
            return encoding
    raise FileRefused(_("This is no text file."))


def _is_utf8(chunks: Chunks) -> bool:
    """Tell whether a file is UTF-8, even if some bytes of it are not: more of its characters are than are not."""
    decoder = codecs.getincrementaldecoder("utf-8")(NO_TEXT_KEPT)
    good = bad = 0
    for piece in chain(chunks(), [b""]):
        text = decoder.decode(piece, final=not piece)
        if not text.isascii():
            faults = len(NO_TEXT.findall(text))
            good += len(text) - len(text.encode("ascii", "ignore")) - faults
            bad += faults
    return good > bad or not bad


def _decodes(chunks: Chunks, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        for piece in chunks():
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


class _Lines:
    """The lines of a file with their ends, and where the last one ended; `held` are those of the current record."""

    def __init__(self, chunks: Iterable[bytes], encoding: str, start: Place = START) -> None:
        self._codec = PLAIN_CODECS.get(encoding, encoding)
        stream = io.BufferedReader(_ChunkStream(chunks))
        self._errors = NO_TEXT_KEPT if self._codec == "utf-8" else "strict"
        self._text = io.TextIOWrapper(stream, encoding=self._codec, errors=self._errors, newline="")
        self._is_first = not start.offset
        self.offset = start.offset
        self.count = start.lines
        self.held: list[str] = []
        self._again: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        """Return itself."""
        return self

    def __next__(self) -> str:
        """Return the next line.

        :raises FileRefused: for a line without end.
        """
        line = self._again.popleft() if self._again else self._text.readline(LONGEST_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > LONGEST_LINE:
            raise FileRefused(_("Line %(line)s is too long for a table.", line=self.count + 1))
        self._move(line, 1)
        self.held.append(line)
        if self._is_first:
            line, self._is_first = line.removeprefix(BOM), False
        return line

    def _move(self, line: str, direction: int) -> None:
        self.offset += direction * len(line.encode(self._codec, self._errors))
        self.count += direction

    def begin_record(self) -> None:
        """Forget the lines of the record before."""
        self.held.clear()

    @property
    def first(self) -> int:
        """The number of the first line of the current record."""
        return self.count - len(self.held) + 1

    def go_back_to(self, number: int) -> None:
        """Read the lines of the current record again that stand behind this one."""
        kept = number - self.first + 1
        for line in reversed(self.held[kept:]):
            self._move(line, -1)
            self._again.appendleft(line)
        del self.held[kept:]

    @property
    def place(self) -> Place:
        """Where the last line ended."""
        return Place(self.offset, self.count)


def clean_heading(text: str) -> str:
    """Return a heading as formats are known by: small letters, single spaces, straight apostrophes, nothing around."""
    return " ".join(text.replace(BOM, "").replace("\u2019", "'").casefold().strip('" \t').split())


def clean_cell(text: str) -> str:
    """Return what a cell says without the white space around it; what nobody sees is nothing."""
    return "" if shows_nothing(text) else text.replace("\u00a0", " ").strip()


def sniff(chunks: Chunks, encoding: str, known: frozenset[str]) -> tuple[str, list[str]]:
    """Return the delimiter that makes most sense of the first record, and its headings.

    :raises FileRefused: when the first record cannot be read.
    """
    best: tuple[tuple[int, bool, int], str, list[str], str] | None = None
    for delimiter in DELIMITERS:
        try:
            headings, problem = _read_head(_Lines(chunks(), encoding), delimiter, known)
        except UnicodeError:
            continue
        score = (_count(headings, known), not problem, len(headings))
        if best is None or score > best[0]:
            best = (score, delimiter, headings, problem)
    if best is None:
        raise FileRefused(_("The first line cannot be read."))
    if best[3]:
        raise FileRefused(best[3])
    if not any(best[2]):
        raise FileRefused(_("The first line holds no headings."))
    if len(best[2]) == 1 and any(_count(best[2][0].split(one), known) > 1 for one in DELIMITERS):
        raise FileRefused(
            _(
                "Each line stands in quotation marks as a whole, so that there are no columns. Export the file again, "
                "and do not save it in a spreadsheet."
            )
        )
    return best[1], best[2]


def _read_head(lines: _Lines, delimiter: str, known: frozenset[str]) -> tuple[list[str], str]:
    """Return the headings, and what is wrong with their quotation marks: then they are those of the first line."""
    head: list[str] = []
    try:
        head, problem = next(_reader(_below_preface(lines), delimiter), []), ""
    except csv.Error as error:
        problem = csv_quotes.problem_of(error, lines.held, delimiter, lines.first)
    headings = _clean_headings(head)
    if len(lines.held) > 1 or problem:
        in_first_line = _clean_headings(lines.held[0].split(delimiter))
        if problem or _count(in_first_line, known) > _count(headings, known):
            return in_first_line, problem or csv_quotes.not_closed(lines.first)
    return headings, problem


def _clean_headings(cells: Sequence[str]) -> list[str]:
    return [clean_heading(NO_TEXT.sub("\ufffd", cell)) for cell in cells]


def _count(headings: Sequence[str], known: frozenset[str]) -> int:
    return sum(heading in known for heading in headings)


def _below_preface(lines: _Lines) -> Iterator[str]:
    """Yield the lines from the headings on: blank lines and Excel's `sep=;` may stand before them."""
    for line in lines:
        if line.strip() and not re.fullmatch(r"\"?sep=.\"?\s*", line, re.IGNORECASE):
            yield line
            break
        lines.begin_record()
    yield from lines


def _reader(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(FIELD_LIMIT)
    return csv.reader(lines, delimiter=delimiter, strict=True)


def read_records(
    chunks: Chunks,
    encoding: str,
    delimiter: str,
    headings: list[str],
    *,
    start: Place = START,
    verbatim: frozenset[str] = frozenset(),
) -> Iterator[Record]:
    """Yield the records below the headings, blank lines left out; with `start` those behind that place.

    `chunks` gives the file from `start` on. The cells of `verbatim` headings keep the white space around them.

    :raises FileRefused: at the line from which on nothing can be made of the file.
    """
    lines = _Lines(chunks(), encoding, start)
    reader = _reader(lines if start.offset else _below_preface(lines), delimiter)
    is_head = not start.offset
    while True:
        number = lines.count + 1
        lines.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnicodeError as error:
            raise FileRefused(
                _("From line %(line)s on the file is no text any more.", line=number)
            ) from error
        except csv.Error as error:
            problem = csv_quotes.problem_of(error, lines.held, delimiter, lines.first)
            if is_head or csv_quotes.is_without_end(error):
                raise FileRefused(problem) from error
            lines.go_back_to(csv_quotes.opening_line(lines.held, delimiter, lines.first))
            yield Record(number, {}, problem, lines.place)
            continue
        if not is_head and any(cell.strip() for cell in cells):
            yield _record(number, cells, headings, lines.place, verbatim)
        is_head = False


def _record(
    number: int, cells: list[str], headings: list[str], end: Place, verbatim: frozenset[str]
) -> Record:
    values: dict[str, str] = {}
    for heading, cell in zip(headings, cells, strict=False):
        values.setdefault(heading, cell if heading in verbatim else clean_cell(cell))
    problem = ""
    if any("\x00" in cell for cell in cells):
        problem = _("The line holds a null character, which no text has.")
        values = {heading: cell.replace("\x00", "") for heading, cell in values.items()}
    elif any(NO_TEXT.search(cell) for cell in cells):
        problem = _("The line holds characters that are no text in the encoding of the file.")
        values = {heading: NO_TEXT.sub("\ufffd", cell) for heading, cell in values.items()}
    elif len(cells) < len(headings) or any(cell.strip() for cell in cells[len(headings) :]):
        problem = _(
            "The line has %(cells)s cells, the heading has %(headings)s.",
            cells=len(cells),
            headings=len(headings),
        )
    return Record(number, values, problem, end)
