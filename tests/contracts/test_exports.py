"""Every list that leaves as CSV leaves for Excel too, at the same address and with the same in it; made from a walk."""

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from tests.demo_site import DemoSite, Visit
from wizamart.csv_text import unguarded

pytestmark = pytest.mark.slow
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# What imports read back, here or elsewhere, who know no other form.
CSV_ALONE = ("import_refused", "export_file", "stock_take_sheet")
# More than what a page costs; a query for each row is far more.
MOST_QUERIES = 25


@dataclass
class Export:
    """One list as both files, and what the one for Excel asked of the database."""

    visit: Visit
    lines: list[list[str]]
    rows: list[tuple[Any, ...]]
    queries: int

    def __str__(self) -> str:
        return str(self.visit)


def with_format(path: str) -> str:
    """Return the address of the same file for Excel."""
    path = path.replace("format=csv", "").rstrip("?&")
    return f"{path}{'&' if '?' in path else '?'}format=xlsx"


@pytest.fixture
def exports(demo_site: DemoSite, count_queries) -> list[Export]:
    """Return every list that somebody of the demonstration can get as a file."""
    found = []
    clients = {role: demo_site.client(role) for role in ("super", "owner")}
    visits = [
        visit for visit in demo_site.visits() if visit.headers.get("Content-Type", "").startswith("text/csv")
    ]
    extra = [
        Visit("super", f"/admin/{name}?format=csv", "", 200, "", {}, "")
        for name in ("vendors", "companies", "people")
    ]
    for visit in [*visits, *extra]:
        if visit.endpoint.endswith(CSV_ALONE):
            continue
        with clients[visit.role].get(visit.path) as answer:
            assert answer.mimetype == "text/csv", visit
            text = answer.get_data().decode("utf-8-sig")
        with count_queries() as queries, clients[visit.role].get(with_format(visit.path)) as answer:
            assert answer.mimetype == XLSX, f"{visit} has no file for Excel"
            assert answer.headers["Content-Disposition"].endswith('.xlsx"'), visit
            book = openpyxl.load_workbook(io.BytesIO(answer.get_data()))
        rows = list(book.active.iter_rows(values_only=True))
        found.append(Export(visit, list(csv.reader(io.StringIO(text))), rows, len(queries)))
    return found


def test_every_list_that_leaves_as_csv_leaves_for_excel_with_the_same_in_it(exports):
    differing = []
    for export in exports:
        (head, *lines), (excel_head, *rows) = export.lines, export.rows
        texts = [column for column, text in enumerate(head) if all(is_text(row[column]) for row in rows)]
        if list(excel_head) != head or len(lines) != len(rows):
            differing.append(f"{export}: {head} and {excel_head}, {len(lines)} and {len(rows)} rows")
        differing += [
            f"{export}: {head[column]}"
            for column in texts
            if [unguarded(line[column]) for line in lines] != [row[column] or "" for row in rows]
        ]

    assert len(exports) >= 15, [str(export) for export in exports]
    assert not differing, "\n".join(differing)


def is_text(value: Any) -> bool:
    return value is None or isinstance(value, str)


def test_numbers_and_days_are_no_texts_in_excel(exports):
    kinds = {type(value) for export in exports for row in export.rows[1:] for value in row}

    assert {str, int, float, bool} <= kinds
    assert kinds & {date, datetime}
    texts = [
        f"{export}: {head}"
        for export in exports
        for column, head in enumerate(export.rows[0])
        if (values := [row[column] for row in export.rows[1:] if row[column] not in {None, ""}])
        and all(isinstance(value, str) and looks_like_a_day(value) for value in values)
    ]
    assert not texts


def looks_like_a_day(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return "-" in text


def test_no_file_asks_the_database_for_each_row(exports):
    asking = [
        f"{export}: {export.queries} for {len(export.rows)}"
        for export in exports
        if export.queries > MOST_QUERIES
    ]

    assert not asking


def test_every_page_that_offers_csv_offers_excel(demo_site: DemoSite):
    lacking = [
        str(visit)
        for visit in demo_site.visits()
        if visit.is_page and ("download>CSV</a>" in visit.text) is not (">Excel (XLSX)</a>" in visit.text)
    ]

    assert not lacking
    assert sum(">Excel (XLSX)</a>" in visit.text for visit in demo_site.visits()) >= 15
