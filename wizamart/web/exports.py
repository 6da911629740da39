"""Lists as files: the rows of a table over all its pages, as CSV or, with `format=xlsx` in the address, for Excel."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from flask import Response, request
from sqlalchemy.orm import Session

from wizamart.web.csv_export import csv_response
from wizamart.web.table_parts import Column, shown_columns
from wizamart.web.tables import Table

CHUNK: Final = 200
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
    statement = Table.select_for_export(select, **options).execution_options(yield_per=CHUNK)
    result = session.execute(statement)
    rows = result.scalars() if len(statement.column_descriptions) == 1 else result
    return export_rows(name, [*columns, *more_columns], rows)


def export_rows(name: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """Return rows that are no table of a page as a file; they may be a result that is still being read."""
    if request.args.get(FORMAT) != XLSX:
        return csv_response(name, columns, rows)
    from wizamart.web.xlsx_export import xlsx_response  # only who asks for such a file needs what writes it

    return xlsx_response(name, columns, rows)
