"""Entries of bank statements and payments: what is matched by itself, by hand, once, and undone."""

import threading

import pytest
import sqlalchemy as sa

from modules.payments.exceptions import AlreadyAnswered, MoreThanCaptured
from modules.payments.gateways.bank_transfer import BankAccount, BankTransfer, girocode
from modules.payments.gateways.interface import Method
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.models.statement import BankEntry, BankStatement
from modules.payments.schemas.account import form_model
from modules.payments.schemas.ledger import EntryKind, PaymentStatus
from modules.payments.services import (
    account_service,
    checkout_service,
    listing_service,
    matching_service,
    payment_service,
    statement_service,
    transfer_service,
)
from modules.payments.statements import references
from modules.payments.statements.exceptions import (
    EntryNotFound,
    EntryOtherAccount,
    EntryOtherCurrency,
    EntryOtherWay,
    EntryTaken,
    RefundedAlready,
    StatementNotWaiting,
    StatementRefused,
)
from tests.modules.payments.bank_files import OTHER, OWN, PAYER, entry, statement, transaction
from tests.modules.payments.conftest import NOON
from wizamart.database import unit_of_work
from wizamart.module_system import delivery
from wizamart.module_system.events import set_dispatcher
from wizamart.money import Money
from wizamart.platforms import scoped
from wizamart.queue import run_task
from wizamart.queue.models import Task

EUR = "EUR"
SCENARIO = pytest.mark.backends("sqlite")


def bank_values(name="Our bank", iban=OWN):
    bank = BankAccount(holder="Bakery S.à r.l.", iban=iban, bank_name="Spuerkeess")
    values = {"name": name, "is_live": True, "methods": [Method.BANK_TRANSFER], "credentials": bank}
    return form_model(BankTransfer()).model_validate(values)


def make_bank(session, platform, *, vendor_id=None, **values):
    return account_service.create_account(
        session,
        "bank_transfer",
        bank_values(**values),
        platform_id=platform.id,
        vendor_id=vendor_id,
        actor_id=None,
        at=NOON,
    )


def begin(
    session, platform, vendor, minor=1000, *, reference="ORD-1001", account=None, key=None, currency=EUR
):
    offers = checkout_service.list_offers(
        session, platform_id=platform.id, vendor_id=vendor.id, currency=currency
    )
    chosen = [one for one in offers if account is None or one.code.startswith(f"{account.id}-")]
    return checkout_service.begin(
        session,
        platform_id=platform.id,
        vendor_id=vendor.id,
        amount=Money(minor, currency),
        reference=reference,
        customer_id=None,
        customer_email="ann@example.org",
        offer=chosen[0].code,
        return_url="/",
        idempotency_key=key or f"{reference}-{minor}",
        at=NOON,
    )


def upload(session, account, content, *, at=NOON):
    account = account_service.get_account(session, account.id, vendor_id=account.vendor_id)
    kept = statement_service.create_statement(
        session, content, account=account, file_name="may.xml", actor_id=1, at=at
    )
    if kept.status != "done":
        statement_service.begin(session, kept, actor_id=1, at=at)
    return kept


def entries_of(session):
    return list(session.scalars(sa.select(BankEntry).order_by(BankEntry.id)))


def matching(session, found, payment, **changes):
    options = {"payment_id": payment.id, "vendor_id": None, "actor_id": 1, "at": NOON}
    return matching_service.match(session, found, **{**options, **changes})


@pytest.fixture
def bank(in_scope, platform):
    with in_scope() as session:
        return make_bank(session, platform)


def test_what_agrees_is_matched_and_the_rest_is_proposed_or_left(in_scope, platform, vendor, bank):
    told = []
    set_dispatcher(
        lambda _session, name, payload, *_: told.append((name, payload.reference, payload.captured_minor))
    )
    try:
        with in_scope() as session:
            exact, numbered, less, more, typo, late = (
                begin(session, platform, vendor, 1000 + place, reference=f"ORD-{1001 + place}")
                for place in range(6)
            )
            slip = references.build(typo.id)
            upload(
                session,
                bank,
                statement(
                    entry("10.00", strd=references.build(exact.id), name="Ann", iban=PAYER),
                    entry("10.01", ustrd="Order ord 1002\nthanks"),
                    entry("5.00", ustrd=references.formatted(references.build(less.id))),
                    entry("99.00", ustrd=references.build(more.id)),
                    entry("10.04", ustrd=slip[:-1] + str((int(slip[-1]) + 1) % 10)),
                    entry("10.05", currency="CHF", ustrd=references.build(late.id)),
                    entry("3.33", ustrd="for nothing we know"),
                    entry("4.00", way="DBIT", ustrd="rent"),
                    entry("10.00", ustrd=references.build(exact.id), booked="2026-05-06"),
                ),
            )

            found = [(one.state, one.clue, one.payment_id) for one in entries_of(session)]
    finally:
        set_dispatcher(delivery.dispatch)

    assert found == [
        ("matched", "exact", exact.id),
        ("matched", "exact", numbered.id),
        ("proposed", "less", less.id),
        ("proposed", "more", more.id),
        ("proposed", "mistyped", typo.id),
        ("proposed", "other_currency", late.id),
        ("open", "", None),
        ("ignored", "outgoing", None),
        ("proposed", "paid_already", exact.id),
    ]
    assert told == [
        ("payments.payment_captured", "ORD-1001", 1000),
        ("payments.payment_captured", "ORD-1002", 1001),
    ]


