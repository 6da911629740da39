"""Lists as files: the rows of a table over all its pages, as CSV or, with `format=xlsx` in the address, for Excel."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import sqlalchemy as sa
from flask import Response, make_response, render_template, request
from sqlalchemy.orm import Session

from wizamart.web.csv_export import csv_response
from wizamart.web.errand import Errand, current_errand
from wizamart.web.portal import current_layout
from wizamart.web.table_parts import Column, shown_columns
from wizamart.web.tables import Table

CHUNK: Final = 200
# Their workbook takes a second; a CSV takes a third of that, and has no such bound.
LONG: Final = 5_000
FORMAT: Final = "format"
XLSX: Final = "xlsx"
FORMATS: Final = frozenset({"csv", XLSX})


def is_export() -> bool:
    """Tell whether the address of a list asks for its file: for lists whose file has no address of its own."""
    return request.args.get(FORMAT) in FORMATS


def excel_url(csv_url: str) -> str:
    """Return the address of the same file for Excel."""
    address, _hash, anchor = csv_url.partition("#")
    address = address.replace(f"{FORMAT}=csv", "").rstrip("?&")
    anchor = f"#{anchor}" if anchor else ""
    return f"{address}{'&' if '?' in address else '?'}{FORMAT}={XLSX}{anchor}"


def export_table(
    session: Session,
    select: sa.Select[Any],
    *,
    name: str,
    more_columns: Sequence[Column] = (),
    **options: Any,
) -> Response:
    """Return all rows that a table shows over all its pages, with the columns that were chosen.

    `name` is that of the file without its ending; `more_columns` stand in files alone; `options` are those of
    `Table.from_select`.
    """
    for unused in ("no_count", "count_up_to", "per_page", "carry"):  # a file has neither pages nor links
        options.pop(unused, None)
    columns = shown_columns(options["columns"], request.args.getlist(f"{options.get('prefix', '')}columns"))
    statement = Table.select_for_export(select, **options)
    if request.args.get(FORMAT) == XLSX:
        errand = current_errand()
        if errand is not None:
            errand.total = _count(session, statement)
        elif _count(session, statement.limit(LONG + 1)) > LONG:
            return _offer()
    with session.execute(statement.execution_options(yield_per=CHUNK)) as result:
        rows = result.scalars() if len(statement.column_descriptions) == 1 else result
        return export_rows(name, [*columns, *more_columns], rows)


def export_rows(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """Return rows that are no table of a page as a file; they may be a result that is still being read.

    Who asks for more rows in a workbook than there is patience for is offered that a task makes it.
    """
    if request.args.get(FORMAT) != XLSX:
        return csv_response(name, columns, rows)
    from wizamart.web.xlsx_export import xlsx_response  # only who asks for such a file needs what writes it

    try:
        return xlsx_response(name, columns, _counted(rows, current_errand()))
    except LongList:
        return _offer()


def _count(session: Session, statement: sa.Select[Any]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(statement.order_by(None).subquery())) or 0


class LongList(Exception):
    """There are more rows than somebody should wait for."""


def _counted(rows: Iterable[Any], errand: Errand | None) -> Iterator[Any]:
    """Yield the rows: to a task all of them, telling how far it is, to a person who waits not too many."""
    for number, row in enumerate(rows, start=1):
        if errand is not None and number % CHUNK == 0:
            errand.note(number)
        elif errand is None and number > LONG:
            raise LongList
        yield row


def _offer() -> Response:
    """Return the page that offers to make the workbook in the background."""
    address = f"{request.script_root}{request.full_path}"
    return make_response(
        render_template(
            "exports/large.html",
            most=LONG,
            address=address,
            csv_url=address.replace(f"{FORMAT}={XLSX}", f"{FORMAT}=csv"),
            layout=current_layout(),
        )
    )
