"""The rules of billing that need no database."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from modules.billing.exceptions import TransitionRefused
from modules.billing.schemas.features import TIERS, initial_features, open_features
from modules.billing.schemas.lifecycle import STEPS, Interval, SubscriptionStatus, check_step, period_end
from modules.billing.schemas.proration import prorate
from modules.billing.schemas.vat import decide, luxembourg_rates, rate_on, sum_by_rate
from wizamart.money import Money

RATES = luxembourg_rates()


def day(year, month, number):
    return datetime(year, month, number, 12, tzinfo=UTC)


@pytest.mark.parametrize("current", SubscriptionStatus)
@pytest.mark.parametrize("wanted", SubscriptionStatus)
def test_a_subscription_takes_only_the_steps_of_its_state_machine(current, wanted):
    if wanted in STEPS[current]:
        check_step(current, wanted)
    else:
        with pytest.raises(TransitionRefused):
            check_step(current, wanted)


def test_a_subscription_of_the_31st_renews_on_the_last_day_of_shorter_months():
    february = period_end(day(2026, 1, 31), Interval.MONTH, anchor_day=31)
    march = period_end(february, Interval.MONTH, anchor_day=31)

    assert (february, march) == (day(2026, 2, 28), day(2026, 3, 31))
    assert period_end(day(2024, 2, 29), Interval.YEAR, anchor_day=29) == day(2025, 2, 28)


def test_half_of_a_period_costs_half():
    cost = prorate(
        Money(3000, "EUR"),
        Money(9000, "EUR"),
        start=day(2026, 4, 1),
        end=day(2026, 5, 1),
        at=day(2026, 4, 16),
    )

    assert (cost.days_left, cost.days_total) == (15, 30)
    assert (cost.credit.minor, cost.charge.minor, cost.net.minor) == (1500, 4500, 3000)


def test_a_downgrade_leaves_a_credit():
    cost = prorate(
        Money(9000, "EUR"), Money(3000, "EUR"), start=day(2026, 4, 1), end=day(2026, 5, 1), at=day(2026, 4, 1)
    )

    assert cost.net == Money(-6000, "EUR")


def test_a_change_of_interval_costs_the_whole_new_period():
    cost = prorate(
        Money(3000, "EUR"),
        Money(30_000, "EUR"),
        start=day(2026, 4, 1),
        end=day(2026, 5, 1),
        at=day(2026, 4, 16),
        restarts=True,
    )

    assert cost.net == Money(28_500, "EUR")


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 31))
def test_a_change_never_costs_more_than_the_difference_of_the_prices(old, new, number):
    cost = prorate(
        Money(old, "EUR"),
        Money(new, "EUR"),
        start=day(2026, 1, 1),
        end=day(2026, 2, 1),
        at=day(2026, 1, number),
    )

    assert 0 <= cost.credit.minor <= old
    assert 0 <= cost.charge.minor <= new
    assert min(0, new - old) - 1 <= cost.net.minor <= max(0, new - old) + 1


@pytest.mark.parametrize(
    ("on", "rates"),
    [
        (date(2022, 12, 31), (17, 14, 8, 3)),
        (date(2023, 1, 1), (16, 13, 7, 3)),
        (date(2023, 12, 31), (16, 13, 7, 3)),
        (date(2024, 1, 1), (17, 14, 8, 3)),
    ],
)
def test_luxembourgs_rates_are_those_of_the_day(on, rates):
    categories = ("standard", "intermediate", "reduced", "super_reduced")

    assert tuple(rate_on(RATES, country="LU", category=name, on=on) for name in categories) == rates


@pytest.mark.parametrize(
    ("country", "number", "percent", "is_reverse_charge"),
    [
        ("LU", "LU10000356", 17, False),
        (None, None, 17, False),
        ("FR", "FR61954506077", 0, True),
        ("FR", "FR61954506078", 17, False),
        ("FR", None, 17, False),
        ("FR", "LU10000356", 17, False),
        ("GR", "EL094259216", 0, True),
        ("CH", None, 0, False),
    ],
)
def test_vat_follows_the_buyer(country, number, percent, is_reverse_charge):
    treatment = decide(
        RATES, seller_country="LU", buyer_country=country, buyer_vat_number=number, on=date(2026, 5, 4)
    )

    assert (treatment.percent, treatment.is_reverse_charge) == (percent, is_reverse_charge)
    assert bool(treatment.note) == (percent == 0)


def test_vat_is_rounded_once_for_all_lines_of_a_rate():
    class Line:
        def __init__(self, net, percent):
            self.net_minor, self.vat_percent = net, Decimal(percent)

    groups = sum_by_rate([Line(333, 17), Line(333, 17), Line(333, 17), Line(100, 3)], "EUR")

    assert [(group.percent, group.net.minor, group.vat.minor) for group in groups] == [
        (17, 999, 170),
        (3, 100, 3),
    ]


def test_each_tier_includes_those_below_and_the_first_half_of_every_modules_features():
    features = initial_features({"a": ("a1", "a2", "a3", "a4"), "b": ("b1",)})

    assert features["essential"] == ["a1", "a2", "b1"]
    assert features["professional"] == ["a1", "a2", "a3", "b1"]
    for lower, higher in pairwise(TIERS):
        assert set(features[lower]) <= set(features[higher])
    assert features["enterprise"] == ["a1", "a2", "a3", "a4", "b1"]


def test_what_no_tier_sells_is_open_to_all():
    opened = open_features(
        ["a"],
        known=frozenset("abcd"),
        sold=frozenset("ab"),
        always=frozenset("d"),
    )

    assert opened == frozenset("acd")
