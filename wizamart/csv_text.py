"""Texts as cells of a CSV file: harmless in a spreadsheet, and the same text again when they are read back."""

import re
from typing import Final

FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?")
MARK: Final = "'"


def guarded(text: str) -> str:
    """Put an apostrophe before a text that a spreadsheet would run as a formula; a plain number is none.

    What already is such a text behind apostrophes gets one more, so that `unguarded` gives back every text.
    """
    return f"{MARK}{text}" if _is_formula(text.lstrip(MARK)) else text


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that `guarded` has put before it."""
    return text[1:] if text.startswith(MARK) and _is_formula(text.lstrip(MARK)) else text


def _is_formula(text: str) -> bool:
    return text.lstrip(" ").startswith(FORMULA_STARTS) and not NUMBER.fullmatch(text)
