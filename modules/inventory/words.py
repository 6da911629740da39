"""Texts as the words that searches compare: small letters, no accents, letters and digits only."""

import re
import unicodedata
from typing import Final

LONGEST_WORD: Final = 40
MOST_WORDS: Final = 1000


def words_of(text: str) -> list[str]:
    """Return the words of a text in their order, each once."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter))
    found = (word[:LONGEST_WORD] for word in re.findall(r"[^\W_]+", plain))
    return list(dict.fromkeys(found))[:MOST_WORDS]
