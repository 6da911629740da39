"""Reading bank statements: shapes of several banks, what is refused, and attacks; without a database."""

import datetime as dt
import io
import time

import pytest

from modules.payments.statements import bank_csv, camt, references
from modules.payments.statements.credit_transfer import Order, Payer, build_file, plain
from modules.payments.statements.csv_columns import Role
from modules.payments.statements.csv_values import is_month_first, read_day, read_number
from modules.payments.statements.fingerprints import Fingerprints
from modules.payments.statements.records import Fault, ParsedEntry, Section, Unreadable
from tests.modules.payments.bank_files import OLD, OTHER, OWN, PAYER, entry, statement, transaction
from wizamart.csv_reader import FileRefused
from wizamart.money import Money

REFERENCE = references.build(123)


def read(content):
    return list(camt.read(io.BytesIO(content)))


def entries(items):
    return [item for item in items if isinstance(item, ParsedEntry)]


def chunks(content, size=7):
    return lambda: (content[start : start + size] for start in range(0, len(content), size))


def read_csv(text, columns=None, currency="EUR"):
    content = text if isinstance(text, bytes) else text.encode()
    layout = bank_csv.find_layout(lambda: iter([content]), columns)
    return list(bank_csv.read(lambda: iter([content]), layout, currency=currency))


def test_a_reference_has_check_digits_and_survives_being_typed():
    assert references.is_valid(REFERENCE)
    assert references.is_valid("RF18 5390 0754 7034")
    assert not references.is_valid("RF19 5390 0754 7034")
    for typed in (
        references.formatted(REFERENCE),
        REFERENCE.lower(),
        f"Order 77 rf {REFERENCE[2:6]}-{REFERENCE[6:]} thanks 2026",
        REFERENCE.replace("0", "O"),
        f"{REFERENCE} 2026-05-04",
        REFERENCE[2:],
    ):
        assert references.find(f"payment {typed}") == [REFERENCE], typed
    assert references.find("no RF here, tel. 352 26 12 34 56 78") == []
    assert references.number_of(REFERENCE) == 123


@pytest.mark.parametrize(
    "mistyped",
    [
        REFERENCE[:7] + "9" + REFERENCE[8:],
        REFERENCE[:8] + REFERENCE[9:],
        REFERENCE[:4] + REFERENCE[5] + REFERENCE[4] + REFERENCE[6:],
        REFERENCE[:9] + "4" + REFERENCE[9:],
    ],
)
def test_one_slip_of_the_finger_is_noticed_and_mended(mistyped):
    assert REFERENCE not in references.find(mistyped)
    assert references.find_near(f"for {mistyped}", {REFERENCE}) == [REFERENCE]


def test_the_older_shape_is_read_with_its_batch():
    items = read(OLD)
    first, second, fee = entries(items)

    assert (first.amount, second.amount, fee.amount) == (
        Money(1000, "EUR"),
        Money(2050, "EUR"),
        Money(-725, "EUR"),
    )
    assert (first.name, first.iban, first.bic) == ("Jörg Müller", PAYER, "COBADEFFXXX")
    assert (first.text, first.end_to_end_id) == ("Bestellung 1001", "")
    assert (second.reference, fee.text) == ("RF18539007547034", "Account fee")
    assert first.booked_on == dt.date(2026, 5, 4)
    assert [item.text for item in items if isinstance(item, Fault)] == [
        "This entry is not booked yet, so it is left out."
    ]
    [section] = [item for item in items if isinstance(item, Section)]
    assert (section.iban, section.until_on) == (OWN, dt.date(2026, 5, 31))


@pytest.mark.parametrize(
    "namespace", ["", "urn:iso:std:iso:20022:tech:xsd:camt.053.001.04", "urn:a-bank:camt.053.001.12"]
)
def test_any_namespace_will_do(namespace):
    content = statement(entry(strd=REFERENCE, name="Ann", iban=PAYER, end_to_end="E-1"), namespace=namespace)

    [found, section] = read(content)

    assert (found.reference, found.name, found.iban, found.end_to_end_id) == (REFERENCE, "Ann", PAYER, "E-1")
    assert (section.opening, section.closing) == (Money(10_000, "EUR"), Money(11_000, "EUR"))


