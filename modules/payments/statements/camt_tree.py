"""Finding elements by local names, since every version of CAMT has a namespace of its own."""

from collections.abc import Iterator
from typing import Any


def local_name(element: Any) -> str:
    """Return the name without its namespace; what is no element has none."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def find_all(element: Any, path: str) -> Iterator[Any]:
    """Yield the elements at a path of local names."""
    name, _slash, rest = path.partition("/")
    for child in element:
        if local_name(child) == name:
            if rest:
                yield from find_all(child, rest)
            else:
                yield child


def text_at(element: Any, *paths: str) -> str:
    """Return the text of the first element that is there at one of the paths, or nothing."""
    for path in paths:
        for found in find_all(element, path):
            text = " ".join((found.text or "").split())
            if text:
                return text
    return ""
