"""The sums of a ledger, by themselves."""

from dataclasses import dataclass

import pytest
from hypothesis import given, strategies as st

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
