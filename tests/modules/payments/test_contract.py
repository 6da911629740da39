"""What holds for every provider, whatever it is called."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.payments.exceptions import MoreThanCaptured, NotPayable, ProviderSilent, WebhookRefused
from modules.payments.gateways.registry import get_gateway
from modules.payments.models.message import WebhookMessage
from modules.payments.schemas.dispute import DisputeState
from modules.payments.schemas.ledger import EntryKind, PaymentStatus
from modules.payments.services import (
    attempt_service,
    checkout_service,
    notice_service,
    payment_service,
    reconcile_service,
)
from tests.modules.payments.bank_benches import BankBench, PayPalBench
from tests.modules.payments.benches import Bench, StripeBench, TestBench
from tests.modules.payments.world import open_world
from wizamart import clock
from wizamart.money import Money
from wizamart.queue import Task, TaskStatus

BENCHES = (TestBench, StripeBench, PayPalBench, BankBench)
ALL = [bench.code for bench in BENCHES]
TELLING = [bench.code for bench in BENCHES if bench.sends_messages]
REMOTE = [code for code in ALL if get_gateway(code).capabilities.is_remote]
HOLDING = [code for code in ALL if get_gateway(code).capabilities.void]
PAGE = "https://shop.example/pay/token"


@pytest.fixture(scope="session")
def benches():
    """One bench a provider for the whole run: a server a test would be slow."""
    made = {bench.code: bench() for bench in BENCHES}
    yield made
    for bench in made.values():
        bench.close()


@pytest.fixture
def code(request) -> str:
    return request.param


@pytest.fixture
def bench(benches, code) -> Bench:
    benches[code].reset()
    return benches[code]


@pytest.fixture
def settings(settings, benches):
    addresses = {name: one.address for name, one in benches.items() if one.address}
    return settings.model_copy(update={"service_addresses": addresses})


@pytest.fixture(autouse=True)
def impatience(monkeypatch):
    """Let the client of Stripe try again at once."""
    import stripe

    monkeypatch.setattr(stripe.HTTPClient, "_sleep_time_seconds", lambda *_: 0)


@pytest.fixture
def world(app, platform, vendor, bench):
    return open_world(app, platform, vendor, bench)


def over(codes):
    return pytest.mark.parametrize("code", codes, indirect=True)


@over(ALL)
@pytest.mark.backends("sqlite")
def test_a_customer_pays_once_however_often_the_button_is_pressed(world):
    payment = world.begin()
    addresses = {world.press(payment, key) for key in ("1", "1", "2")}
    world.bench.customer_pays(world.read(payment))
    world.look_up(payment)
    world.look_up(payment)

    paid = world.read(payment)
    assert len(addresses) == 1
    assert (paid.status, paid.captured_minor) == (PaymentStatus.CAPTURED, 5000)
    assert len([one for one in paid.attempts if one.verb == "authorize"]) == 1
    assert paid.balance.is_answered


@over(TELLING)
@pytest.mark.backends("sqlite")
def test_what_was_declined_can_be_paid_at_the_next_try(world):
    payment = world.begin()
    world.press(payment, source=world.bench.declined_source)
    world.bench.customer_is_declined(world.read(payment))
    world.look_up(payment)

    declined = world.read(payment)
    assert declined.status is PaymentStatus.FAILED
    assert checkout_service.is_payable(declined)

    world.press(payment, "2")
    world.bench.customer_pays(world.read(payment))
    world.look_up(payment)
    assert world.read(payment).status is PaymentStatus.CAPTURED


@over(HOLDING)
@pytest.mark.backends("sqlite")
def test_what_is_held_is_taken_in_part_and_the_rest_released(world):
    held = world.pay(holds=True)
    assert (held.status, held.balance.capturable) == (PaymentStatus.AUTHORIZED, 5000)

    taken = world.ask("capture", held, 2000)
    if taken.balance.held:
        taken = world.ask("void", held, key="rest")

    assert (taken.balance.captured, taken.balance.voided, taken.balance.held) == (2000, 3000, 0)
    assert taken.balance.is_answered
    world.look_up(taken)
    assert world.read(taken).balance == taken.balance


@over(HOLDING)
@pytest.mark.backends("sqlite")
def test_what_is_held_is_released_and_nothing_is_taken(world):
    voided = world.ask("void", world.pay(holds=True))

    assert (voided.status, voided.captured_minor) == (PaymentStatus.VOIDED, 0)
    world.look_up(voided)
    assert world.read(voided).balance == voided.balance


@over(ALL)
@pytest.mark.backends("sqlite")
def test_money_goes_back_in_parts_and_never_more_than_came(world):
    paid = world.pay()
    world.ask("refund", paid, 1500, "first")
    world.ask("refund", paid, 1500, "first")

    with pytest.raises(MoreThanCaptured):
        world.ask("refund", paid, 3501, "too much")
    refunded = world.ask("refund", paid, None, "rest")

    assert (refunded.status, refunded.refunded_minor) == (PaymentStatus.REFUNDED, 5000)
    assert len([line for line in refunded.entries if line.kind == EntryKind.REFUNDED]) == 2
    with pytest.raises(MoreThanCaptured):
        world.ask("refund", paid, 1, "more")


@over(TELLING)
def test_messages_thrice_shuffled_and_at_once_have_one_effect_each(world):
    paid = world.pay()
    world.ask("refund", paid, 1500, "first")
    messages = world.bench.messages_about(world.read(paid))
    _deliver_at_once(world, messages)

    told = world.read(paid)
    kinds = [line.kind for line in told.entries]
    assert kinds.count(EntryKind.CAPTURED) == 1
    assert told.captured_minor == 5000
    assert told.refunded_minor == (1600 if world.bench.code == "test" else 1500)
    with world.session() as session:
        stored = session.scalars(sa.select(WebhookMessage)).all()
        assert len(stored) == len(messages)
        assert all(message.handled_at for message in stored)


@over(TELLING)
@pytest.mark.backends("sqlite")
def test_messages_alone_tell_the_whole_story_in_any_order(world):
    payment = world.begin()
    world.press(payment)
    world.bench.customer_pays(world.read(payment))
    messages = world.bench.messages_about(world.read(payment))

    for order in (messages[::-1], messages):
        world.deliver(order)

    assert world.read(payment).captured_minor == 5000


@over(TELLING)
@pytest.mark.backends("sqlite")
def test_a_message_with_a_bad_or_an_old_signature_is_refused_and_not_stored(world):
    paid = world.pay()
    forged = world.bench.forged(paid)
    assert forged

    for headers, body in [*forged, ({}, b"{}"), ({"Stripe-Signature": "t=1"}, b"\xff")]:
        with pytest.raises(WebhookRefused):
            world.deliver([(headers, body)])

    with world.session() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(WebhookMessage)) == 0
    assert world.read(paid).balance == paid.balance


@over(REMOTE)
@pytest.mark.backends("sqlite")
@pytest.mark.parametrize("statuses", [(409, 409), (429,), (500, 500)])
def test_a_provider_that_is_busy_is_asked_again_with_the_same_key(world, statuses):
    paid = world.pay()
    world.bench.answer_with(*statuses)

    waiting = world.ask("refund", paid, 1500)
    assert (waiting.balance.refund_asked, waiting.refunded_minor) == (1500, 0)
    assert waiting.attempts[-1].trouble
    world.work_off()

    assert world.read(paid).refunded_minor == 1500
    assert world.bench.count_refunds(paid) == (1, 1500)


@over(REMOTE)
@pytest.mark.backends("sqlite")
def test_an_answer_that_got_lost_is_found_again_and_nothing_is_done_twice(world):
    payment = world.begin()
    world.bench.lose_answers(2)
    with pytest.raises(ProviderSilent):
        world.press(payment)
    assert world.press(payment, "2")
    world.bench.customer_pays(world.read(payment))
    world.look_up(payment)

    world.bench.lose_answers(2)
    lost = world.ask("refund", payment, 1500)
    assert (lost.balance.refund_asked, lost.balance.refundable) == (1500, 3500)
    world.look_up(payment)

    mended = world.read(payment)
    assert (mended.refunded_minor, mended.balance.refund_asked) == (1500, 0)
    assert world.bench.count_refunds(payment) == (1, 1500)


@over(REMOTE)
def test_a_crash_between_the_charge_and_its_record_is_mended_by_the_schedule(world, monkeypatch):
    held = world.pay(holds=True)

    def die(*_args, **_options):
        raise SystemExit("the process is gone")

    with monkeypatch.context() as broken:
        broken.setattr(attempt_service, "record", die)
        crashed = world.ask("capture", held, 5000)
    assert crashed.status is PaymentStatus.AUTHORIZED
    assert crashed.balance.capturable == 0

    later = clock.now() + reconcile_service.PATIENCE * 3
    with world.session() as session:
        due = reconcile_service.list_due(session, platform_id=world.platform.id, at=later)
        stuck = session.scalars(reconcile_service.stuck_payments(at=later)).all()
        assert due == [payment.id for payment in stuck] == [held.id]
    world.look_up(held)

    mended = world.read(held)
    assert (mended.status, mended.captured_minor) == (PaymentStatus.CAPTURED, 5000)
    assert mended.balance.is_answered


@over(["paypal"])
@pytest.mark.backends("sqlite")
def test_a_consent_that_was_used_is_answered_by_what_was_taken(world, monkeypatch):
    payment = world.begin()
    world.press(payment)
    world.bench.customer_pays(world.read(payment))

    def die(*_args, **_options):
        raise SystemExit("the process is gone")

    with monkeypatch.context() as broken:
        broken.setattr(attempt_service, "record", die)
        with pytest.raises(SystemExit):
            world.look_up(payment)
    with world.session() as session:
        session.execute(sa.update(Task).values(status=TaskStatus.DEAD))
    assert not world.read(payment).balance.is_answered
    world.look_up(payment)

    mended = world.read(payment)
    assert (mended.status, mended.captured_minor) == (PaymentStatus.CAPTURED, 5000)
    assert mended.balance.is_answered


@over(REMOTE)
@pytest.mark.backends("sqlite")
def test_what_a_provider_never_heard_of_is_closed_once_its_key_has_expired(world, monkeypatch):
    paid = world.pay()
    world.bench.answer_with(500, 500)
    world.ask("refund", paid, 1500)
    with world.session() as session:
        attempt = session.get_one(type(paid.attempts[-1]), world.read(paid).attempts[-1].id)
        attempt.created_at -= get_gateway(world.bench.code).capabilities.keys_hold * 2
        session.execute(sa.update(Task).values(status=TaskStatus.DEAD))

    world.look_up(paid)

    closed = world.read(paid)
    assert closed.entries[-1].reason == "never_arrived"
    assert closed.balance.refundable == 5000
    assert world.bench.count_refunds(paid) == (0, 0)


@over(REMOTE)
def test_refunds_at_the_same_time_never_exceed_what_was_captured_at_the_provider(world):
    paid = world.pay()
    barrier = threading.Barrier(12)
    outcomes = []

    def refund(number):
        barrier.wait()
        try:
            with world.session() as session:
                payment = payment_service.get_payment(session, paid.id)
                amount = Money(900, "EUR")
                payment_service.request_refund(
                    session, payment, amount=amount, idempotency_key=f"refund-{number}", at=clock.now()
                )
            outcomes.append("asked")
        except MoreThanCaptured:
            outcomes.append("refused")

    threads = [threading.Thread(target=refund, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count("asked") == 5
    world.work_off()

    assert world.read(paid).refunded_minor == 4500
    assert world.bench.count_refunds(paid) == (5, 4500)


@over(["stripe"])
@pytest.mark.backends("sqlite")
def test_a_payment_that_is_called_off_closes_the_page_at_the_provider(world):
    payment = world.begin()
    world.press(payment)
    with world.session() as session:
        assert checkout_service.call_off(
            session, payment_service.get_payment(session, payment.id), at=clock.now()
        )
    world.work_off()

    closed = world.read(payment)
    assert (closed.status, closed.balance.is_answered) == (PaymentStatus.FAILED, True)
    assert world.bench.fake.things[closed.attempts[0].external_id]["status"] == "expired"
    with pytest.raises(NotPayable):
        world.press(payment, "2")


@over([StripeBench.code, PayPalBench.code])
@pytest.mark.parametrize("is_won", [True, False])
def test_disputes_told_thrice_shuffled_and_at_once_stand_as_the_provider_says(world, is_won):
    paid, due_at = world.pay(), clock.now().replace(microsecond=0) + timedelta(days=9)
    number = world.bench.customer_disputes(paid, due_at=due_at)
    _deliver_at_once(world, world.bench.messages_about(paid))

    [opened] = world.read(paid).disputes
    assert (opened.number, opened.state, opened.amount_minor) == (number, DisputeState.OPEN, 5000)
    assert abs(opened.due_at - due_at) < timedelta(minutes=1)
    with world.session() as session:
        [reminder] = session.scalars(sa.select(Task).where(Task.name == notice_service.REMIND))
        assert reminder.run_at < due_at

    world.bench.dispute_is_looked_at(number)
    world.bench.dispute_ends(number, is_won=is_won)
    _deliver_at_once(world, world.bench.messages_about(paid))

    told = world.read(paid)
    [ended] = told.disputes
    assert (ended.state, ended.due_at) == (DisputeState.WON if is_won else DisputeState.LOST, None)
    assert told.refunded_minor == (0 if is_won else 5000)
    assert told.captured_minor == 5000


def _deliver_at_once(world, messages):
    """Deliver messages three times each, shuffled, from four sides at once."""
    messages = messages * 3
    random.Random(7).shuffle(messages)  # noqa: S311 - the same order in every run
    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(world.deliver, messages[start::4]) for start in range(4)]:
            done.result()
    world.work_off()


@over([PayPalBench.code])
@pytest.mark.backends("sqlite")
def test_a_consent_to_a_payment_that_was_called_off_takes_nothing(world):
    payment = world.begin()
    world.press(payment)
    with world.session() as session:
        checkout_service.call_off(session, payment_service.get_payment(session, payment.id), at=clock.now())
    world.bench.customer_pays(world.read(payment))
    world.look_up(payment)
    world.deliver(world.bench.messages_about(payment))

    assert world.read(payment).captured_minor == 0
    assert not world.bench.fake.calls_of("POST", "/capture")
