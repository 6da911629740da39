"""Quotation marks in CSV files that are never closed, or in the wrong place: where they open, and what to say of it."""

import csv
from collections.abc import Sequence
from typing import Final

from wizamart.i18n import gettext as _

QUOTE: Final = '"'
# What Python's reader says where a quotation mark is open at the end of the file, or a cell has no end.
UNCLOSED: Final = "unexpected end"
TOO_LONG: Final = "field larger"


def is_without_end(error: csv.Error) -> bool:
    """Tell whether nothing can be made of all that follows."""
    return UNCLOSED in str(error) or TOO_LONG in str(error)


def problem_of(error: csv.Error, lines: Sequence[str], delimiter: str, first: int) -> str:
    """Say what is wrong with a record, and where it begins; `lines` are its lines, numbered from `first`."""
    opened = opening_line(lines, delimiter, first)
    if UNCLOSED in str(error):
        return _(
            "The quotation mark that opens a cell in line %(line)s is never closed, so that the file cannot be "
            "read from there on.",
            line=opened,
        )
    if TOO_LONG in str(error):
        return _(
            "A cell that begins in line %(line)s is longer than a million characters: perhaps its quotation mark "
            "is never closed.",
            line=opened,
        )
    return not_closed(opened)


def not_closed(line: int) -> str:
    """Say that a quotation mark of this line is closed in the wrong place."""
    return _(
        "The quotation mark that opens a cell in line %(line)s is not closed at the end of that cell.",
        line=line,
    )


def opening_line(lines: Sequence[str], delimiter: str, first: int) -> int:
    """Return the number of the line in which the quotation mark opens that is closed wrongly, or never."""
    opened, is_open, before = first, False, delimiter
    for number, line in enumerate(lines, start=first):
        for sign in line:
            if is_open:
                is_open = sign != QUOTE
                before = "" if is_open else QUOTE
                continue
            if before == QUOTE and sign not in {delimiter, QUOTE, "\r", "\n"}:
                return opened
            if sign == QUOTE and before == delimiter:
                opened = number
            is_open = sign == QUOTE and before in {delimiter, QUOTE}  # a doubled mark goes on with its cell
            before = sign if sign == delimiter else ""
    return opened