def test_each_entry_is_taken_in_once_whatever_files_hold_it(in_scope, platform, vendor, bank):
    with in_scope() as session:
        payment = begin(session, platform, vendor)
        paying = entry("10.00", bank_reference="B1", strd=references.build(payment.id))
        day = statement(paying, entry("2.00", ustrd="a"), entry("2.00", ustrd="a"))
        month = statement(
            entry("2.00", ustrd="a"), entry("7.00"), paying, entry("2.00", ustrd="a"), identification="M"
        )

        first = upload(session, bank, day)
        assert upload(session, bank, day) is first
        overlapping = upload(session, bank, month)

        assert (first.new_count, overlapping.new_count, overlapping.known_count) == (3, 1, 3)
        assert len(entries_of(session)) == 4
        assert payment_service.get_payment(session, payment.id).captured_minor == 1000
        with pytest.raises(StatementNotWaiting):
            statement_service.begin(session, first, actor_id=1, at=NOON)
        assert first.content is None


@SCENARIO
def test_a_part_payment_waits_for_the_rest_and_an_overpayment_can_be_refunded(
    in_scope, platform, vendor, bank
):
    with in_scope() as session:
        payment = begin(session, platform, vendor)
        reference = references.build(payment.id)
        upload(
            session,
            bank,
            statement(entry("4.00", ustrd=reference), entry("9.00", ustrd=reference, booked="2026-05-07")),
        )
        first, second = entries_of(session)

        matching(session, first, payment)
        assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
        status = session.scalar(
            sa.select(listing_service.status_expression()).where(Payment.id == payment.id)
        )
        assert status == PaymentStatus.PARTIALLY_CAPTURED
        view = checkout_service.view(session, payment.token)
        assert (view.stage, view.details["holder"]) == ("open", "Bakery S.à r.l.")
        assert view.details["code"] is not None

        matching(session, second, payment)

        assert (payment.status, payment.captured_minor) == (PaymentStatus.CAPTURED, 1300)
        assert matching_service.overpaid_minor(payment) == 300
        payment_service.request_refund(session, payment, amount=Money(300, EUR), at=NOON)
        assert matching_service.overpaid_minor(payment_service.get_payment(session, payment.id)) == 0


@SCENARIO
def test_a_match_is_undone_and_made_anew(in_scope, platform, vendor, bank):
    with in_scope() as session:
        wrong, right = (
            begin(session, platform, vendor),
            begin(session, platform, vendor, reference="ORD-2002"),
        )
        upload(session, bank, statement(entry("10.00", ustrd=references.build(wrong.id), iban=PAYER)))
        [found] = entries_of(session)

        matching_service.unmatch(session, found, vendor_id=None, actor_id=1, at=NOON)
        assert (wrong.captured_minor, wrong.status, found.state) == (0, PaymentStatus.PENDING, "open")
        assert checkout_service.is_payable(wrong)
        matching(session, found, right)
        matching_service.unmatch(session, found, vendor_id=None, actor_id=1, at=NOON)
        matching(session, found, right)

        assert (right.captured_minor, found.clue, found.match_number) == (1000, "by_hand", 3)
        payment_service.request_refund(session, right, amount=Money(1, EUR), at=NOON)
        with pytest.raises(RefundedAlready):
            matching_service.unmatch(session, found, vendor_id=None, actor_id=1, at=NOON)


