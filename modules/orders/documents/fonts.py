"""The typeface of documents: Roboto (Apache 2.0), embedded in part, so that a file looks the same everywhere.

It writes Latin with all its accents, Greek and Cyrillic. What it cannot write, such as Chinese, becomes a question
mark: an empty box would look like a broken file.
"""

import functools
import unicodedata
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

FOLDER: Final = Path(__file__).parent / "fonts"
REGULAR: Final = "Roboto"
BOLD: Final = "Roboto-Bold"
UNKNOWN: Final = "?"


@functools.cache
def register() -> frozenset[int]:
    """Make the typeface known to reportlab, once a process; returns the characters that it has."""
    known: set[int] = set()
    for name, file in ((REGULAR, "Roboto-Regular.ttf"), (BOLD, "Roboto-Bold.ttf")):
        font = TTFont(name, str(FOLDER / file))
        pdfmetrics.registerFont(font)
        known = known & set(font.face.charToGlyph) if known else set(font.face.charToGlyph)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return frozenset(known)


def plain(text: str) -> str:
    """Return a text in characters that the typeface has, composed where it has only the parts."""
    known = register()
    written = []
    for character in unicodedata.normalize("NFC", text):
        if character.isspace() and character not in "\u00a0\u202f":
            written.append(" ")
        elif unicodedata.category(character) in {"Cc", "Cf"}:
            continue
        elif ord(character) in known:
            written.append(character)
        else:
            parts = unicodedata.normalize("NFKD", character)
            written.append(parts if all(ord(part) in known for part in parts) else UNKNOWN)
    return "".join(written)


def marked_up(text: str) -> str:
    """Return a text for a paragraph, in which nothing is taken for markup."""
    return escape(plain(text))
