"""The sums of a ledger, by themselves."""

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from modules.payments.schemas.ledger import EntryKind, PaymentStatus, sum_up


@dataclass(frozen=True)
class Line:
    kind: str
    amount_minor: int
    attempt_id: int | None = None


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ([], "pending"),
        ([("action_required", 100)], "action_required"),
        ([("action_required", 100), ("declined", 100)], "failed"),
        ([("authorized", 100)], "authorized"),
        ([("authorized", 100), ("voided", 100)], "voided"),
        ([("authorized", 100), ("captured", 40)], "partially_captured"),
        ([("authorized", 100), ("captured", 40), ("voided", 60)], "captured"),
        ([("authorized", 100), ("captured", 100), ("declined", 100)], "captured"),
        ([("authorized", 100), ("captured", 100), ("refunded", 30)], "partially_refunded"),
        ([("authorized", 100), ("captured", 100), ("refunded", 30), ("refunded", 70)], "refunded"),
    ],
)
def test_the_status_is_the_sum_of_the_ledger(lines, status):
    assert sum_up(Line(*line) for line in lines).status == PaymentStatus(status)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(EntryKind), st.integers(0, 10_000)), max_size=12).flatmap(
        lambda lines: st.tuples(st.just(lines), st.permutations(lines))
    )
)
def test_the_order_of_messages_changes_nothing(pair):
    lines, shuffled = pair

    assert sum_up(Line(*line) for line in lines) == sum_up(Line(*line) for line in shuffled)


def test_messages_that_exceed_what_is_known_never_make_anything_negative():
    balance = sum_up([Line("captured", 100), Line("refunded", 150)])

    assert (balance.capturable, balance.refundable) == (0, 0)


@dataclass(frozen=True)
class Ask:
    id: int
    verb: str
    amount_minor: int


def test_what_is_asked_for_is_taken_at_once_until_it_is_answered():
    held = [Line("authorized", 100)]
    paid = [Line("captured", 100)]
    refund, capture = Ask(1, "refund", 30), Ask(2, "capture", 100)

    assert sum_up(paid, [refund]).refundable == 70
    assert sum_up(paid, [refund]).status is PaymentStatus.CAPTURED
    assert sum_up([*paid, Line("declined", 30, 1)], [refund]).refundable == 100
    assert sum_up([*paid, Line("refunded", 30, 1)], [refund]).refundable == 70
    assert sum_up([*paid, Line("tried", 30, 1)], [refund]).refund_asked == 30
    assert (sum_up(held, [capture]).capturable, sum_up(held, [capture]).held) == (0, 100)
    assert sum_up(held, [capture]).status is PaymentStatus.AUTHORIZED


def test_a_new_try_after_a_refusal_waits_again():
    lines = [Line("action_required", 100, 1), Line("declined", 100, 1)]

    assert sum_up(lines).status is PaymentStatus.FAILED
    assert sum_up([*lines, Line("action_required", 100, 2)]).status is PaymentStatus.ACTION_REQUIRED


def test_a_refund_that_came_back_can_be_made_again():
    balance = sum_up([Line("captured", 100), Line("refunded", 40), Line("refund_reversed", 40)])

    assert (balance.refunded, balance.refundable, balance.status) == (0, 100, PaymentStatus.CAPTURED)
