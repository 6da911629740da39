"""Amounts keep their currency and lose no minor unit."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from wizamart.money import CurrencyMismatch, Money, split


def test_amounts_of_one_currency_add_up():
    assert Money(1999, "EUR") + Money(1, "EUR") - Money(500, "EUR") == Money(1500, "EUR")
    assert Money(250, "EUR") * 3 == Money(750, "EUR")
    assert -Money(250, "EUR") < Money(0, "EUR")


@pytest.mark.parametrize("operation", [Money.__add__, Money.__sub__, Money.__lt__])
def test_amounts_of_different_currencies_are_never_put_together(operation):
    with pytest.raises(CurrencyMismatch):
        operation(Money(1, "EUR"), Money(1, "CHF"))


@pytest.mark.parametrize("minor", [1.5, True, "1", Decimal(1)])
def test_an_amount_is_a_whole_number_of_minor_units(minor):
    with pytest.raises(TypeError):
        Money(minor, "EUR")


@pytest.mark.parametrize("currency", ["eur", "EURO", "E1R", ""])
def test_a_currency_is_a_code_of_three_capitals(currency):
    with pytest.raises(ValueError, match="ISO 4217"):
        Money(1, currency)


def test_a_percentage_is_rounded_to_the_nearest_minor_unit_with_halves_away_from_zero():
    assert Money(1050, "EUR").percent(Decimal(17)) == Money(179, "EUR")
    assert Money(50, "EUR").percent(Decimal(1)) == Money(1, "EUR")
    assert Money(-50, "EUR").percent(Decimal(1)) == Money(-1, "EUR")


def test_what_cannot_be_shared_evenly_goes_to_the_largest_remainders():
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(-100, [1, 1, 1]) == [-34, -33, -33]
    assert split(10, [0, 7, 3]) == [0, 7, 3]


@given(
    st.integers(-(10**12), 10**12),
    st.lists(st.integers(0, 10**6), min_size=1, max_size=12).filter(any),
)
def test_shares_always_add_up_and_are_off_by_less_than_one(total, weights):
    parts = split(total, weights)

    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * sum(weights) - total * weight) < sum(weights)


@pytest.mark.parametrize("weights", [[], [0, 0], [2, -1]])
def test_shares_need_weights(weights):
    with pytest.raises(ValueError, match="weights"):
        split(10, weights)
