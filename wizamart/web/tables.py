"""Tables whose state is the query string: search, filters, order and page survive a link, a bookmark, a reload.

Arguments that mean nothing are passed over: a link that somebody mangled shows the table, never an error.

A table that may grow without end takes `count_up_to`: it counts no further, numbers no more pages than that, and its
later pages begin behind the last row of the one before, so that the thousandth costs what the first does.

Which columns are shown is part of the state, too; the first always is. So is whether the filters' choices are counted,
which is done up to 1,000.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Self
from urllib.parse import urlencode

import sqlalchemy as sa
from flask import has_request_context, request
from sqlalchemy.orm import Session

from wizamart.i18n import current_time_zone
from wizamart.web.cursors import after_condition, cursor_of, plain_columns
from wizamart.web.table_parts import Arguments, Broad, Column, Filter, amount, shown_columns

__all__ = ["Arguments", "Broad", "Column", "Filter", "Search", "Table", "amount"]

PER_PAGE = (25, 50, 100)
MAX_PAGE = 1_000_000
COUNTED = 1000
MAX_DIGITS = 10
Search = Sequence[Any] | Callable[[str], Iterable[Any]]


@dataclass(slots=True)
class Table:
    """One page of rows, and everything that its template needs to lead to the others.

    `total` and `pages` are None where counting was not wanted (`no_count`); `has_next` holds in both cases. With
    `is_more` there are more rows than `total`.
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
    is_more: bool = False
    is_broad: bool = False
    after: str = ""
    before: str = ""
    next_cursor: str = ""
    previous_cursor: str = ""
    default_per_page: int = PER_PAGE[0]
    carried: dict[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    has_counts: bool = False

    @classmethod
    def from_select(
        cls,
        session: Session,
        select: sa.Select[Any],
        *,
        columns: Sequence[Column],
        search: Search = (),
        filters: Sequence[Filter] = (),
        default_sort: str = "",
        no_count: bool = False,
        count_up_to: int = 0,
        where: Sequence[Any] = (),
        per_page: int = PER_PAGE[0],
        prefix: str = "",
        arguments: Arguments | None = None,
        carry: Sequence[str] = (),
    ) -> Self:
        """Read the page that the query string asks for, in at most two queries.

        `search` are the text expressions looked through, or a function that makes the conditions of the text;
        `where` are further conditions; `default_sort` is a column's key, with `-` before it for descending; with
        `count_up_to` no more rows are counted or skipped than that; `prefix` keeps two tables of one page apart;
        `arguments` replace the query string; `carry` names arguments of the page around that its links keep.
        """
        table = cls._from_arguments(
            columns, filters, default_sort=default_sort, per_page=per_page, prefix=prefix, arguments=arguments
        )
        table.searchable = bool(search)
        table.carried = {name: table.arguments[name] for name in carry if table.arguments.get(name)}
        statement = table.narrowed(select, search, where)
        if table.has_counts:
            table.count_choices(session, select, search, where)
        if count_up_to:
            table.read_bounded(session, statement, count_up_to)
        elif no_count:
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
        search: Search = (),
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
        shown = shown_columns(columns, [own.get("columns", "")])
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
            after=own.get("after", ""),
            before=own.get("before", ""),
            has_counts=own.get("counts") == "1",
            hidden=frozenset({column.key for column in columns} - {column.key for column in shown}),
        )

    def narrowed(self, select: sa.Select[Any], search: Search, where: Sequence[Any] = ()) -> sa.Select[Any]:
        """Return the statement with search and filters; every word must be found in one of the expressions."""
        conditions: list[Any] = [*where]
        if callable(search):
            conditions += search(self.search) if self.search else ()
        else:
            for word in self.search.split():
                conditions.append(sa.or_(*(text.icontains(word, autoescape=True) for text in search)))
        zone = current_time_zone()
        conditions += [condition for item in self.filters for condition in item.conditions(zone)]
        self.is_broad = any(isinstance(condition, Broad) for condition in conditions)
        return select.where(*(one.condition if isinstance(one, Broad) else one for one in conditions))

    def count_choices(
        self, session: Session, select: sa.Select[Any], search: Search, where: Sequence[Any] = ()
    ) -> None:
        """Count, in one query, what each choice would show with the search and the other filters as they are."""
        asked: list[tuple[Filter, str]] = []
        counted: list[Any] = []
        for item in self.filters:
            for value in item.countable:
                chosen = [replace(item, value=value) if other is item else other for other in self.filters]
                rows = replace(self, filters=chosen).narrowed(select, search, where)
                counted.append(_count_up_to(COUNTED + 1, rows).scalar_subquery())
                asked.append((item, value))
        numbers = session.execute(sa.select(*counted)).one() if counted else ()
        for (item, value), number in zip(asked, numbers, strict=True):
            item.counts[value] = number

    def ordered(self, select: sa.Select[Any]) -> sa.Select[Any]:
        """Return the statement in the order asked for; the primary key breaks ties, or pages would overlap."""
        order = self._order(select)
        if not self._chosen:
            return select.order_by(*order)
        down = self.direction == "desc"
        return select.order_by(None).order_by(*(sa.desc(item) if down else sa.asc(item) for item in order))

    @property
    def _chosen(self) -> Column | None:
        return next((column for column in self.columns if column.key == self.sort and column.sortable), None)

    def _order(self, select: sa.Select[Any]) -> list[Any]:
        """Return what the rows are ordered by, the primary key last."""
        sort = self._chosen.sort if self._chosen else []
        return [*(sort if isinstance(sort, (list, tuple)) else [sort]), *_primary_keys(select)]

    def read_counted(self, session: Session, statement: sa.Select[Any]) -> None:
        """Count the rows and read the page; a page beyond the last is the last."""
        counted = statement.order_by(None).subquery()
        self.total = session.scalar(sa.select(sa.func.count()).select_from(counted)) or 0
        self.pages = max(1, -(-self.total // self.per_page))
        self.page = min(self.page, self.pages)
        self.has_next = self.page < self.pages
        self.rows = self.fetch(session, statement, self.per_page) if self.total else []

    def read_ahead(self, session: Session, statement: sa.Select[Any]) -> None:
        """Read one row more than shown, which tells whether there is a next page."""
        rows = self.fetch(session, statement, self.per_page + 1)
        if not rows and self.page > 1:
            self.page = 1
            rows = self.fetch(session, statement, self.per_page + 1)
        self.has_next = len(rows) > self.per_page
        self.rows = rows[: self.per_page]

    def read_bounded(self, session: Session, statement: sa.Select[Any], bound: int) -> None:
        """Read the page, counting and skipping at most `bound` rows; pages beyond begin where another one ends."""
        if not self.is_broad:
            total = self.count_bounded(session, statement, bound)
            self.total, self.is_more = min(total, bound), total > bound
            self.pages = max(1, -(-self.total // self.per_page))
        columns = plain_columns(self._order(statement))
        limit = self.per_page + 1
        rows = self._fetch_beyond(session, statement, columns, limit) if columns else None
        if rows is None:
            self.after = self.before = ""
            last = self.pages or max(1, -(-bound // self.per_page))
            self.page = min(self.page, last)
            rows = self.fetch(session, statement, limit)
            self.has_next = len(rows) > self.per_page and (bool(columns) or self.page < last)
            rows = rows[: self.per_page]
        self.rows = rows
        if rows and columns:
            self.next_cursor = cursor_of(rows[-1], columns)
            self.previous_cursor = cursor_of(rows[0], columns)

    def count_bounded(self, session: Session, statement: sa.Select[Any], bound: int) -> int:
        """Return how many rows there are, or one more than `bound` where there are more than that."""
        return session.scalar(_count_up_to(bound + 1, statement)) or 0

    def _fetch_beyond(
        self, session: Session, statement: sa.Select[Any], columns: Sequence[Any], limit: int
    ) -> list[Any] | None:
        """Read the rows behind or before the one that the address names; None if it names none."""
        is_back = bool(self.before)
        is_down = (self.direction == "desc") is not is_back
        condition = after_condition(self.before or self.after, columns, is_down=is_down)
        if condition is None:
            return None
        down = [sa.desc(column) if is_down else sa.asc(column) for column in columns]
        result = session.execute(statement.where(condition).order_by(None).order_by(*down).limit(limit))
        rows = list(result.scalars() if len(statement.column_descriptions) == 1 else result)
        if not rows or (is_back and len(rows) < limit):
            self.page = 1
            return None  # there is nothing any more, or the first page is reached
        self.has_next = is_back or len(rows) > self.per_page
        rows = rows[: self.per_page]
        return rows[::-1] if is_back else rows

    def fetch(self, session: Session, statement: sa.Select[Any], limit: int) -> list[Any]:
        """Return so many rows of the statement from where the page begins."""
        paged = self.ordered(statement).limit(limit).offset((self.page - 1) * self.per_page)
        result = session.execute(paged)
        return list(result.scalars() if len(paged.column_descriptions) == 1 else result)

    @property
    def is_filtered(self) -> bool:
        """Whether search or filters narrow the table: "nothing found" is another text than "nothing yet"."""
        return bool(self.search) or any(item.is_active for item in self.filters)

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
        if self.hidden:
            state["columns"] = ",".join(
                column.key for column in self.columns if column.key not in self.hidden
            )
        state |= {"counts": "1" if self.has_counts else "", "after": self.after, "before": self.before}
        return self.carried | {f"{self.prefix}{name}": value for name, value in state.items() if value}

    @property
    def kept_by_search(self) -> dict[str, str]:
        """The arguments that a new search leaves as they are, beside the order."""
        names = (*self.carried, f"{self.prefix}columns", f"{self.prefix}counts", f"{self.prefix}per_page")
        return {name: text for name, text in self.state.items() if name in names}

    @property
    def view(self) -> str:
        """What can be kept under a name: the arguments without the page, in order of their names."""
        passing = {f"{self.prefix}{name}" for name in ("page", "after", "before")}
        return urlencode(sorted((name, value) for name, value in self.state.items() if name not in passing))

    def url(self, **changes: Any) -> str:
        """Return the address with changes; None removes an argument, and all but `page` lead to page 1."""
        others = self.arguments.items() if self.prefix else ()
        kept = {name: text for name, text in others if not name.startswith(self.prefix)}
        state = {**kept, **self.state}
        for name in ("page", "after", "before"):
            state.pop(f"{self.prefix}{name}", None)
        for name, value in changes.items():
            state.pop(f"{self.prefix}{name}", None)
            if value not in {None, ""} and not (name == "page" and value == 1):
                state[f"{self.prefix}{name}"] = str(value)
        return f"{self.path}?{urlencode(state)}" if state else self.path

    @property
    def next_url(self) -> str:
        """The address of the page after this one: by its number as far as pages are numbered."""
        if self.next_cursor and self.page >= (self.pages or 1):
            return self.url(page=self.page + 1, after=self.next_cursor)
        return self.url(page=self.page + 1)

    @property
    def previous_url(self) -> str:
        """The address of the page before this one."""
        if self.previous_cursor and (self.after or self.before) and self.page > 1:
            return self.url(page=self.page - 1, before=self.previous_cursor)
        return self.url(page=self.page - 1)

    def sort_url(self, column: Column) -> str:
        """Return the address that orders by a column, or turns the order round if it already does."""
        turned = column.key == self.sort and self.direction == "asc"
        return self.url(sort=column.key, direction="desc" if turned else "asc")

    def clear_url(self) -> str:
        """Return the address without search and filters."""
        names = ["search", *(name for item in self.filters for name in item.arguments)]
        return self.url(**dict.fromkeys(names))


def _request_arguments() -> dict[str, str]:
    """Return the query string; the boxes that choose columns are sent one by one, and are one argument in addresses."""
    if not has_request_context():
        return {}
    return {
        name: ",".join(texts) if name.endswith("columns") else texts[0]
        for name, texts in request.args.lists()
    }


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < MAX_DIGITS else default


def _count_up_to(most: int, statement: sa.Select[Any]) -> sa.Select[int]:
    """Return the statement of how many rows another one has, which looks at no more of them than that."""
    keys = list(_primary_keys(statement))  # what is selected from another statement has none
    counted = statement.with_only_columns(*keys, maintain_column_froms=True) if keys else statement
    return sa.select(sa.func.count()).select_from(counted.order_by(None).limit(most).subquery())


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
