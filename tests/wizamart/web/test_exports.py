import datetime as dt
import io
from decimal import Decimal
from types import SimpleNamespace
from zipfile import ZipFile

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask_babel import force_locale
from openpyxl.utils.escape import unescape
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from wizamart import i18n
from wizamart.csv_text import guarded
from wizamart.i18n import lazy_gettext
from wizamart.money import Money
from wizamart.web import xlsx_export
from wizamart.web.exports import excel_url, export_rows, export_table
from wizamart.web.tables import Column, Filter
from wizamart.web.xlsx_export import MOST_UNITS, TooManyRows, plain_text, sheet_name, write_workbook

ATTACKS = [
    "=1+1",
    '=HYPERLINK("http://x")',
    "+SUM(A1)",
    "-2+3",
    "@x",
    "\t=1",
    " =1",
    "http://x/",
    "mailto:a@b.c",
    "{=1}",
]


class Base(DeclarativeBase):
    pass


class Product(Base):
    __tablename__ = "export_products"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    added_on: Mapped[dt.date]


OPTIONS = {
    "columns": (
        Column("name", "Name", sort=Product.name),
        Column("kind", "Kind", sort=Product.kind),
        Column("added_on", "Added"),
    ),
    "search": (Product.name, Product.kind),
    "filters": (Filter("kind", "Kind", Product.kind, choices=(("tea", "Tea"), ("coffee", "Coffee"))),),
    "default_sort": "name",
}


@pytest.fixture
def session():
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        for number in range(60):
            kind, day = "tea" if number % 2 else "coffee", dt.date(2026, 1, 1) + dt.timedelta(days=number)
            session.add(Product(id=number + 1, name=f"Product {number:02}", kind=kind, added_on=day))
        session.commit()
        yield session
    engine.dispose()


@pytest.fixture
def app():
    app = Flask("exports")
    i18n.init_app(app)
    return app


def export(app, session, query, **more):
    """Return the file that an address asks for, and its headers."""
    with (
        app.test_request_context(f"/x?{query}"),
        export_table(session, sa.select(Product), name="products", **OPTIONS, **more) as response,
    ):
        return response.get_data(), response.headers


