"""Creditor references by ISO 11649: "RF", two check digits, and a number; made to be typed, and found when mistyped.

The number always has the same length and begins with no zero, so that a bank that drops spaces or zeros keeps it whole.
"""

import re
from collections.abc import Collection, Iterator
from typing import Final

from wizamart.numbers import LARGEST

FIRST: Final = 7_000_000_000
LENGTH: Final = 12  # two check digits and ten of the number
_LETTERS: Final = str.maketrans("OQILSB", "001158")  # what people read for a digit
_MARKED: Final = re.compile(r"RF((?:[^0-9A-Z]{0,3}[0-9OQILSB]){10,15})")
_BARE: Final = re.compile(r"(?<![0-9A-Z])((?:[0-9][ .\-/]?){12})(?![0-9A-Z])")
_DIGITS: Final = "0123456789"


def build(number: int) -> str:
    """Return the reference of a payment's number, as it is stored: without spaces."""
    return complete(str(FIRST + number))


def number_of(reference: str) -> int | None:
    """Return the number of the payment that a reference of our shape belongs to, or None for others."""
    body = reference[4:]
    number = int(body) - FIRST if body.isdigit() else -1
    return number if 0 <= number <= LARGEST else None


def complete(body: str) -> str:
    """Return the reference with this body of capital letters and digits, check digits put before it."""
    return f"RF{98 - _remainder(body + 'RF00'):02d}{body}"


def is_valid(reference: str) -> bool:
    """Tell whether the check digits agree, whoever made the reference."""
    text = reference.replace(" ", "").upper()
    if not re.fullmatch(r"RF[0-9]{2}[0-9A-Z]{1,21}", text):
        return False
    return _remainder(text[4:] + text[:4]) == 1


def formatted(reference: str) -> str:
    """Return it in groups of four, as it is printed and typed."""
    return " ".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def find(text: str) -> list[str]:
    """Return the references of our shape in a text whose check digits agree, each once, in their order."""
    digits = [*_marked(text), *(re.sub(r"\D", "", found) for found in _BARE.findall(text))]
    whole = (f"RF{found[:LENGTH]}" for found in digits if len(found) >= LENGTH)
    return list(dict.fromkeys(reference for reference in whole if is_valid(reference)))


def find_near(text: str, known: Collection[str]) -> list[str]:
    """Return the known references that one slip of the finger away from something in the text.

    A digit wrong, missing or too many, or two neighbours exchanged: the check digits notice each of these.
    """
    found: dict[str, None] = {}
    for digits in _marked(text):
        for size in (LENGTH, LENGTH - 1, LENGTH + 1):
            if len(digits) >= size:
                variants = (f"RF{variant}" for variant in _slips(digits[:size]))
                found |= dict.fromkeys(variant for variant in variants if variant in known)
    return list(found)


def _marked(text: str) -> Iterator[str]:
    spaced = re.sub(r"R[ .\-]F(?=[ .\-]?\d)", "RF", text.upper())
    for match in _MARKED.findall(spaced):
        yield re.sub(r"\D", "", match.translate(_LETTERS))


def _slips(digits: str) -> Iterator[str]:
    """Yield what of the right length may have been meant by the digits."""
    if len(digits) < LENGTH:
        for place in range(len(digits) + 1):
            yield from (digits[:place] + digit + digits[place:] for digit in _DIGITS)
    elif len(digits) > LENGTH:
        yield from (digits[:place] + digits[place + 1 :] for place in range(len(digits)))
    else:
        for place in range(LENGTH):
            yield from (digits[:place] + digit + digits[place + 1 :] for digit in _DIGITS)
            if place + 1 < LENGTH:
                yield digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]


def _remainder(text: str) -> int:
    return int("".join(str(int(character, 36)) for character in text)) % 97
