"""Whole numbers out of addresses and forms: none that the columns of the database cannot hold."""

import re
from typing import Final

from werkzeug.exceptions import NotFound
from werkzeug.routing import IntegerConverter

LARGEST: Final = 2**31 - 1
_WHOLE: Final = re.compile(r"-?[0-9]{1,10}")


def whole_number(text: str) -> int:
    """Return the number, for use as `type=` where the query string or a form is read.

    :raises ValueError: when it is none, or larger than an integer column holds.
    """
    number = int(text) if _WHOLE.fullmatch(text.strip()) else LARGEST + 1
    if abs(number) > LARGEST:
        raise ValueError("not a number that a row could have")
    return number


def is_row_number(text: str) -> bool:
    """Whether this is the number that a row could have."""
    return _WHOLE.fullmatch(text) is not None and 0 <= int(text) <= LARGEST


class RowNumberConverter(IntegerConverter):
    """`<int:…>` in a route: a number that no row can have is a page that does not exist, whatever the method."""

    regex = r"[0-9]{1,10}"

    def to_python(self, value: str) -> int:
        """Return the number.

        :raises NotFound: where no row can have it; a mere mismatch would answer 405 beside a rule for other methods.
        """
        if not is_row_number(value):
            raise NotFound
        number: int = super().to_python(value)
        return number
