from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from modules.orders.services.totals_service import Item, compute

RATES = [Decimal(rate) for rate in ("17", "14", "8", "3", "0")]
ITEMS = st.lists(
    st.builds(
        Item,
        unit_price_minor=st.integers(0, 100_000),
        quantity=st.integers(1, 50),
        tax_rate=st.sampled_from(RATES),
        discount_minor=st.integers(0, 5_000),
    ),
    max_size=12,
)


def test_prices_that_include_the_tax_are_what_the_customer_pays():
    totals = compute([Item(1170, 2, Decimal(17))], prices_include_tax=True)

    assert (totals.net_minor, totals.tax_minor, totals.total_minor) == (2000, 340, 2340)


def test_prices_without_tax_get_it_on_top():
    totals = compute([Item(1000, 2, Decimal(17))], prices_include_tax=False)

    assert (totals.net_minor, totals.tax_minor, totals.total_minor) == (2000, 340, 2340)
    assert totals.line_totals == (2340,)


def test_each_rate_is_a_group_of_its_own_highest_first():
    items = [Item(103, 1, Decimal(3)), Item(117, 1, Decimal("17.00")), Item(117, 1, Decimal(17))]

    totals = compute(items, prices_include_tax=True)

    assert [(group.rate, group.tax_minor) for group in totals.groups] == [(17, 34), (3, 3)]


def test_the_tax_is_rounded_once_a_rate_and_shared_by_the_largest_remainder():
    totals = compute([Item(10, 1, Decimal(17))] * 3, prices_include_tax=True)

    assert totals.tax_minor == 4  # 30 * 17 / 117 = 4.36; rounding each line would make 3 * 1 = 3
    assert sorted(totals.line_taxes) == [1, 1, 2]


def test_a_discount_lowers_the_taxed_amount_and_never_makes_it_negative():
    totals = compute(
        [Item(1000, 1, Decimal(17), 400), Item(500, 1, Decimal(17), 900)], prices_include_tax=True
    )

    assert (totals.total_minor, totals.discount_minor) == (600, 900)


def test_nothing_costs_nothing():
    assert compute([], prices_include_tax=True).total_minor == 0


@pytest.mark.parametrize("included", [True, False])
@given(items=ITEMS)
def test_lines_and_groups_always_add_up_to_the_totals(included, items):
    totals = compute(items, prices_include_tax=included)

    assert sum(totals.line_taxes) == totals.tax_minor == sum(group.tax_minor for group in totals.groups)
    assert sum(totals.line_totals) == totals.total_minor == totals.net_minor + totals.tax_minor
