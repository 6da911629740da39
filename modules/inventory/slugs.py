"""Texts as parts of addresses, and in the order of the alphabet."""

import re
import unicodedata


def slugify(text: str) -> str:
    """Return a text as a part of an address: Latin letters and digits, joined by hyphens."""
    plain = text.replace("ß", "ss").replace("ø", "o").replace("æ", "ae").replace("œ", "oe")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:120].strip("-")


def alphabetical(text: str) -> tuple[bool, str, str]:
    """Return what texts are sorted by: accents and capitals count last, and what is not in Latin letters comes last."""
    plain = slugify(text)
    return not plain, plain, text.casefold()
