"""Payments: what is taken, given back and released, and what is refused."""

import threading

import pytest
import sqlalchemy as sa

from modules.payments.exceptions import (
    AccountDisabled,
    KeyUsedOtherwise,
    MoreThanAuthorized,
    MoreThanCaptured,
    NoAccount,
    NothingToPay,
    NothingToVoid,
    OtherCurrency,
    PaymentNotFound,
)
from modules.payments.models.account import ProviderAccount
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.schemas.ledger import EntryKind, PaymentStatus
from modules.payments.services import account_service, payment_service
from modules.payments.services.listing_service import status_expression
from tests.modules.payments.conftest import (
    ACCEPTED,
    BROKE,
    CONFIRMED,
    DECLINED,
    NO_CAPTURE,
    NO_REFUND,
    NOON,
    start,
)
from wizamart.database import unit_of_work
from wizamart.module_system import delivery
from wizamart.module_system.events import set_dispatcher
from wizamart.money import Money
from wizamart.platforms import scoped

EUR = "EUR"


@pytest.mark.parametrize(
    ("card", "status"),
    [
        (ACCEPTED, PaymentStatus.CAPTURED),
        (DECLINED, PaymentStatus.FAILED),
        (BROKE, PaymentStatus.FAILED),
        (CONFIRMED, PaymentStatus.ACTION_REQUIRED),
        (NO_CAPTURE, PaymentStatus.AUTHORIZED),
        ("4242", PaymentStatus.FAILED),
    ],
)
def test_the_test_provider_answers_by_the_card(in_scope, make_account, platform, vendor, card, status):
    make_account()
    with in_scope() as session:
        payment = start(session, platform, vendor, card=card)

        assert payment.status is status


@pytest.mark.parametrize(("minor", "status"), [(66601, "failed"), (66602, "action_required")])
def test_the_test_provider_answers_by_the_amount(in_scope, make_account, platform, vendor, minor, status):
    make_account()
    with in_scope() as session:
        assert start(session, platform, vendor, minor=minor).status == status


def test_the_number_of_a_card_is_never_stored(in_scope, make_account, platform, vendor):
    make_account()
    with in_scope() as session:
        payment = start(session, platform, vendor)

        stored = {column.key: getattr(payment, column.key) for column in sa.inspect(Payment).columns}
    assert ACCEPTED not in repr(stored)
    assert payment.method_label == "•••• 1111"


def test_money_is_taken_in_parts_and_the_rest_is_released(in_scope, make_account, platform, vendor):
    make_account()
    with in_scope() as session:
        payment = start(session, platform, vendor, captures_automatically=False)
        payment_service.request_capture(session, payment, amount=Money(300, EUR), at=NOON)
        assert payment.status is PaymentStatus.PARTIALLY_CAPTURED
        with pytest.raises(MoreThanAuthorized):
            payment_service.request_capture(session, payment, amount=Money(701, EUR), at=NOON)

        payment_service.request_void(session, payment, at=NOON)

        assert (payment.balance.captured, payment.balance.voided) == (300, 700)
        with pytest.raises(NothingToVoid):
            payment_service.request_void(session, payment, at=NOON)
        with pytest.raises(MoreThanAuthorized):
            payment_service.request_capture(session, payment, at=NOON)


def test_never_more_is_refunded_than_was_captured(in_scope, make_account, platform, vendor):
    make_account()
    with in_scope() as session:
        payment = start(session, platform, vendor)
        payment_service.request_refund(session, payment, amount=Money(600, EUR), at=NOON)

        with pytest.raises(MoreThanCaptured):
            payment_service.request_refund(session, payment, amount=Money(401, EUR), at=NOON)

        payment_service.request_refund(session, payment, at=NOON)
        assert payment.status is PaymentStatus.REFUNDED
        with pytest.raises(MoreThanCaptured):
            payment_service.request_refund(session, payment, amount=Money(1, EUR), at=NOON)


@pytest.mark.parametrize("minor", [0, -5])
def test_amounts_of_nothing_are_refused(in_scope, make_account, platform, vendor, minor):
    make_account()
    with in_scope() as session:
        with pytest.raises(NothingToPay):
            start(session, platform, vendor, minor=minor)
        payment = start(session, platform, vendor)
        with pytest.raises(NothingToPay):
            payment_service.request_refund(session, payment, amount=Money(minor, EUR), at=NOON)


def test_money_comes_back_in_its_own_currency(in_scope, make_account, platform, vendor):
    make_account()
    with in_scope() as session:
        payment = start(session, platform, vendor)
        with pytest.raises(OtherCurrency):
            payment_service.request_refund(session, payment, amount=Money(1, "CHF"), at=NOON)


def test_what_a_provider_refuses_stands_in_the_ledger_and_moves_nothing(
    in_scope, make_account, platform, vendor
):
    make_account()
    with in_scope() as session:
        payment = start(session, platform, vendor, card=NO_REFUND)

        entry = payment.answer_to(payment_service.request_refund(session, payment, at=NOON))

        assert entry.kind == EntryKind.DECLINED
        assert entry.reason == "refund_refused"
        assert payment.status is PaymentStatus.CAPTURED


