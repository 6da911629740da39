"""Playing real orders into a platform: to the cent, once, and on after a break."""

import csv
import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from modules.customers.models.customer import Customer
from modules.orders.cli import orders_group
from modules.orders.exceptions import FileUnreadable
from modules.orders.models.document import Document
from modules.orders.models.order import Order, OrderLine
from modules.orders.replay import matching, reading
from modules.orders.replay.reading import FileInvoice, FileLine
from modules.orders.services import replay_service
from tests.modules.orders.seller import make_company
from wizamart.config import ROOT
from wizamart.database import db, unit_of_work
from wizamart.module_system import service as module_service
from wizamart.platforms import across_tenants

FILE = Path(ROOT).parent / "shared/data/transactions/uci_online_retail_france.csv"
HEAD = ",".join(reading.COLUMNS)


@pytest.fixture(scope="module")
def rows():
    with FILE.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write(file, rows):
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, reading.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return file


def sliced(rows, sales):
    """Return the first sales, and every cancellation of goods that one of them sold."""
    numbers = list(dict.fromkeys(row["InvoiceNo"] for row in rows if row["InvoiceNo"][0] != "C"))[:sales]
    sold = {(row["CustomerID"], row["StockCode"]) for row in rows if row["InvoiceNo"] in numbers}
    cancelled = {
        row["InvoiceNo"]
        for row in rows
        if row["InvoiceNo"][0] == "C" and (row["CustomerID"], row["StockCode"]) in sold
    }
    return [row for row in rows if row["InvoiceNo"] in {*numbers, *cancelled}]


@pytest.fixture
def run(app, shop):
    with app.app_context(), unit_of_work():
        make_company(db.session(), shop.vendor)

    def invoke(file, *options, platform="lux"):
        arguments = ["replay", str(file), "--platform", platform, "--vendor", "honey", *options]
        return app.test_cli_runner().invoke(orders_group, arguments)

    return invoke


def read(app, *queries):
    with app.app_context(), unit_of_work(read_only=True) as session, across_tenants(session, "to look at it"):
        return [session.execute(query).all() for query in queries]


def gross(rows, *, cancelled):
    amounts = [
        int(row["Quantity"]) * Decimal(row["UnitPrice"])
        for row in rows
        if row["InvoiceNo"].startswith("C") is cancelled
    ]
    return int(100 * sum(amounts))


@pytest.mark.backends("sqlite")
def test_sixty_real_sales_and_their_cancellations_agree_to_the_cent(app, run, rows, tmp_path):
    chosen = sliced(rows, 60)
    file = write(tmp_path / "orders.csv", chosen)

    first = run(file)

    assert first.exit_code == 0, first.output
    assert "DIFFERS" not in first.output
    assert f"{gross(chosen, cancelled=False) / 100:,.2f}" in first.output
    money = sa.select(
        sa.func.sum(Order.total_minor), sa.func.sum(Order.paid_minor), sa.func.sum(Order.refunded_minor)
    )
    free = sa.select(sa.func.sum(Document.total_minor)).where(Document.order_id.is_(None))
    invoiced = sa.select(sa.func.sum(Document.total_minor)).where(Document.kind == "invoice")
    counts = sa.select(sa.func.count()).select_from(Order)
    people = sa.select(sa.func.count()).select_from(Customer)
    lines = sa.select(sa.func.count()).select_from(OrderLine)
    [(sold, paid, refunded)], [(credited,)], [(bills,)], *before = read(
        app, money, free, invoiced, counts, people, lines
    )
    assert sold == paid == bills == gross(chosen, cancelled=False)
    assert -refunded - (credited or 0) == gross(chosen, cancelled=True)
    assert before[0] == [(60,)]
    assert before[1] == [(len({row["CustomerID"] for row in chosen}),)]
    assert before[2] == [(sum(1 for row in chosen if row["InvoiceNo"][0] != "C"),)]
    [(first_number, first_day)] = read(
        app, sa.select(Document.number, Document.issued_on).order_by(Document.id).limit(1)
    )[0]
    assert (first_number, first_day.year) == ("HONEY-2010-00001", 2010)

    again = run(file)
    assert again.exit_code == 0
    assert read(app, counts, people, lines) == before


@pytest.mark.backends("sqlite")
def test_a_program_reads_what_was_played_and_whether_it_agrees(run, rows, tmp_path):
    file = write(tmp_path / "orders.csv", sliced(rows, 2))

    planned = json.loads(run(file, "--dry-run", "--json").stdout)
    told = json.loads(run(file, "--json").stdout)

    assert planned["sales"] == told["sales"] == 2
    assert planned["cancellations"] == told["cancellations"]
    assert told["currency"] == "GBP"
    assert all(row["agrees"] and row["file"] == row["platform"] for row in told["sums"])


