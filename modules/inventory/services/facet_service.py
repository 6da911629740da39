"""What the products of a list can be narrowed by: the values of their options, with how many have them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.models.product_index import option_values
from modules.inventory.option_keys import option_key
from modules.inventory.services import option_text_service
from modules.inventory.services.find_service import FEW

SOME: Final = 100
MOST_FACETS: Final = 5
MOST_VALUES: Final = 40
SIZES: Final = ("xxs", "xs", "s", "m", "l", "xl", "xxl", "xxxl")


@dataclass(frozen=True, slots=True)
class Listed:
    """What is listed: selects ids; with `is_broad` a condition fits so many that looking for the next takes long."""

    ids: sa.Select[Any]
    is_broad: bool = False

    @property
    def most(self) -> int:
        """How many products are looked at."""
        return SOME if self.is_broad else FEW + 1


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value of an option; `count` is None where so many products are listed that nobody counts them."""

    key: str
    label: str
    count: int | None
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """An option with its values in the order that people expect."""

    key: str
    label: str
    values: tuple[FacetValue, ...]


def list_facets(
    session: Session,
    listed: Listed,
    without: Mapping[str, Listed],
    chosen: Mapping[str, str],
    *,
    locale: str | None = None,
) -> list[Facet]:
    """Return the options that more than one of the listed products has, in one statement, in two for a language.

    :param listed: all that is listed.
    :param without: for each option that is chosen, the same but for the choice in it: where its other values lead.
    :param chosen: the key of the chosen value by the key of its option.
    :param locale: the language of the labels, None for the platform's own.
    """
    parts = [*_parts("", listed, option_values.c.name_key.not_in(list(without)))]
    for key, narrowed in without.items():
        parts += _parts(key, narrowed, option_values.c.name_key == key)
    sizes: dict[str, int] = {}
    having: dict[str, int] = {}
    found: dict[str, list[Any]] = {}
    for row in session.execute(sa.union_all(*parts)):
        if row.name_key is None:
            sizes[row.part] = row.products
        elif row.value_key is None:
            having[row.name_key] = row.products
        else:
            found.setdefault(row.name_key, []).append(row)
    offered = [
        key
        for key in sorted(found, key=lambda key: (key not in chosen, -having[key], key))
        if key in chosen or (having[key] > 1 and len(found[key]) > 1)
    ][:MOST_FACETS]
    common = {key: _most_common(found[key], chosen.get(key)) for key in offered}
    said = _labels(session, common, locale)
    return [
        _facet(
            common[key],
            said,
            chosen.get(key),
            is_counted=sizes[common[key][0].part] < without.get(key, listed).most,
        )
        for key in offered
    ]


def _most_common(rows: Sequence[Any], chosen: str | None) -> list[Any]:
    return sorted(rows, key=lambda row: (row.value_key != chosen, -row.products))[:MOST_VALUES]


def _labels(
    session: Session, rows: Mapping[str, Sequence[Any]], locale: str | None
) -> dict[tuple[str, str], str]:
    """Return what options and values are called in a language, by their keys, as far as somebody wrote it."""
    if locale is None or not rows:
        return {}
    values = {row.value_key for found in rows.values() for row in found}
    return option_text_service.list_texts(session, rows, values, locale)


def _parts(part: str, listed: Listed, names: sa.ColumnElement[bool]) -> list[sa.Select[Any]]:
    """Return the statements of how many products there are, have an option, have a value; of some, if many."""
    # As CTEs, which both databases work out once however often they are read from. The product is looked up by a range
    # of one: by equality PostgreSQL would rather read all values there are than look a thousand times.
    some = listed.ids.limit(listed.most).cte()
    columns = option_values.c
    known = (
        sa.select(columns.product_id, columns.name_key, columns.value_key, columns.name, columns.value)
        .join_from(some, option_values, columns.product_id.between(some.c[0], some.c[0]))
        .where(names)
        .cte()
    )
    nothing = sa.null().cast(sa.String)
    size = sa.select(
        sa.literal(part).label("part"),
        nothing.label("name_key"),
        nothing.label("value_key"),
        nothing.label("name"),
        nothing.label("value"),
        sa.func.count().label("products"),
    ).select_from(some)
    options = sa.select(
        sa.literal(part),
        known.c.name_key,
        nothing,
        nothing,
        nothing,
        sa.func.count(known.c.product_id.distinct()),
    ).group_by(known.c.name_key)
    values = sa.select(
        sa.literal(part),
        known.c.name_key,
        known.c.value_key,
        sa.func.min(known.c.name),
        sa.func.min(known.c.value),
        sa.func.count(),
    ).group_by(known.c.name_key, known.c.value_key)
    return [size, options, values]


def _facet(
    rows: Sequence[Any], said: Mapping[tuple[str, str], str], chosen: str | None, *, is_counted: bool
) -> Facet:
    key = rows[0].name_key
    values = [
        FacetValue(
            row.value_key,
            said.get((key, row.value_key), row.value),
            row.products if is_counted else None,
            row.value_key == chosen,
        )
        for row in rows
    ]
    return Facet(key, said.get((key, ""), rows[0].name), tuple(sorted(values, key=_place)))


def _place(value: FacetValue) -> tuple[Any, ...]:
    """Order sizes as people do, numbers by what they are worth, and all else by the alphabet of what is read."""
    if value.key in SIZES:
        return (0, SIZES.index(value.key), ())
    parts = re.split(r"(\d+)", option_key(value.label))
    return (1, 0, tuple((int(part), "") if part.isdigit() else (0, part) for part in parts))
