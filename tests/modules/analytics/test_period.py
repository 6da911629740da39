"""Periods: what a query string asks for, and what it is compared with."""

from datetime import date

import pytest

from modules.analytics.schemas.period import Period, Preset, choose
from modules.analytics.schemas.sales import Figures, change_of, total_of

TODAY = date(2028, 2, 29)


@pytest.mark.parametrize(
    ("asked", "start", "compared"),
    [
        ("7", date(2028, 2, 23), Period(date(2028, 2, 16), date(2028, 2, 22))),
        ("30", date(2028, 1, 31), Period(date(2028, 1, 1), date(2028, 1, 30))),
        ("year", date(2028, 1, 1), Period(date(2027, 1, 1), date(2027, 2, 28))),
    ],
)
def test_a_preset_ends_today_and_is_compared_with_as_much_before(asked, start, compared):
    choice = choose({"period": asked}, today=TODAY)

    assert choice.period == Period(start, TODAY)
    assert choice.compared == compared


@pytest.mark.parametrize("arguments", [{}, {"period": "month"}, {"period": ""}])
def test_without_a_meaningful_wish_it_is_30_days(arguments):
    choice = choose(arguments, today=TODAY)

    assert choice.preset is Preset.MONTH
    assert choice.period.length == 30


def test_days_of_ones_own_include_both_ends():
    choice = choose({"period": "custom", "from": "2028-02-01", "until": "2028-02-01"}, today=TODAY)

    assert choice.error is None
    assert list(choice.period.days()) == [date(2028, 2, 1)]
    assert choice.compared == Period(date(2028, 1, 31), date(2028, 1, 31))


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2028-02-02", "2028-02-01"),
        ("", "2028-02-01"),
        ("2028-02-30", "2028-03-01"),
        ("2001-01-01", "2028-01-01"),
        ("0001-01-01", "0001-01-02"),
        ("9998-01-01", "9999-12-31"),
        ("2031-01-01", "2031-01-02"),
    ],
)
def test_days_that_make_no_sense_are_refused_and_30_days_shown(start, end):
    choice = choose({"period": "custom", "from": start, "until": end}, today=TODAY)

    assert choice.error
    assert choice.period.length == 30


def test_more_than_a_quarter_is_shown_by_months():
    assert not choose({"period": "90"}, today=TODAY).period.is_long
    assert Period(date(2028, 1, 1), date(2028, 12, 31)).is_long


def test_an_average_is_rounded_half_up_and_nothing_has_none():
    assert Figures(orders=2, gross=101).average == 51
    assert Figures(orders=3, gross=100).average == 33
    assert Figures().average == 0


def test_figures_add_up():
    assert total_of([Figures(1, 2, 3), Figures(10, 20, 30)]) == Figures(11, 22, 33)


def test_growth_needs_something_to_grow_from():
    assert change_of(150, 100) == 0.5
    assert change_of(0, 100) == -1
    assert change_of(10, 0) is None
    assert change_of(10, -5) is None
