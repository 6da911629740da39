"""Variants out of options: every combination of values is one, and those that exist keep their numbers and prices."""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.inventory.schemas.product import MAX_OPTIONS, MAX_VARIANTS
from modules.inventory.slugs import slugify
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Option:
    """What variants differ in, with its values in their order."""

    name: str
    values: tuple[str, ...]


def parse_options(text: str) -> list[Option]:
    """Return the options that a text names, one a line: `Colour: White, Forest green`."""
    options = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        name, _colon, rest = line.partition(":")
        values = dict.fromkeys(value for part in rest.split(",") if (value := part.strip()))
        options.append(Option(name.strip(), tuple(values)))
    return options[: MAX_OPTIONS + 1]  # one too many is refused by the form, not forgotten


def write_options(names: Sequence[str], variants: Iterable[Mapping[str, Any]]) -> str:
    """Return options as the text that `parse_options` reads; `variants` are their values by name."""
    known = list(variants)
    values = {name: dict.fromkeys(str(one.get(name, "")) for one in known) for name in names}
    return "\n".join(f"{name}: {', '.join(filter(None, values[name]))}" for name in names)


def missing_values(options: Sequence[Option], rows: Sequence[Row]) -> list[str]:
    """Return the values that no row has, which means that variants are yet to be made."""
    return [
        value
        for number, option in enumerate(options, start=1)
        for value in option.values
        if not any(str(row.get(f"option{number}", "")).strip() == value for row in rows)
    ]


def plan_rows(options: Sequence[Option], rows: Sequence[Row], *, title: str) -> list[dict[str, Any]]:
    """Return a row for each combination of values; a new one costs what the first costs, and gets a number of its own.

    A row without a value for an option that is new takes the option's first one. Rows of values that are gone go.

    :raises InvalidInput: when there would be none, or too many.
    """
    options = [option for option in options[:MAX_OPTIONS] if option.values]
    wanted = list(itertools.islice(itertools.product(*(one.values for one in options)), MAX_VARIANTS + 1))
    if not options or len(wanted) > MAX_VARIANTS:
        raise InvalidInput({"option_names": [_refusal(too_many=bool(options))]})
    known: dict[tuple[str, ...], Row] = {}
    for row in rows:
        known.setdefault(_values_of(row, options), row)
    first = rows[0] if rows else {}
    taken = {str(row.get("sku", "")).casefold() for row in known.values()}
    base = str(first.get("sku") or slugify(title).upper()[:40] or "SKU")
    planned = []
    for values in wanted:
        row = dict(known.get(values) or _new_row(first, base, values, taken))
        row.update({f"option{number}": value for number, value in enumerate(values, start=1)})
        planned.append(row)
    return planned


def _refusal(*, too_many: bool) -> str:
    if too_many:
        return _("These values make more than %(count)s variants.", count=MAX_VARIANTS)
    return _("Write each option with its values, such as “Colour: White, Red”.")


def _values_of(row: Row, options: Sequence[Option]) -> tuple[str, ...]:
    return tuple(
        str(row.get(f"option{number}") or "").strip() or option.values[0]
        for number, option in enumerate(options, start=1)
    )


def _new_row(first: Row, base: str, values: Sequence[str], taken: set[str]) -> dict[str, Any]:
    wanted = "-".join([base, *(slugify(value).upper() for value in values)])[:110]
    sku, number = wanted, 1
    while sku.casefold() in taken:
        number += 1
        sku = f"{wanted}-{number}"
    taken.add(sku.casefold())
    kept = ("price_minor", "compare_at_minor", "low_stock_threshold")
    return {"sku": sku, "gtin": "", **{name: first.get(name) for name in kept}}