def test_a_run_that_was_broken_off_goes_on_and_nothing_is_done_twice(app, run, rows, tmp_path, monkeypatch):
    file = write(tmp_path / "orders.csv", sliced(rows, 8))
    fulfil, calls = replay_service.fulfilment_service.fulfil, []

    def break_off(*arguments, **options):
        calls.append(1)
        if len(calls) == 5:
            raise KeyboardInterrupt
        return fulfil(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(replay_service.fulfilment_service, "fulfil", break_off)
        assert run(file).exit_code != 0
    assert read(app, sa.select(Order.status)) == [[("fulfilled",)] * 4]
    rehearsed = run(file, "--dry-run")
    assert "to play: 4 sales" in rehearsed.output

    finished = run(file)

    assert finished.exit_code == 0, finished.output
    assert "DIFFERS" not in finished.output
    assert read(app, sa.select(sa.func.count()).select_from(Order)) == [[(8,)]]


@pytest.mark.backends("sqlite")
def test_prices_without_tax_and_a_limit_agree_too_and_a_difference_is_an_error(app, run, rows, tmp_path):
    file = write(tmp_path / "orders.csv", sliced(rows, 12))

    net = run(file, "--prices", "net", "--vat", "17", "--currency", "EUR", "--limit", "9")
    assert net.exit_code == 0, net.output
    assert read(app, sa.select(sa.func.count()).select_from(Order)) == [[(9,)]]

    with app.app_context(), unit_of_work() as session, across_tenants(session, "to spoil it"):
        session.execute(sa.update(Order).where(Order.id == 1).values(net_minor=Order.net_minor + 1))
    spoilt = run(file, "--prices", "net", "--vat", "17", "--currency", "EUR", "--limit", "9")
    assert (spoilt.exit_code, "DIFFERS" in spoilt.output) == (1, True)


@pytest.mark.backends("sqlite")
def test_the_command_refuses_where_its_module_is_off_and_wrong_files(app, run, rows, tmp_path, shop, factory):
    good = write(tmp_path / "good.csv", sliced(rows, 1))
    factory.platform("bare")
    assert "is off on the platform" in str(run(good, platform="bare").exception)
    assert "no platform" in str(run(good, platform="nowhere").exception)
    with app.app_context(), unit_of_work() as session:
        module_service.disable_module(session, shop.platform.id, "orders")
    assert "is off on the platform" in str(run(good).exception)

    bad = tmp_path / "bad.csv"
    for row, reason in (
        ("1,A,T,1,13/13/2011 8:00,1,1,France", "InvoiceDate: “13/13/2011 8:00” is no date"),
        ("1,A,T,one,1/2/2011 8:00,1,1,France", "Quantity: “one” is no number"),
        ("1,A,T,1,1/2/2011 8:00,1 EUR,1,France", "UnitPrice: “1 EUR” is no number"),
        ("1,A,T,1,1/2/2011 8:00,NaN,1,France", "UnitPrice: “NaN” is no number"),
        ("1,A,T,-1,1/2/2011 8:00,1,1,France", "Only cancellations"),
        ("C1,A,T,1,1/2/2011 8:00,1,1,France", "Only cancellations"),
        ("1,A,T,1,1/2/2011 8:00,1.005,1,France", "whole number of cents"),
    ):
        bad.write_text(f"{HEAD}\n{row}\n", encoding="utf-8")
        with app.app_context(), pytest.raises(FileUnreadable, match=f"Line 2: .*{reason}"):
            reading.read_invoices(bad, "EUR")


def test_a_cancellation_takes_from_the_latest_sale_at_its_price_and_the_rest_has_no_origin():
    def invoice(number, *lines, customer="7"):
        made = tuple(FileLine(sku, sku, pieces, price) for sku, pieces, price in lines)
        return FileInvoice(number, customer, "FR", datetime(2011, 1, 1), made)  # noqa: DTZ001 - as in the file

    found = matching.match(
        [
            invoice("1", ("TEA", 4, 100), ("TEA", 2, 100)),
            invoice("2", ("TEA", 3, 100), ("MUG", 1, 500)),
            invoice("3", ("TEA", 9, 100), customer="8"),
            invoice("C4", ("TEA", 4, 100), ("MUG", 1, 450)),
            invoice("C5", ("TEA", 7, 100)),
        ]
    )

    assert found["C4"].pieces == {"2": {0: 3}, "1": {1: 1}}
    assert found["C4"].without_origin == (FileLine("MUG", "MUG", 1, 450),)
    assert found["C5"].pieces == {"1": {1: 1, 0: 4}}
    assert found["C5"].without_origin == (FileLine("TEA", "TEA", 2, 100),)
    assert found["C4"].matched_minor + found["C4"].free_minor == 4 * 100 + 450
