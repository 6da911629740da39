"""What variants differ in, as what lists are narrowed by: two spellings of a name or a value are one."""

import re
from collections.abc import Iterable
from typing import Any, Final

from modules.inventory.slugs import slugify

LONGEST_OPTION: Final = 80


def option_key(text: str) -> str:
    """Return the name or value of an option as a part of an address; one without Latin letters as it is written."""
    return (slugify(text) or re.sub(r"\s+", " ", text.casefold()).strip())[:LONGEST_OPTION]


def option_rows(variants: Iterable[Any]) -> list[dict[str, Any]]:
    """Return the rows of what variants differ in; two spellings of a value are one, as the first has it."""
    found: dict[tuple[int, str, str], dict[str, Any]] = {}
    for one in variants:
        for name, value in (one.options or {}).items():
            keys = {"name_key": option_key(str(name)), "value_key": option_key(str(value))}
            if all(keys.values()):
                place = (one.product_id, keys["name_key"], keys["value_key"])
                owner = {"platform_id": one.platform_id, "vendor_id": one.vendor_id}
                texts = {"name": str(name)[:LONGEST_OPTION], "value": str(value)[:LONGEST_OPTION]}
                found.setdefault(place, {"product_id": one.product_id, **keys, **texts, **owner})
    return list(found.values())