@SCENARIO
def test_money_for_a_payment_that_was_called_off_waits_for_somebody(in_scope, platform, vendor, bank):
    with in_scope() as session:
        payment = begin(session, platform, vendor)
        checkout_service.call_off(session, payment, at=NOON)
        upload(session, bank, statement(entry("10.00", ustrd=references.build(payment.id))))
        [found] = entries_of(session)
        assert (found.state, found.clue) == ("proposed", "called_off")

        matching(session, found, payment)

        assert (payment.captured_minor, payment.status) == (1000, PaymentStatus.CAPTURED)


@SCENARIO
def test_what_does_not_fit_is_not_matched(in_scope, platform, vendor, bank):
    with in_scope() as session:
        other = make_bank(session, platform, name="Second", iban=PAYER)
        elsewhere = begin(session, platform, vendor, reference="ORD-9", account=other)
        here = begin(session, platform, vendor, account=bank)
        upload(
            session,
            bank,
            statement(entry("1.00", currency="CHF"), entry("1.00"), entry("2.00", way="DBIT", ustrd="x")),
        )
        francs, euros, gone = entries_of(session)

        with pytest.raises(EntryOtherCurrency):
            matching(session, francs, here)
        with pytest.raises(EntryOtherAccount):
            matching(session, euros, elsewhere)
        with pytest.raises(EntryTaken):
            matching(session, gone, here)
        matching_service.restore(session, gone, vendor_id=None)
        with pytest.raises(EntryOtherWay):
            matching(session, gone, here)
        with pytest.raises(EntryNotFound):
            matching(session, euros, here, vendor_id=vendor.id)
        matching_service.ignore(session, euros, reason="Tax", vendor_id=None, actor_id=1, at=NOON)
        with pytest.raises(EntryTaken):
            matching(session, euros, here)
        assert here.captured_minor == 0


@SCENARIO
def test_a_statement_of_another_account_is_refused_with_words(in_scope, bank):
    with in_scope() as session:
        for content in (
            statement(entry(), iban=OTHER),
            f"Account,Date,Amount\n{OTHER},2026-05-04,1.00\n".encode(),
        ):
            with pytest.raises(StatementRefused) as refusal:
                upload(session, bank, content)
            assert OTHER in refusal.value.errors["file"][0]
            assert OWN in refusal.value.errors["file"][0]
        with pytest.raises(StatementRefused):
            upload(session, bank, b"<!DOCTYPE x []><Document/>")
        assert session.scalar(sa.select(sa.func.count()).select_from(BankStatement)) == 0


@SCENARIO
def test_money_that_the_bank_takes_back_is_no_longer_paid(in_scope, platform, vendor, bank):
    with in_scope() as session:
        payment = begin(session, platform, vendor)
        reference = references.build(payment.id)
        upload(session, bank, statement(entry("10.00", ustrd=reference)))
        assert payment.status is PaymentStatus.CAPTURED

        more = "<RtrInf><Rsn><Cd>FRAD</Cd></Rsn></RtrInf>"
        back = transaction(way="DBIT", ustrd=reference, more=more)
        upload(
            session,
            bank,
            statement(entry("10.00", way="DBIT", booked="2026-05-08", details=back), identification="2"),
        )

        assert [one.clue for one in entries_of(session)] == ["exact", "returned"]
        payment = payment_service.get_payment(session, payment.id)
        assert (payment.status, payment.captured_minor) == (PaymentStatus.PENDING, 0)


@SCENARIO
def test_a_refund_is_transferred_by_hand_or_by_file_and_seen_in_the_statement(
    in_scope, platform, vendor, bank
):
    with in_scope() as session:
        payment = begin(session, platform, vendor)
        upload(
            session,
            bank,
            statement(entry("10.00", ustrd=references.build(payment.id), name="Ann", iban=PAYER)),
        )
        asked = [
            payment_service.request_refund(session, payment, amount=Money(minor, EUR), at=NOON)
            for minor in (300, 200, 100)
        ]
        with pytest.raises(MoreThanCaptured):
            payment_service.request_refund(session, payment, amount=Money(401, EUR), at=NOON)

        waiting = transfer_service.list_open(session, vendor_id=None)
        assert [(one.amount.minor, one.name, one.iban) for one in waiting] == [
            (300, "Ann", PAYER),
            (200, "Ann", PAYER),
            (100, "Ann", PAYER),
        ]
        assert transfer_service.list_open(session, vendor_id=vendor.id) == []
        content = transfer_service.write_file(session, waiting, bank, at=NOON)
        assert b"<CtrlSum>6.00</CtrlSum>" in content
        transfer_service.settle(session, waiting[0], is_done=True, actor_id=1, at=NOON)
        transfer_service.settle(session, waiting[1], is_done=False, actor_id=1, at=NOON)
        with pytest.raises(AlreadyAnswered):
            transfer_service.settle(session, waiting[0], is_done=True, actor_id=1, at=NOON)
        made = entry("1.00", way="DBIT", end_to_end=f"REFUND-{asked[2].id}", booked="2026-05-09")
        upload(session, bank, statement(made, identification="out"))
        payment = payment_service.get_payment(session, payment.id)
        assert (payment.refunded_minor, transfer_service.count_open(session, vendor_id=None)) == (400, 0)

        back = entry(
            "1.00", end_to_end=f"REFUND-{asked[2].id}", booked="2026-05-11", extra="<RvslInd>true</RvslInd>"
        )
        upload(session, bank, statement(back, identification="back"))

        payment = payment_service.get_payment(session, payment.id)
        assert payment.refunded_minor == 300
        assert [one.clue for one in entries_of(session)][1:] == ["transfer", "transfer_back"]


