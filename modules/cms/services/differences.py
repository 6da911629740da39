"""What differs between two versions of a page: field by field, line by line, word by word."""

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Final, Literal

from modules.cms.schemas.page import PLACEMENTS
from modules.cms.services.revision_service import PLACE_FIELDS, TEXT_FIELDS
from wizamart.i18n import translate

CONTEXT_LINES: Final = 2
# Comparing takes time that grows with the square of what is compared, so that long texts are compared less finely.
LONGEST_LINE: Final = 1000
MANY_LINES: Final = 1000
_WORDS: Final = re.compile(r"\s+|\w+|[^\w\s]")
Part = tuple[str, bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a difference; `gap` stands for lines that are the same and left out.

    `parts` is the text in pieces, each with whether it is what changed in the line.
    """

    kind: Literal["same", "added", "removed", "gap"]
    text: str = ""
    parts: tuple[Part, ...] = ()


Pair = tuple[Line | None, Line | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changed in one field, in one language; in `pairs` the line before stands beside the line after."""

    field: str
    locale: str
    pairs: tuple[Pair, ...]

    @property
    def lines(self) -> list[Line]:
        """The lines one below the other: what was removed before what was added in its place."""
        listed: list[Line] = []
        added: list[Line] = []
        for before, after in self.pairs:
            if before is not None and before is after:
                listed += [*added, before]
                added = []
                continue
            listed += [before] if before else []
            added += [after] if after else []
        return listed + added


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return what differs between two contents, as `revision_service.content_of` makes them."""
    found = [
        Difference(name, "", tuple(_pairs(_words(name, before), _words(name, after))))
        for name in PLACE_FIELDS
        if before.get(name) != after.get(name)
    ]
    old, new = before.get("texts", {}), after.get("texts", {})
    for locale in sorted({*old, *new}):
        for name in TEXT_FIELDS:
            one, other = old.get(locale, {}).get(name, ""), new.get(locale, {}).get(name, "")
            if one != other:
                found.append(Difference(name, locale, tuple(_pairs(one, other))))
    return found


def _words(name: str, content: Mapping[str, Any]) -> str:
    """Return a field as people know it: the placement by what its form calls it."""
    value = content.get(name)
    if name == "placement" and value in PLACEMENTS:
        return str(translate(str(PLACEMENTS[value])))
    return "" if value is None else str(value)


def _pairs(before: str, after: str) -> Iterator[Pair]:
    old, new = before.splitlines(), after.splitlines()
    passes_over_repeated = max(len(old), len(new)) > MANY_LINES
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=passes_over_repeated)
    groups = matcher.get_grouped_opcodes(CONTEXT_LINES)
    gap = Line("gap")
    for number, group in enumerate(groups):
        if number:
            yield gap, gap
        for tag, old_start, old_end, new_start, new_end in group:
            if tag == "equal":
                same = [Line("same", text) for text in old[old_start:old_end]]
                yield from zip(same, same, strict=True)
            else:
                yield from _changed(old[old_start:old_end], new[new_start:new_end])


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    for one, other in zip_longest(old, new):
        if one is None or other is None:
            yield (
                None if one is None else Line("removed", one, ((one, False),)),
                None if other is None else Line("added", other, ((other, False),)),
            )
            continue
        removed, added = _parts(one, other)
        yield Line("removed", one, removed), Line("added", other, added)


def _parts(one: str, other: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return two lines in pieces; lines that have little in common are each one piece, and nothing in it marked."""
    if max(len(one), len(other)) > LONGEST_LINE:
        return ((one, False),), ((other, False),)
    old, new = _WORDS.findall(one), _WORDS.findall(other)
    matcher = difflib.SequenceMatcher(None, old, new)
    if matcher.ratio() < 0.4:  # noqa: PLR2004 - below that, marks are more confusing than none
        return ((one, False),), ((other, False),)
    removed, added = [], []
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        removed.append(("".join(old[old_start:old_end]), tag != "equal"))
        added.append(("".join(new[new_start:new_end]), tag != "equal"))
    return tuple(part for part in removed if part[0]), tuple(part for part in added if part[0])
