"""Tables whose state is the query string: search, filters, order and page survive a link, a bookmark, a reload.

Arguments that mean nothing are passed over: a link that somebody mangled shows the table, never an error.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from flask import has_request_context, request
from sqlalchemy.orm import Session

from wizamart.i18n import LazyText, current_time_zone, gettext as _

PER_PAGE = (25, 50, 100)
MAX_PAGE = 1_000_000
MAX_DIGITS = 10
Text = str | LazyText
Arguments = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `sort` is the expression it is ordered by, `value` an attribute or a call for the CSV."""

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


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice, a yes/no, or a range of days; of a range `value` is the pair of what was given, from and to.

    The expression of a choice may also be a function that makes the condition of the chosen value.
    """

    key: str
    label: Text
    expression: Any
    kind: Literal["choice", "bool", "date_range"] = "choice"
    choices: Sequence[tuple[Any, Text]] = ()
    value: Any = None

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
        return replace(self, choices=choices, value=value)

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


@dataclass(slots=True)
class Table:
    """One page of rows, and everything that its template needs to lead to the others.

    `total` and `pages` are None where counting was not wanted (`no_count`); `has_next` holds in both cases.
    """

    columns: Sequence[Column]
    filters: Sequence[Filter] = ()
    search: str = ""
    sort: str = ""
    direction: Literal["asc", "desc"] = "asc"
    page: int = 1
    per_page: int = PER_PAGE[0]
    rows: Sequence[Any] = ()
    total: int | None = None
    pages: int | None = None
    has_next: bool = False
    searchable: bool = False
    prefix: str = ""
    path: str = ""
    arguments: dict[str, str] = field(default_factory=dict)
    default_sort: tuple[str, str] = ("", "asc")
    default_per_page: int = PER_PAGE[0]

    @classmethod
    def from_select(
        cls,
        session: Session,
        select: sa.Select[Any],
        *,
        columns: Sequence[Column],
        search: Sequence[Any] = (),
        filters: Sequence[Filter] = (),
        default_sort: str = "",
        no_count: bool = False,
        per_page: int = PER_PAGE[0],
        prefix: str = "",
        arguments: Arguments | None = None,
    ) -> Self:
        """Read the page that the query string asks for, in at most two queries.

        `search` are the text expressions looked through; `default_sort` is a column's key, with `-` before it for
        descending; `prefix` keeps two tables of one page apart; `arguments` replace the query string.
        """
        table = cls._from_arguments(
            columns, filters, default_sort=default_sort, per_page=per_page, prefix=prefix, arguments=arguments
        )
        table.searchable = bool(search)
        statement = table.narrowed(select, search)
        if no_count:
            table.read_ahead(session, statement)
        else:
            table.read_counted(session, statement)
        return table

    @classmethod
    def select_for_export(
        cls,
        select: sa.Select[Any],
        *,
        columns: Sequence[Column],
        search: Sequence[Any] = (),
        filters: Sequence[Filter] = (),
        default_sort: str = "",
        prefix: str = "",
        arguments: Arguments | None = None,
    ) -> sa.Select[Any]:
        """Return the statement of all rows that the query string asks for, in its order, for an export."""
        table = cls._from_arguments(
            columns,
            filters,
            default_sort=default_sort,
            per_page=PER_PAGE[0],
            prefix=prefix,
            arguments=arguments,
        )
        return table.ordered(table.narrowed(select, search))

    @classmethod
    def _from_arguments(
        cls,
        columns: Sequence[Column],
        filters: Sequence[Filter],
        *,
        default_sort: str,
        per_page: int,
        prefix: str,
        arguments: Arguments | None,
    ) -> Self:
        given = _request_arguments() if arguments is None else dict(arguments)
        own = {name.removeprefix(prefix): text for name, text in given.items() if name.startswith(prefix)}
        default = (default_sort.removeprefix("-"), "desc" if default_sort.startswith("-") else "asc")
        sortable = {column.key for column in columns if column.sortable}
        is_chosen = own.get("sort") in sortable
        direction = (own.get("direction") or "asc") if is_chosen else default[1]
        size = _number(own.get("per_page"), per_page)
        return cls(
            columns=columns,
            filters=[item.read(own) for item in filters],
            search=own.get("search", "").replace("\x00", "").strip()[:200],
            sort=own["sort"] if is_chosen else default[0],
            direction="desc" if direction == "desc" else "asc",
            page=min(max(_number(own.get("page"), 1), 1), MAX_PAGE),
            per_page=size if size in PER_PAGE else per_page,
            prefix=prefix,
            path=request.script_root + request.path if has_request_context() else "",
            arguments=given,
            default_sort=default,
            default_per_page=per_page,
        )

    def narrowed(self, select: sa.Select[Any], search: Sequence[Any]) -> sa.Select[Any]:
        """Return the statement with search and filters; every word must be found in one of the expressions."""
        for word in self.search.split():
            select = select.where(sa.or_(*(text.icontains(word, autoescape=True) for text in search)))
        zone = current_time_zone()
        return select.where(*(condition for item in self.filters for condition in item.conditions(zone)))

    def ordered(self, select: sa.Select[Any]) -> sa.Select[Any]:
        """Return the statement in the order asked for; the primary key breaks ties, or pages would overlap."""
        chosen = next(
            (column for column in self.columns if column.key == self.sort and column.sortable), None
        )
        last = list(_primary_keys(select))
        if chosen:
            expressions = chosen.sort if isinstance(chosen.sort, (list, tuple)) else [chosen.sort]
            down = self.direction == "desc"
            select = select.order_by(None).order_by(
                *(sa.desc(item) if down else sa.asc(item) for item in expressions)
            )
            last = [sa.desc(item) if down else sa.asc(item) for item in last]
        return select.order_by(*last)

    def read_counted(self, session: Session, statement: sa.Select[Any]) -> None:
        """Count the rows and read the page; a page beyond the last is the last."""
        counted = statement.order_by(None).subquery()
        self.total = session.scalar(sa.select(sa.func.count()).select_from(counted)) or 0
        self.pages = max(1, -(-self.total // self.per_page))
        self.page = min(self.page, self.pages)
        self.has_next = self.page < self.pages
        self.rows = self._fetch(session, statement, self.per_page) if self.total else []

    def read_ahead(self, session: Session, statement: sa.Select[Any]) -> None:
        """Read one row more than shown, which tells whether there is a next page."""
        rows = self._fetch(session, statement, self.per_page + 1)
        if not rows and self.page > 1:
            self.page = 1
            rows = self._fetch(session, statement, self.per_page + 1)
        self.has_next = len(rows) > self.per_page
        self.rows = rows[: self.per_page]

    def _fetch(self, session: Session, statement: sa.Select[Any], limit: int) -> list[Any]:
        paged = self.ordered(statement).limit(limit).offset((self.page - 1) * self.per_page)
        result = session.execute(paged)
        return list(result.scalars() if len(paged.column_descriptions) == 1 else result)

    @property
    def is_filtered(self) -> bool:
        """Whether search or filters narrow the table: "nothing found" is another text than "nothing yet"."""
        return bool(self.search) or any(item.is_active for item in self.filters)

    @property
    def has_previous(self) -> bool:
        """Whether there is a page before this one."""
        return self.page > 1

    @property
    def state(self) -> dict[str, str]:
        """The arguments of the table's present state; what is the default is left out."""
        state: dict[str, str] = {"search": self.search}
        for item in self.filters:
            values = item.value if isinstance(item.value, tuple) else (item.value,)
            state.update(zip(item.arguments, values, strict=True))
        if (self.sort, self.direction) != self.default_sort:
            state |= {"sort": self.sort, "direction": self.direction}
        if self.per_page != self.default_per_page:
            state["per_page"] = str(self.per_page)
        if self.page > 1:
            state["page"] = str(self.page)
        return {f"{self.prefix}{name}": value for name, value in state.items() if value}

    def url(self, **changes: Any) -> str:
        """Return the address with changes; None removes an argument, and all but `page` lead to page 1."""
        others = self.arguments.items() if self.prefix else ()
        kept = {name: text for name, text in others if not name.startswith(self.prefix)}
        state = {**kept, **self.state}
        if "page" not in changes:
            state.pop(f"{self.prefix}page", None)
        for name, value in changes.items():
            state.pop(f"{self.prefix}{name}", None)
            if value not in {None, ""} and not (name == "page" and value == 1):
                state[f"{self.prefix}{name}"] = str(value)
        return f"{self.path}?{urlencode(state)}" if state else self.path

    def sort_url(self, column: Column) -> str:
        """Return the address that orders by a column, or turns the order round if it already does."""
        turned = column.key == self.sort and self.direction == "asc"
        return self.url(sort=column.key, direction="desc" if turned else "asc")

    def clear_url(self) -> str:
        """Return the address without search and filters."""
        names = ["search", *(name for item in self.filters for name in item.arguments)]
        return self.url(**dict.fromkeys(names))


def _request_arguments() -> dict[str, str]:
    if not has_request_context():
        return {}
    return request.args.to_dict()


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < MAX_DIGITS else default


def _primary_keys(select: sa.Select[Any]) -> Iterable[Any]:
    """Return the primary key of what a statement selects from: of its entity, or else of its first table."""
    for description in select.column_descriptions:
        entity = description.get("entity")
        if entity is not None:
            inspected = sa.inspect(entity)
            mapper = inspected.mapper
            keys = [mapper.get_property_by_column(column).key for column in mapper.primary_key]
            return [getattr(inspected.entity, key) for key in keys]
    tables = select.get_final_froms()
    return list(tables[0].primary_key) if tables and isinstance(tables[0], sa.Table) else []