def read(content):
    """Return the cells of a workbook, as the library that has not written it understands them."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return list(book.active.iter_rows())


def cells_of(app, *values, zone=None):
    """Return the cells that values become."""
    row = SimpleNamespace(**{f"c{place}": value for place, value in enumerate(values)})
    file = io.BytesIO()
    with app.test_request_context("/"):
        write_workbook(file, "values", [Column(name, name) for name in vars(row)], [row])
    return read(file.getvalue())[1]


def test_an_export_holds_all_rows_that_match_in_the_order_shown(app, session):
    content, headers = export(app, session, "kind=tea&sort=name&direction=desc&page=2")
    lines = content.decode("utf-8-sig").splitlines()

    assert lines[0] == "Name,Kind,Added"
    assert len(lines) == 31
    assert lines[1] == "Product 59,tea,2026-03-01"
    assert headers["Content-Disposition"] == 'attachment; filename="products.csv"'


def test_a_workbook_holds_what_the_csv_does(app, session):
    content, headers = export(app, session, "kind=tea&sort=name&direction=desc&page=2&format=xlsx")
    rows = read(content)

    assert [cell.value for cell in rows[0]] == ["Name", "Kind", "Added"]
    assert len(rows) == 31
    assert [cell.value for cell in rows[1][:2]] == ["Product 59", "tea"]
    assert rows[1][2].value.date() == dt.date(2026, 3, 1)
    assert rows[1][2].number_format == "yyyy-mm-dd"
    assert headers["Content-Disposition"] == 'attachment; filename="products.xlsx"'
    assert headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert headers["Content-Length"] == str(len(content))


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_file_has_the_columns_that_were_chosen_and_those_of_files_alone(app, session, form):
    more = [Column("id", "Number")]

    content, _headers = export(
        app, session, f"columns=name&columns=added_on&format={form}", more_columns=more
    )

    if form == "csv":
        assert content.decode("utf-8-sig").splitlines()[0] == "Name,Added,Number"
    else:
        assert [cell.value for cell in read(content)[0]] == ["Name", "Added", "Number"]


def test_headings_are_bold_frozen_and_in_the_readers_language(app):
    file = io.BytesIO()
    with app.test_request_context("/"), force_locale("de"):
        write_workbook(file, "x", [Column("real", lazy_gettext("Name"))], [1.5])
        expected = str(lazy_gettext("Name"))
    sheet = openpyxl.load_workbook(file).active

    assert sheet["A1"].value == expected
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:A2"


@pytest.mark.parametrize("text", ATTACKS)
def test_no_text_becomes_a_formula_or_a_link(app, text):
    [cell] = cells_of(app, text)

    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)


def test_numbers_are_numbers_and_money_has_its_decimals(app):
    cells = cells_of(
        app, 7, 2.5, Decimal("1234.50"), Money(-123456, "EUR"), Money(500, "JPY"), True, None, "0012"
    )

    assert [cell.value for cell in cells] == [7, 2.5, 1234.5, -1234.56, 500, True, None, "0012"]
    assert [cell.number_format for cell in cells[2:5]] == ["#,##0.00", "#,##0.00", "#,##0"]


@pytest.mark.parametrize(
    "number",
    [
        10**15,
        -(10**400),
        2**53 + 1,
        Decimal("0.12345678901234567890"),
        float("inf"),
        float("nan"),
        Decimal("NaN"),
    ],
)
def test_a_number_that_excel_would_change_is_a_text(app, number):
    [cell] = cells_of(app, number)

    assert (cell.value, cell.data_type) == (str(number), "s")


def test_times_are_those_of_the_readers_clock(app):
    app.config["BABEL_DEFAULT_TIMEZONE"] = "Europe/Luxembourg"
    moment = dt.datetime(2026, 7, 1, 22, 30, 5, 999_999, tzinfo=dt.UTC)

    with app.test_request_context("/"):
        zone = i18n.current_time_zone()
    [cell, early, late] = cells_of(app, moment, dt.date(1850, 5, 1), dt.date(9999, 12, 31))

    assert cell.value == moment.astimezone(zone).replace(tzinfo=None, microsecond=0)
    assert cell.is_date
    assert (early.value, late.value.date()) == ("1850-05-01", dt.date(9999, 12, 31))


def test_what_xml_cannot_hold_is_replaced_and_the_rest_is_kept(app):
    cells = cells_of(app, "a\x00b\x1b\ud800\uffff", "one\r\ntwo\rthree\ttab", " _x0041_ <&> é 🐈 ")

    # A text that looks like an escape of the format is escaped itself, which this reader leaves to its caller.
    assert [unescape(cell.value) for cell in cells] == [
        "a�b���",
        "one\ntwo\nthree\ttab",
        " _x0041_ <&> é 🐈 ",
    ]


@pytest.mark.parametrize("letter", ["x", "🐈"])
def test_a_text_that_no_cell_can_hold_is_cut_with_a_word(app, letter):
    [cell] = cells_of(app, letter * 40_000)
    units = len(cell.value.encode("utf-16-le")) // 2

    assert MOST_UNITS - 2 <= units <= MOST_UNITS
    assert cell.value.endswith("[cut here: an Excel cell holds no more]")
    with app.test_request_context("/"):
        longest = letter * (MOST_UNITS // (len(letter.encode("utf-16-le")) // 2))
        assert plain_text(longest) == longest


def test_more_rows_than_a_sheet_has_are_refused_in_words(app, session, monkeypatch):
    monkeypatch.setattr(xlsx_export, "MOST_ROWS", 59)

    with pytest.raises(TooManyRows, match="CSV"):
        export(app, session, "format=xlsx")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("orders", "orders"),
        ("history", "history_"),
        ("History", "History_"),
        ("", "export_"),
        ("a[b]:c*d?e/f\\g", "a b  c d e f g"),
        ("'x'", "x"),
        ("n" * 40, "n" * 31),
    ],
)
def test_the_name_of_a_sheet_is_legal(name, expected):
    assert sheet_name(name) == expected


def test_a_workbook_of_many_rows_is_one_sheet_with_texts_in_their_cells(app):
    with app.test_request_context("/?format=xlsx"):
        response = export_rows("x", [Column("real", "Real"), Column("imag", "Imag")], range(1000))
        with response:
            content = response.get_data()

    assert len(read(content)) == 1001
    assert ZipFile(io.BytesIO(content)).testzip() is None


def test_a_fault_while_rows_are_read_is_no_file(app):
    def rows():
        yield 1
        raise LookupError

    with app.test_request_context("/?format=xlsx"), pytest.raises(LookupError):
        export_rows("x", [Column("real", "Real")], rows())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("/a.csv", "/a.csv?format=xlsx"),
        ("/a.csv?search=x", "/a.csv?search=x&format=xlsx"),
        ("/list?format=csv", "/list?format=xlsx"),
        ("/list?search=x&format=csv", "/list?search=x&format=xlsx"),
        ("/list?search=format%3Dcsv", "/list?search=format%3Dcsv&format=xlsx"),
        ("#example", "?format=xlsx#example"),
    ],
)
def test_the_address_for_excel_is_that_of_the_csv_with_a_word_more(url, expected):
    assert excel_url(url) == expected


def test_a_csv_larger_than_a_chunk_has_one_byte_order_mark(app):
    with app.test_request_context("/"), export_rows("x", [Column("real", "Real")], range(1000)) as response:
        content = response.get_data()

    assert content.count(b"\xef\xbb\xbf") == 1
    assert len(content.splitlines()) == 1001


@pytest.mark.parametrize("text", ["=1+1", "+SUM(A1)", "-2+3", "@x", "\tx", "\r=1", " =1"])
def test_what_a_spreadsheet_would_run_becomes_text(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-5", "+352 1", "3.5", "plain", ""])
def test_what_is_no_formula_stays(text):
    assert guarded(text) in {text, f"'{text}"}
    assert (guarded(text) == text) is (text != "+352 1")
