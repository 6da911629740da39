"""What the variants of a product differ in, out of what its lines say. Pure."""

from collections.abc import Sequence

from modules.inventory.imports.adapter import CatalogueLine
from modules.inventory.schemas.product import MAX_OPTIONS
from wizamart.i18n import gettext as _


def settle(lines: Sequence[CatalogueLine]) -> list[str]:
    """Let lines say no more options than a product can have, if some do not tell variants apart; return their names.

    `more_options` count where they do tell them apart.
    """
    sold = [line for line in lines if not line.is_part]
    for name in dict.fromkeys(name for line in sold for name, _value in line.more_options):
        told = [(line, value) for line in sold for other, value in line.more_options if other == name]
        if len(told) == len(sold) and len({value.casefold() for _line, value in told}) > 1:
            for line, value in told:
                line.options.append((name, value))
    names = names_of(lines)
    if len(names) > MAX_OPTIONS and all(name for line in sold for name, _value in line.options):
        same = {name.casefold() for name in names if _is_same_in_all(sold, name)}
        for line in sold:
            line.options = [pair for pair in line.options if pair[0].casefold() not in same]
        names = names_of(lines)
    return names


def _is_same_in_all(lines: Sequence[CatalogueLine], name: str) -> bool:
    found = [
        value.casefold()
        for line in lines
        for other, value in line.options
        if other.casefold() == name.casefold()
    ]
    return len(found) == len(lines) and len(set(found)) == 1


def names_of(lines: Sequence[CatalogueLine]) -> list[str]:
    """Return the names of the options; a later line may leave a name out and mean the one at that place."""
    names: list[str] = []
    for line in lines:
        for place, (name, _value) in enumerate(line.options):
            is_known = name.casefold() in {known.casefold() for known in names}
            if name and not is_known:
                names.append(name)
            elif not name and place >= len(names):
                names.append(_("Option %(number)s", number=place + 1))
    return names


def values_of(line: CatalogueLine, names: Sequence[str]) -> list[str]:
    """Return the values of a line in the order of the names, empty where it says none."""
    chosen = [""] * len(names)
    places = {name.casefold(): place for place, name in enumerate(names)}
    for place, (name, value) in enumerate(line.options):
        chosen[places[name.casefold()] if name else place] = value
    return chosen
