"""Texts that show nothing, or read otherwise than they are: as a name, the first is a gap in a list."""

import re
from typing import Final

from wizamart.i18n import lazy_gettext as _

SHOWS_NOTHING: Final = _("This shows nothing. Enter at least one character that can be seen.")
# White space, control characters, the Braille pattern without a dot, and what Unicode lets programs pass over
# (DerivedCoreProperties, Default_Ignorable_Code_Point). Inside words, joiners and direction marks have their use.
_SEEN: Final = re.compile(
    r"[^\s\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    r"\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    r"\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_LINE_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_TURNS: Final = re.compile(r"[\u202a-\u202e\u2066-\u2069]")


def shows_nothing(text: str) -> bool:
    """Tell whether a text has no character that anybody sees; the empty one has none."""
    return _SEEN.search(text) is None


def one_line(text: str) -> str:
    """Return a text as a browser would have sent it from an input of one line (HTML, 4.10.5.1.2): nothing breaks it.

    A name with line breaks could write paragraphs of its own into a mail; characters that turn the direction of all
    that follows would let it read otherwise than it is.
    """
    return _TURNS.sub("", _LINE_BREAKS.sub(" ", text))