def test_a_batch_whose_parts_are_not_told_stays_one_entry():
    two = transaction(ustrd="a") + transaction(ustrd="b")
    [found] = entries(read(statement(entry("30.00", details=two))))

    assert (found.amount, found.text) == (Money(3000, "EUR"), "a b")


def test_a_batch_that_does_not_add_up_is_told():
    two = transaction(amount="10") + transaction(amount="11")

    items = read(statement(entry("30.00", details=two)))

    assert sum(isinstance(item, Fault) for item in items) == 1
    assert [found.amount.minor for found in entries(items)] == [1000, 1100]


def test_returns_are_known_by_their_mark_and_say_why():
    more = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf></RtrInf>"
    returned = entry(way="DBIT", details=transaction(way="DBIT", ustrd=REFERENCE, more=more))
    reversed_ = entry(way="DBIT", extra="<RvslInd>true</RvslInd>")

    first, second = entries(read(statement(returned, reversed_)))

    assert (first.is_return, first.return_reason, first.amount.minor) == (True, "AC04 Account closed", -1000)
    assert second.is_return


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"amount": "9" * 17}, "too large"),
        ({"amount": "10.001"}, "no amount"),
        ({"amount": "NaN"}, "no amount"),
        ({"amount": "-5"}, "sign of its own"),
        ({"currency": "euro"}, "no currency"),
        ({"booked": "2026-02-30"}, "no date"),
        ({"booked": "0001-01-01"}, "cannot be right"),
        ({"way": "IN"}, "came in or went out"),
    ],
)
def test_what_an_entry_says_wrongly_is_told_and_the_rest_is_read(changed, words):
    items = read(statement(entry(**changed), entry("12.00")))

    [fault] = [item for item in items if isinstance(item, Fault)]
    assert words in fault.text
    assert [found.amount.minor for found in entries(items)] == [1200]


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + step, b"&%c;" % (97 + step) * 10) for step in range(12))
    + b"]><Document><BkToCstmrStmt><Stmt><Id>&m;</Id></Stmt></BkToCstmrStmt></Document>"
)
THEFT = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<Document><BkToCstmrStmt><Stmt><Id>&x;</Id></Stmt></BkToCstmrStmt></Document>"
)
PARAMETER = (
    b'<?xml version="1.0"?><!DOCTYPE d SYSTEM "http://127.0.0.1:9/evil.dtd" [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]>'
    b"<Document><BkToCstmrStmt/></Document>"
)


@pytest.mark.parametrize("attack", [BOMB, THEFT, PARAMETER, BOMB.decode().encode("utf-16")])
def test_documents_with_entities_are_refused_at_once(attack):
    begun = time.perf_counter()

    with pytest.raises(FileRefused) as refusal:
        read(attack)

    assert time.perf_counter() - begun < 2
    assert "root:" not in str(refusal.value)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"<Document><BkToCstmrStmt>", "well-formed"),
        (statement().replace(b"BkToCstmrStmt", b"BkToCstmrAcctRpt"), "camt.052"),
        (statement().replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn"), "camt.054"),
        (b"<html><body><div><p><b>x</b></p></div></body></html>", "no bank statement"),
        (b"<Invoice/>", "no bank statement"),
        (b'<?xml version="1.0"?><a>' + b"<b>" * 300 + b"</b>" * 300 + b"</a>", "no bank statement"),
    ],
)
def test_other_xml_is_refused_with_a_reason(content, words):
    with pytest.raises(FileRefused, match=words):
        read(content)


GERMAN = """"Auftragskonto";"Buchungstag";"Valutadatum";"Verwendungszweck";\
"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"Betrag";"Waehrung"
"LU280019400644750000";"04.05.26";"04.05.26";"RF 1; x";"Müller";"DE89370400440532013000";"1.234,56";"EUR"
"LU280019400644750000";"05.05.26";"";"Gebühr";"";"";"-3,00";"EUR"
"""
FRENCH = """Compte;LU28 0019 4006 4475 0000
Solde au 31/05/2026;12 345,67

Date comptable;Date valeur;Libellé;Débit;Crédit;Devise
04/05/2026;04/05/2026;Virement Ann;;1 012,50;EUR
13/05/2026;;Frais;-3,00;;EUR
"""
ENGLISH = "Date,Description,Amount,Direction\n05/14/2026,Order 1001,10.00,CR\n05/04/2026,Fee,2.00,DR\n"


