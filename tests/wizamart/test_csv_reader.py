"""Whatever is in a file, every line of it is a record, a line with a reason, or the reason why the file is refused."""

import csv
import io

import pytest
from hypothesis import given, settings, strategies as st

from wizamart.csv_reader import FileRefused, detect_encoding, read_records, sniff
from wizamart.csv_text import guarded, unguarded

KNOWN = frozenset({"name", "price"})
ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be")
CELLS = st.text(
    st.characters(codec="cp1252", exclude_characters="\x00", exclude_categories=["Cc"]), max_size=8
)


def in_pieces(content, size=7):
    return lambda: (content[start : start + size] for start in range(0, len(content), size))


def read(content, size=7):
    chunks = in_pieces(content, size)
    encoding = detect_encoding(chunks)
    delimiter, headings = sniff(chunks, encoding, KNOWN)
    return encoding, delimiter, headings, list(read_records(chunks, encoding, delimiter, headings))


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_delimiters_and_line_ends_are_found(encoding, delimiter):
    rows = [["name", "price"], ["Crème, brûlée", "5 €"], ['two\r\nlines; "so"', "1"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\r\n").writerows(rows)

    found = read(f"\r\n{text.getvalue()}\r\n".encode(encoding))

    assert found[1:3] == (delimiter, ["name", "price"])
    assert [list(record.values.values()) for record in found[3]] == rows[1:]
    assert [record.number for record in found[3]] == [3, 4]


def test_a_bad_line_is_told_and_those_behind_it_are_read():
    content = b'sep=;\nName;Price\n"a"b;1\nc;2;;\nd\ne;1\x00\nf;3;x\n\n  ;\ng;4\n'

    records = read(content, 4096)[3]

    assert [(record.number, record.problem != "") for record in records] == [
        (3, True),
        (4, False),
        (5, True),
        (6, True),
        (7, True),
        (10, False),
    ]
    assert records[-1].values == {"name": "g", "price": "4"}


def test_a_few_bytes_that_are_no_utf8_refuse_their_line_and_spoil_no_other():
    content = "name,price\nCrème,1\nKäse,2\n".encode() + b"Br\xfbl\xe9e,3\n" + "Süßes,4\nNüsse,5\n".encode()

    encoding, _delimiter, _headings, records = read(content)

    assert encoding == "utf-8-sig"
    assert [record.number for record in records if record.problem] == [4]
    assert records[2].problem == "The line holds characters that are no text in the encoding of the file."
    assert [record.values["name"] for record in records] == ["Crème", "Käse", "Br�l�e", "Süßes", "Nüsse"]
    end = records[2].end
    behind = list(read_records(in_pieces(content[end.offset :]), encoding, ",", ["name", "price"], start=end))
    assert behind == records[3:]


def test_a_mark_that_is_not_closed_takes_no_other_line_with_it():
    content = b'name,price\na,"1\nb,2\nc,"3"\n"d\n",4\n"e\nf","5\n"g",6\n'

    records = read(content)[3]

    unclosed = "The quotation mark that opens a cell in line {} is not closed at the end of that cell."
    assert {one.number: one.problem for one in records if one.problem} == {
        2: unclosed.format(2),
        7: unclosed.format(8),
    }
    assert {one.number: list(one.values.values()) for one in records if not one.problem} == {
        3: ["b", "2"],
        4: ["c", "3"],
        5: ["d", "4"],
        9: ["g", "6"],
    }
    for place, record in enumerate(records):
        behind = in_pieces(content[record.end.offset :])
        rest = list(read_records(behind, "utf-8-sig", ",", ["name", "price"], start=record.end))
        assert rest == records[place + 1 :]


def test_a_western_file_is_not_taken_for_broken_utf8():
    encoding, *_rest, records = read("name,price\nCrème brûlée,1\nÉ»té,2\n".encode("cp1252"))

    assert (encoding, records[0].values["name"]) == ("cp1252", "Crème brûlée")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"\x00\x00 \n", "The file is empty."),
        (b"PK\x03\x04", "This is an Excel workbook. Save it as CSV and upload that."),
        (b"\xd0\xcf\x11\xe0old excel", "This is no text file."),
        (bytes(range(256)) * 20, "This is no text file."),
        (
            b'name,price\na,"never closed\n' + b"b,1\n" * 9,
            "The quotation mark that opens a cell in line 2 is never closed",
        ),
        (
            b'name,price\n"a\n""b"",",1\n"c\n","d\n' + b"b,1\n" * 9,
            "The quotation mark that opens a cell in line 5 is never closed",
        ),
        (b'"name,price"\n"a,1"\n', "Each line stands in quotation marks as a whole"),
        (b'name,"price\na,1\nb,1\n', "The quotation mark that opens a cell in line 1 is never closed"),
        (b'\nname;"price\na;"1"\nb;1\n', "The quotation mark that opens a cell in line 2 is not closed"),
        (b'name,"price\na,",1\n', "The quotation mark that opens a cell in line 1 is not closed"),
        (
            b'name,price\na,"' + b"x" * 1_100_000 + b'"\n',
            "A cell that begins in line 2 is longer than a million characters",
        ),
        (b"name,price\n" + b"x" * 4_200_000, "Line 2 is too long for a table."),
        (("name,price\n" + "a,1\n" * 5000).encode("utf-16") + b"\x00\xd8\n\x00", "From line "),
    ],
)
def test_a_file_that_nothing_can_be_made_of_says_why(content, reason):
    with pytest.raises(FileRefused) as refused:
        read(content, 65536)

    assert str(refused.value).startswith(reason)


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=8),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    size=st.integers(1, 40),
)
def test_what_was_written_is_read_from_any_place_on(rows, encoding, delimiter, end, size):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows([["name", "price"], *rows])
    content = text.getvalue().encode(encoding)
    chunks = in_pieces(content, size)
    headings = ["name", "price"]
    plain = {"utf-16": "utf-16-le"}.get(encoding, encoding)  # as the encoding is detected
    records = list(read_records(chunks, plain, delimiter, headings))

    clean = [[cell.replace("\u00a0", " ").strip() for cell in row] for row in rows]
    assert [list(record.values.values()) for record in records] == [row for row in clean if any(row)]
    assert not any(record.problem for record in records)
    for place, record in enumerate(records):
        behind = in_pieces(content[record.end.offset :], size)
        assert (
            list(read_records(behind, plain, delimiter, headings, start=record.end)) == records[place + 1 :]
        )


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=400), size=st.integers(1, 50))
def test_bytes_of_any_kind_are_read_or_refused_with_a_reason(content, size):
    try:
        numbers = [record.number for record in read(b"name,price\n" + content, size)[3]]
    except FileRefused as refusal:
        numbers = [len(str(refusal))]  # the only fault there may be, and it has a reason

    assert numbers == sorted(set(numbers))
    assert 0 not in numbers


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("'=+-@ \t\r\nx1.,"), max_size=6))
def test_a_guarded_text_is_harmless_and_comes_back_as_it_was(text):
    cell = guarded(text)

    assert unguarded(cell) == text
    assert not cell.startswith(("=", "@", "\t", "\r"))
