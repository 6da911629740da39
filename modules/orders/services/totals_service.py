"""What an order costs: a pure function over its lines, so that page, database and tests agree to the cent.

VAT is computed once for each rate on the sum of its lines, as invoices do, and shared out among the lines by the
largest remainder: the shares add up to the tax exactly.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from wizamart.money import split

HUNDRED: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Item:
    """A line as it is priced: minor units, the discount for the whole line, the rate in percent."""

    unit_price_minor: int
    quantity: int
    tax_rate: Decimal
    discount_minor: int = 0

    @property
    def amount_minor(self) -> int:
        """What the line comes to; a discount never makes it a gift of money."""
        return max(0, self.unit_price_minor * self.quantity - self.discount_minor)


@dataclass(frozen=True, slots=True)
class TaxGroup:
    """The lines of one rate together."""

    rate: Decimal
    net_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class Totals:
    """What an order comes to; `line_taxes` and `line_totals` (tax included) are in the order of the items."""

    net_minor: int
    tax_minor: int
    total_minor: int
    discount_minor: int
    groups: tuple[TaxGroup, ...]
    line_taxes: tuple[int, ...]
    line_totals: tuple[int, ...]


def compute(items: Sequence[Item], *, prices_include_tax: bool) -> Totals:
    """Return the totals of items whose prices include the tax, or do not."""
    by_rate: dict[Decimal, list[int]] = defaultdict(list)
    for index, item in enumerate(items):
        by_rate[item.tax_rate.normalize()].append(index)
    groups: list[TaxGroup] = []
    taxes = [0] * len(items)
    for rate, indices in sorted(by_rate.items(), reverse=True):
        amounts = [items[index].amount_minor for index in indices]
        tax = tax_of(sum(amounts), rate, is_included=prices_include_tax)
        for index, share in zip(indices, share_out(tax, amounts), strict=True):
            taxes[index] = share
        groups.append(TaxGroup(rate, sum(amounts) - (tax if prices_include_tax else 0), tax))
    net = sum(group.net_minor for group in groups)
    tax = sum(group.tax_minor for group in groups)
    return Totals(
        net_minor=net,
        tax_minor=tax,
        total_minor=net + tax,
        discount_minor=sum(item.unit_price_minor * item.quantity - item.amount_minor for item in items),
        groups=tuple(groups),
        line_taxes=tuple(taxes),
        line_totals=tuple(
            item.amount_minor + (0 if prices_include_tax else tax)
            for item, tax in zip(items, taxes, strict=True)
        ),
    )


def tax_of(amount_minor: int, rate: Decimal, *, is_included: bool) -> int:
    """Return the tax in an amount, or on it, rounded half up to the minor unit."""
    divisor = HUNDRED + rate if is_included else HUNDRED
    return int((amount_minor * rate / divisor).quantize(Decimal(1), ROUND_HALF_UP))


def share_out(amount: int, weights: Sequence[int]) -> list[int]:
    """Share an amount in proportion to the weights; where all are zero, there is nothing to share."""
    return split(amount, weights) if any(weights) else [0] * len(weights)
