"""Disputes: where a vendor finds and answers them, and what the list says of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from modules.payments.gateways.interface import Notice
from modules.payments.gateways.registry import get_gateway
from modules.payments.models.payment import Payment
from modules.payments.schemas.dispute import DISPUTED, REVIEWED, WON, won_line
from modules.payments.schemas.ledger import EntryKind
from modules.payments.services import ledger_service, notice_service
from tests.modules.payments.conftest import NOON
from wizamart.module_system import delivery
from wizamart.module_system.events import set_dispatcher
from wizamart.money import Money


@pytest.fixture
def owner(client, make_user, sign_in, platform, vendor):
    sign_in(client, make_user(owner_of=vendor))
    client.base = f"/platforms/{platform.code}/vendor/{vendor.code}/payments"
    return client


@pytest.fixture
def tell(in_scope):
    """Return `tell(payment_id, number, is_won=False)`: the provider says that a bank took money, or gave it back."""

    def write(payment_id, number, *, is_won=False):
        amount = Money(700, "EUR")
        kind, name = (EntryKind.REFUND_REVERSED, won_line(number)) if is_won else (EntryKind.REFUNDED, number)
        notice = Notice(
            name,
            "",
            kind,
            amount,
            WON if is_won else DISPUTED,
            fact_id=name,
            reverses=number if is_won else "",
            dispute=number,
        )
        with in_scope() as session:
            notice_service.write(session, ledger_service.lock_payment(session, payment_id), notice, at=NOON)

    return write


@pytest.fixture
def disputed(make_account, make_payment, in_scope, tell):
    """Return the ids of three payments: one disputed twice and won once, one won, one that nobody disputes."""
    make_account()
    ids = [make_payment(reference=f"ORD-{number}") for number in (1, 2, 3)]
    with in_scope() as session:
        for payment_id in ids:
            session.get_one(Payment, payment_id).gateway = "stripe"
    for number, is_won in (("dp_a", True), ("dp_b", False)):
        tell(ids[0], number)
        if is_won:
            tell(ids[0], number, is_won=True)
    tell(ids[1], "dp_c")
    tell(ids[1], "dp_c", is_won=True)
    return ids


def test_a_vendor_sees_what_the_bank_took_back_and_where_to_answer(owner, disputed):
    first, second, third = (owner.get(f"{owner.base}/{payment_id}").text for payment_id in disputed)

    assert first.count("Waits for your answer") == 1
    assert first.count(">Won<") == 1
    assert 'href="https://dashboard.stripe.com/test/disputes/dp_b"' in first
    assert "Answer the dispute at Stripe" in first
    assert "Answer the dispute at Stripe" not in second
    assert "See the dispute at Stripe" in second
    assert 'id="disputes"' not in third


@pytest.mark.parametrize(("chosen", "shown"), [("open", {1}), ("won", {2}), ("", {1, 2, 3})])
def test_the_list_can_be_narrowed_to_what_is_disputed(owner, disputed, chosen, shown):
    page = owner.get(f"{owner.base}?disputes={chosen}").text

    assert {number for number in (1, 2, 3) if f"ORD-{number}" in page} == shown


def test_a_number_leads_nowhere_but_to_the_provider():
    stripe, paypal, test = (get_gateway(code) for code in ("stripe", "paypal", "test"))

    assert stripe.dispute_address("dp_1", is_live=True) == "https://dashboard.stripe.com/disputes/dp_1"
    assert stripe.dispute_address("../x?y", is_live=True).endswith("/disputes/..%2Fx%3Fy")
    assert paypal.dispute_address("PP-D-1/..", is_live=True).endswith(
        "paypal.com/resolutioncenter/view/PP-D-1%2F.."
    )
    assert test.dispute_address("dp_1", is_live=False) == ""


@pytest.mark.backends("sqlite")
def test_the_vendor_is_told_until_when_and_reminded_while_the_answer_is_wanted(owner, disputed, in_scope):
    due_at = NOON + timedelta(days=9)
    told = Notice("e", "", EntryKind.DISPUTED, Money(700, "EUR"), DISPUTED, fact_id="dp_b:1", dispute="dp_b")
    with in_scope() as session:
        payment = ledger_service.lock_payment(session, disputed[0])
        asked = notice_service.write(session, payment, replace(told, due_at=due_at), at=NOON)
        entry_id = asked.id

    page, home = owner.get(f"{owner.base}/{disputed[0]}").text, owner.get(owner.base.removesuffix("payments"))
    assert "answer by" in page
    assert "Disputes to answer" in home.text
    assert _remind(in_scope, entry_id) == [("payments.payment_disputed", due_at)]

    answered = replace(told, reason=REVIEWED, fact_id="dp_b:2", occurred_at=NOON + timedelta(hours=1))
    with in_scope() as session:
        notice_service.write(session, ledger_service.lock_payment(session, disputed[0]), answered, at=NOON)
    assert "answer by" not in owner.get(f"{owner.base}/{disputed[0]}").text
    assert _remind(in_scope, entry_id) == []


def _remind(in_scope, entry_id):
    """Do what the task does on its day, and return what others are told."""
    told = []
    set_dispatcher(lambda _session, name, payload, *_: told.append((name, payload.due_at)))
    try:
        with in_scope() as session:
            notice_service.remind_of_dispute(session, entry_id)
    finally:
        set_dispatcher(delivery.dispatch)
    return told
