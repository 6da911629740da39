"""What a table is made of: columns, filters, and conditions that many rows meet."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from wizamart.i18n import LazyText, gettext as _
from wizamart.money import Money

Text = str | LazyText
Arguments = Mapping[str, str]
MOST_COUNTED = 30


class Broad(NamedTuple):
    """A condition that so many rows meet that counting them would take long: the table is shown without a count."""

    condition: Any


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `sort` is the expression it is ordered by, `value` an attribute or a call for files."""

    key: str
    label: Text
    sort: Any = None
    align: Literal["start", "end", "center"] = "start"
    value: Any = None

    @property
    def sortable(self) -> bool:
        """Whether the table can be ordered by it."""
        return self.sort is not None

    def read(self, row: Any) -> Any:
        """Return what the column holds of a row."""
        if callable(self.value):
            return self.value(row)
        return getattr(row, self.value or self.key)


def amount(name: str, *, place: int | None = None) -> Callable[[Any], Money]:
    """Return how a column reads an amount in minor units, with the `currency` of the same record.

    `place` is that of the record in a row of several.
    """

    def read(row: Any) -> Money:
        record = row if place is None else row[place]
        return Money(getattr(record, name), record.currency)

    return read


def shown_columns(columns: Sequence[Column], chosen: Sequence[str]) -> list[Column]:
    """Return the columns whose keys were chosen, and always the first; all of them where nothing was."""
    keys = {key for text in chosen for key in text.split(",") if key}
    return [column for column in columns if not keys or column is columns[0] or column.key in keys]


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice, a yes/no, or a range of days; of a range `value` is the pair of what was given, from and to.

    The expression of a choice may also be a function that makes the condition of the chosen value, or `Broad` of it.
    """

    key: str
    label: Text
    expression: Any
    kind: Literal["choice", "bool", "date_range"] = "choice"
    choices: Sequence[tuple[Any, Text]] = ()
    value: Any = None
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def countable(self) -> list[str]:
        """The choices that can be counted beside each other; of ranges none can, of very many it would take long."""
        return [str(option) for option, _label in self.choices] if len(self.choices) <= MOST_COUNTED else []

    @property
    def is_active(self) -> bool:
        """Whether it narrows the table now."""
        return any(self.value) if isinstance(self.value, tuple) else bool(self.value)

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of its arguments in the query string."""
        return (f"{self.key}_from", f"{self.key}_to") if self.kind == "date_range" else (self.key,)

    def read(self, arguments: Arguments) -> "Filter":
        """Return the filter with the value that the query string gives it; what makes no sense is nothing."""
        given = [arguments.get(name, "").strip() for name in self.arguments]
        value: Any
        if self.kind == "date_range":
            value = tuple(text if _parse_day(text) else "" for text in given)
        elif self.kind == "bool":
            value = given[0] if given[0] in {"yes", "no"} else ""
        else:
            value = given[0] if given[0] in {str(option) for option, _label in self.choices} else ""
        choices: Sequence[tuple[Any, Text]] = [(str(option), label) for option, label in self.choices]
        if self.kind == "bool":
            choices = [("yes", _("Yes")), ("no", _("No"))]
        return replace(self, choices=choices, value=value, counts={})

    def conditions(self, zone: ZoneInfo) -> Iterator[Any]:
        """Yield the conditions for the database; days are those of the reader's time zone."""
        if not self.is_active:
            return
        if self.kind == "bool":
            yield self.expression.is_(self.value == "yes")
        elif self.kind == "choice" and callable(self.expression):
            yield self.expression(self.value)
        elif self.kind == "choice":
            yield self.expression == self._typed()
        else:
            start, end = (_parse_day(text) for text in self.value)
            moments = isinstance(self.expression.type, sa.types.TypeDecorator | sa.DateTime)
            if start:
                yield self.expression >= (_midnight(start, zone) if moments else start)
            if end:
                after = end + dt.timedelta(days=1)
                yield self.expression < (_midnight(after, zone) if moments else after)

    def _typed(self) -> Any:
        """Return the chosen value as the column's type has it."""
        try:
            kind = self.expression.type.python_type
        except (AttributeError, NotImplementedError):
            return self.value
        return int(self.value) if kind is int else self.value


def _parse_day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 1 < day.year < dt.MAXYEAR else None  # its midnight must exist in every time zone


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=zone)
