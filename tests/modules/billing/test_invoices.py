"""Invoices: numbers without gaps, VAT by the buyer, never edited."""

import random
import threading
from datetime import date

import pytest
import sqlalchemy as sa

from modules.billing.exceptions import (
    CreditRefused,
    InvoiceEmpty,
    InvoiceSettled,
    IssuedForGood,
    SellerIncomplete,
)
from modules.billing.models.invoice import Invoice
from modules.billing.schemas.documents import InvoiceStatus
from modules.billing.services import invoice_service
from modules.billing.services.invoice_service import Item
from tests.modules.billing.conftest import NOON
from wizamart.module_system.config_service import set_module_config

ITEMS = (Item("Subscription", 10_000),)


def issue(session, platform, vendor, *, key="k", items=ITEMS, at=NOON):
    return invoice_service.issue_invoice(
        session,
        items,
        platform_id=platform.id,
        vendor_id=vendor.id,
        currency="EUR",
        source_key=key,
        at=at,
    )


def test_numbers_follow_each_other_and_begin_anew_each_year(in_scope, platform, vendor):
    with in_scope() as session:
        numbers = [issue(session, platform, vendor, key=str(index)).number for index in range(3)]
        later = issue(session, platform, vendor, key="later", at=NOON.replace(year=2027)).number

    assert numbers == ["INV-2026-00001", "INV-2026-00002", "INV-2026-00003"]
    assert later == "INV-2027-00001"


def test_the_year_is_that_of_the_platforms_time_zone(in_scope, platform, vendor):
    new_year_in_luxembourg = NOON.replace(month=12, day=31, hour=23, minute=30)
    with in_scope() as session:
        invoice = issue(session, platform, vendor, at=new_year_in_luxembourg)

    assert (invoice.number, invoice.issued_on) == ("INV-2027-00001", date(2027, 1, 1))


class Abandoned(Exception):
    """A transaction that rolls back on purpose."""


def test_numbers_have_no_gaps_under_concurrency_with_transactions_that_roll_back(in_scope, platform, vendor):
    barrier = threading.Barrier(6)
    faults = []

    def work(worker):
        chance = random.Random(worker)  # noqa: S311 - repeatable on purpose
        barrier.wait()
        for turn in range(8):
            try:
                with in_scope() as session:
                    issue(session, platform, vendor, key=f"{worker}-{turn}")
                    if chance.random() < 0.35:
                        raise Abandoned  # noqa: TRY301 - the transaction must see it
            except Abandoned:
                continue
            except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
                faults.append(error)

    threads = [threading.Thread(target=work, args=(worker,)) for worker in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not faults
    with in_scope() as session:
        numbers = sorted(session.scalars(sa.select(Invoice.number)))
    assert 10 < len(numbers) < 48
    assert numbers == [f"INV-2026-{number:05d}" for number in range(1, len(numbers) + 1)]


def test_two_platforms_count_by_themselves(app, in_scope, platform, vendor, make_platform, make_vendor):
    from tests.modules.billing.conftest import SELLER
    from wizamart.database import unit_of_work
    from wizamart.platforms import scoped

    other = make_platform("others", modules=["billing"])
    other_vendor = make_vendor(other)
    with in_scope() as session:
        issue(session, platform, vendor)
    with app.app_context(), unit_of_work() as session, scoped(session, other.id):
        set_module_config(session, other.id, "billing", SELLER)
        assert issue(session, other, other_vendor).number == "INV-2026-00001"


def test_the_same_reason_is_invoiced_once(in_scope, platform, vendor):
    with in_scope() as session:
        assert issue(session, platform, vendor) is issue(session, platform, vendor)


def test_vat_is_added_for_a_buyer_at_home(in_scope, platform, vendor, give_company):
    give_company(vendor, vat_number="LU10000356")
    with in_scope() as session:
        invoice = issue(session, platform, vendor)

    assert (invoice.net_minor, invoice.vat_minor, invoice.gross_minor) == (10_000, 1700, 11_700)
    assert invoice.buyer["name"] == "Bakery S.à r.l."
    assert invoice.due_on == date(2026, 5, 18)


def test_a_buyer_elsewhere_in_the_union_accounts_for_the_vat_itself(in_scope, platform, vendor, give_company):
    give_company(vendor, country="FR", city="Metz", vat_number="FR61954506077")
    with in_scope() as session:
        invoice = issue(session, platform, vendor)

    assert (invoice.vat_minor, invoice.gross_minor, invoice.is_reverse_charge) == (0, 10_000, True)
    assert "Article 196" in invoice.note


def test_without_a_seller_or_lines_nothing_is_issued(in_scope, platform, vendor):
    with in_scope() as session:
        with pytest.raises(InvoiceEmpty):
            issue(session, platform, vendor, items=())
        set_module_config(session, platform.id, "billing", {"seller_name": ""})
        with pytest.raises(SellerIncomplete):
            issue(session, platform, vendor)


def test_what_is_issued_can_neither_be_changed_nor_deleted(in_scope, platform, vendor):
    with in_scope() as session:
        invoice_id = issue(session, platform, vendor).id

    def change(session, invoice):
        invoice.gross_minor = 1

    def change_line(session, invoice):
        invoice.lines[0].text = "Something else"

    def delete(session, invoice):
        session.delete(invoice)

    for tamper in (change, change_line, delete):
        with in_scope() as session:
            tamper(session, invoice_service.get_invoice(session, invoice_id))
            with pytest.raises(IssuedForGood):
                session.flush()
            session.rollback()


def test_an_invoice_is_open_then_overdue_then_paid(in_scope, platform, vendor):
    with in_scope() as session:
        invoice = issue(session, platform, vendor)
        assert invoice.status_on(invoice.due_on) is InvoiceStatus.OPEN
        assert invoice.status_on(date(2026, 5, 19)) is InvoiceStatus.OVERDUE

        invoice_service.settle(session, invoice, paid_on=date(2026, 5, 20), at=NOON)

        assert invoice.status_on(date(2026, 6, 1)) is InvoiceStatus.PAID
        with pytest.raises(InvoiceSettled):
            invoice_service.settle(session, invoice, paid_on=date(2026, 5, 20), at=NOON)


def test_a_credit_note_takes_an_invoice_back_whole_and_once(in_scope, platform, vendor):
    with in_scope() as session:
        invoice = issue(session, platform, vendor)

        note = invoice_service.issue_credit_note(session, invoice, at=NOON)

        assert note.number == "CN-2026-00001"
        assert note.gross_minor == -invoice.gross_minor
        assert [line.net_minor for line in note.lines] == [-10_000]
        assert invoice.status_on(NOON.date()) is InvoiceStatus.CREDITED
        for document in (invoice, note):
            with pytest.raises(CreditRefused):
                invoice_service.issue_credit_note(session, document, at=NOON)
        with pytest.raises(InvoiceSettled):
            invoice_service.settle(session, invoice, paid_on=NOON.date(), at=NOON)