def test_bank_tables_are_read_in_three_languages():
    german = read_csv(GERMAN.encode("cp1252"))
    assert [found.amount.minor for found in entries(german)] == [123_456, -300]
    assert (entries(german)[0].name, entries(german)[0].iban, entries(german)[0].line) == ("Müller", PAYER, 2)
    assert [item.iban for item in german if isinstance(item, Section)] == [OWN]

    french = entries(read_csv(FRENCH))
    assert [(found.booked_on.day, found.amount.minor, found.line) for found in french] == [
        (4, 101_250, 5),
        (13, -300, 6),
    ]

    english = entries(read_csv(ENGLISH))
    assert [(found.booked_on, found.amount.minor) for found in english] == [
        (dt.date(2026, 5, 14), 1000),
        (dt.date(2026, 5, 4), -200),
    ]


def test_unknown_headings_are_said_by_hand():
    text = "When;Who;How much\n04.05.2026;Ann;12,50\nx;Bob;1\n"
    with pytest.raises(FileRefused, match="Booked on, Amount"):
        read_csv(text)

    items = read_csv(text, {"when": Role.BOOKED_ON, "how much": Role.AMOUNT, "who": Role.NAME})

    assert [(found.name, found.amount.minor) for found in entries(items)] == [("Ann", 1250)]
    assert [item.line for item in items if isinstance(item, Fault)] == [3]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x00\x01\x02", b"just words", b"\x89PNG\r\n"])
def test_what_is_no_table_is_refused(content):
    with pytest.raises(FileRefused):
        read_csv(content)


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("1.234,56", 123_456),
        ("1,234.56", 123_456),
        ("12,50-", -1250),
        ("30,00 S", -3000),
        ("30,00 H", 3000),
        ("(12.50)", -1250),
        ("1'234.50", 123_450),
        ("1.234", 123_400),
        ("−7,00 €", -700),
    ],
)
def test_amounts_are_read_as_people_write_them(text, minor):
    assert read_number(text, "EUR").minor == minor


@pytest.mark.parametrize("text", ["", "abc", "1,23,4", "12345.6789", "--3", "3 apples", "1e5", "=1+1"])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(Unreadable):
        read_number(text, "EUR")


def test_dates_are_european_unless_the_file_shows_otherwise():
    assert read_day("04/05/2026") == dt.date(2026, 5, 4)
    assert is_month_first(["05/04/2026", "05/22/2026"])
    assert not is_month_first(["05/04/2026", "22/05/2026"])
    assert read_day("20260504") == read_day("4.5.26") == dt.date(2026, 5, 4)
    with pytest.raises(Unreadable):
        read_day("31.02.2026")


def test_entries_that_are_alike_are_told_apart_and_known_again():
    first = entries(read(statement(entry(ustrd="x"), entry(ustrd="x"), entry(ustrd="y"))))
    again = entries(read(statement(entry(ustrd="y"), entry(ustrd="x"), identification="month")))

    marks, later = Fingerprints(), Fingerprints()

    known = [marks.of(found) for found in first]
    assert len(set(known)) == 3
    assert [later.of(found) for found in again] == [known[2], known[0]]


def test_a_file_of_any_size_is_read_as_a_stream():
    many = b"".join(entry(str(number), bank_reference=f"N{number}").encode() for number in range(1, 3001))
    head, _tail = statement().split(b"</Stmt>")
    alive = 0

    for item in camt.read(io.BytesIO(head + many + b"</Stmt></BkToCstmrStmt></Document>")):
        alive += isinstance(item, ParsedEntry)

    assert alive == 3000


def test_orders_to_the_bank_are_written_with_their_sums():
    orders = [
        Order("REFUND-1", Money(1250, "EUR"), "Jörg Größe & Söhne", PAYER, "COBADEFFXXX", "Order №1001"),
        Order("REFUND-2", Money(5, "EUR"), "Ann", OTHER),
    ]

    text = build_file(
        orders, Payer("Shop", OWN), message_id="M1", at=dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
    ).decode()

    assert text.count("<CtrlSum>12.55</CtrlSum>") == 2
    assert '<InstdAmt Ccy="EUR">0.05</InstdAmt>' in text
    assert "<Nm>Jorg Grosse + Sohne</Nm>" in text
    assert "<EndToEndId>REFUND-2</EndToEndId>" in text
    assert "NOTPROVIDED" in text
    assert plain("x" * 200, 70) == "x" * 70