def test_the_same_key_starts_one_payment(in_scope, make_account, platform, vendor):
    make_account()
    with in_scope() as session:
        first = start(session, platform, vendor, idempotency_key="order-7")

        assert start(session, platform, vendor, idempotency_key="order-7") is first
        assert len(first.entries) == 2
        with pytest.raises(KeyUsedOtherwise):
            start(session, platform, vendor, idempotency_key="order-7", minor=999)


def test_the_same_key_refunds_once(in_scope, make_account, platform, vendor):
    make_account()
    with in_scope() as session:
        payment = start(session, platform, vendor)
        first = payment_service.request_refund(
            session, payment, amount=Money(100, EUR), idempotency_key="k", at=NOON
        )

        again = payment_service.request_refund(
            session, payment, amount=Money(100, EUR), idempotency_key="k", at=NOON
        )

        assert again is first
        assert payment.balance.refunded == 100
        with pytest.raises(KeyUsedOtherwise):
            payment_service.request_refund(
                session, payment, amount=Money(5, EUR), idempotency_key="k", at=NOON
            )


def test_nobody_pays_where_no_account_offers_the_method(in_scope, make_account, platform, vendor):
    make_account(methods=[])
    with in_scope() as session, pytest.raises(NoAccount):
        start(session, platform, vendor)


def test_a_disabled_account_starts_nothing_but_still_refunds(in_scope, make_account, platform, vendor):
    account_id = make_account()
    with in_scope() as session:
        payment = start(session, platform, vendor)
        account = account_service.get_account(session, account_id, vendor_id=None)
        account_service.set_enabled(session, account, is_enabled=False, actor_id=None, at=NOON)

        with pytest.raises(AccountDisabled):
            start(session, platform, vendor, account=account)
        payment_service.request_refund(session, payment, at=NOON)

        assert payment.status is PaymentStatus.REFUNDED


def test_a_vendor_is_paid_through_its_own_account_if_it_has_one(in_scope, make_account, platform, vendor):
    make_account(name="Platform")
    make_account(vendor_id=vendor.id, name="Own")
    with in_scope() as session:
        assert start(session, platform, vendor).account_name == "Own"


def test_a_payment_says_how_it_was_paid_when_its_account_is_gone(in_scope, make_account, platform, vendor):
    account_id = make_account()
    with in_scope() as session:
        payment = start(session, platform, vendor)
        session.execute(sa.delete(ProviderAccount).where(ProviderAccount.id == account_id))
        session.refresh(payment)

        told = payment_service.describe(payment)

        assert (told.provider, told.method) == ("Test provider", "Card •••• 1111")
        assert told.captured == Money(1000, EUR)


def test_the_database_computes_the_same_status(in_scope, make_account, platform, vendor):
    make_account()
    with in_scope() as session:
        payments = [start(session, platform, vendor, card=card) for card in (ACCEPTED, DECLINED, CONFIRMED)]
        payments += [start(session, platform, vendor, captures_automatically=False) for _ in range(4)]
        payments += [start(session, platform, vendor) for _ in range(2)]
        payment_service.request_capture(session, payments[4], amount=Money(1, EUR), at=NOON)
        payment_service.request_void(session, payments[5], at=NOON)
        payment_service.request_refund(session, payments[7], amount=Money(1, EUR), at=NOON)
        payment_service.request_refund(session, payments[8], at=NOON)

        computed = {
            row.id: row.status
            for row in session.execute(sa.select(Payment.id, status_expression().label("status")))
        }

        assert computed == {payment.id: payment.status.value for payment in payments}
        assert len(set(computed.values())) == 8


def test_others_are_told_what_happened(in_scope, make_account, platform, vendor):
    make_account()
    told = []
    set_dispatcher(lambda _session, name, payload, *_: told.append((name, payload.amount_minor)))
    try:
        with in_scope() as session:
            payment = start(session, platform, vendor)
            payment_service.request_refund(session, payment, amount=Money(400, EUR), at=NOON)
            start(session, platform, vendor, card=DECLINED)
    finally:
        set_dispatcher(delivery.dispatch)

    assert told == [
        ("payments.payment_authorized", 1000),
        ("payments.payment_captured", 1000),
        ("payments.payment_refunded", 400),
        ("payments.payment_failed", 1000),
    ]


def test_another_platforms_payment_is_not_there(app, in_scope, make_account, make_payment, make_platform):
    make_account()
    payment_id = make_payment()
    other = make_platform("others", modules=["payments"])
    with (
        app.app_context(),
        unit_of_work() as session,
        scoped(session, other.id),
        pytest.raises(PaymentNotFound),
    ):
        payment_service.get_payment(session, payment_id)


def test_refunds_at_the_same_time_never_exceed_what_was_captured(
    in_scope, make_account, make_payment, platform
):
    make_account()
    payment_id = make_payment()
    barrier = threading.Barrier(8)
    outcomes = []

    def refund() -> None:
        barrier.wait()
        try:
            with in_scope() as session:
                payment = payment_service.get_payment(session, payment_id)
                payment_service.request_refund(session, payment, amount=Money(300, EUR), at=NOON)
            outcomes.append("refunded")
        except MoreThanCaptured:
            outcomes.append("refused")

    threads = [threading.Thread(target=refund) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["refunded"] * 3 + ["refused"] * 5
    with in_scope() as session:
        query = sa.select(sa.func.sum(LedgerEntry.amount_minor)).where(
            LedgerEntry.payment_id == payment_id, LedgerEntry.kind == EntryKind.REFUNDED
        )
        assert session.scalar(query) == 900