def test_two_people_match_an_entry_once(in_scope, platform, vendor, bank):
    with in_scope() as session:
        first, second = (
            begin(session, platform, vendor),
            begin(session, platform, vendor, reference="ORD-2002"),
        )
        upload(session, bank, statement(entry("10.00", ustrd="nothing")))
        [found] = entries_of(session)
    barrier, outcomes = threading.Barrier(4), []

    def try_it(payment):
        barrier.wait()
        try:
            with in_scope() as session:
                matching(session, found, payment)
            outcomes.append("matched")
        except EntryTaken:
            outcomes.append("taken")

    threads = [threading.Thread(target=try_it, args=(payment,)) for payment in (first, second) * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["matched", "taken", "taken", "taken"]
    with in_scope(read_only=True) as session:
        captured = sa.select(sa.func.sum(LedgerEntry.amount_minor)).where(
            LedgerEntry.kind == EntryKind.CAPTURED
        )
        assert session.scalar(captured) == 1000


@SCENARIO
def test_a_large_statement_is_taken_in_by_a_task(app, in_scope, platform, vendor, bank, monkeypatch):
    monkeypatch.setattr(statement_service, "AT_ONCE", 2)
    with in_scope() as session:
        payment = begin(session, platform, vendor)
        many = [entry(str(number), bank_reference=f"N{number}") for number in range(1, 5)]
        kept = upload(session, bank, statement(*many, entry("10.00", ustrd=references.build(payment.id))))
        assert kept.status == "running"
        task_id = session.scalars(sa.select(Task.id).where(Task.name == statement_service.TAKE_IN)).one()

    with app.app_context():
        run_task(app, task_id)

    with in_scope(read_only=True) as session:
        kept = session.scalars(sa.select(BankStatement)).one()
        assert (kept.status, kept.new_count) == ("done", 5)
        assert payment_service.get_payment(session, payment.id).status is PaymentStatus.CAPTURED


@SCENARIO
def test_a_vendors_statements_are_its_own(app, in_scope, platform, vendor, make_vendor):
    other = make_vendor(platform, code="other")
    with in_scope() as session:
        own = make_bank(session, platform, vendor_id=vendor.id)
        kept = upload(session, own, statement(entry("1.00")))
        [found] = entries_of(session)
    with app.app_context(), unit_of_work() as session, scoped(session, platform.id, other.id):
        for vendor_id in (other.id, None):
            with pytest.raises(EntryNotFound):
                matching_service.get_entry(session, found.id, vendor_id=vendor_id)
            assert session.scalars(statement_service.build_query(vendor_id=vendor_id)).all() == []
    assert kept.vendor_id == vendor.id


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"iban": "LU280019400644750001"}, "IBAN"),
        ({"iban": ""}, "IBAN"),
        ({"bic": "NOPE"}, "BIC"),
        ({"holder": " "}, "holder"),
    ],
)
def test_a_bank_account_is_checked(values, words):
    with pytest.raises(ValueError, match=words):
        BankAccount(**{"holder": "Shop", "iban": OWN, **values})


def test_the_bic_is_found_and_only_euros_have_a_code():
    bank = BankAccount(holder="Shop", iban="LU28 0019 4006 4475 0000")
    assert (bank.iban, bank.bic) == (OWN, "BCEELULL")

    code = girocode(bank.model_dump(mode="json") | {"due_days": "14"}, Money(1250, EUR), references.build(1))

    assert code is not None
    assert code.startswith("<svg")
    for amount in (Money(1250, "CHF"), Money(0, EUR), Money(10**14, EUR)):
        assert girocode({"holder": "Shop", "iban": OWN}, amount, references.build(1)) is None
