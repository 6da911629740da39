"""What a credit note takes back from each rate of VAT: pure functions, so that many credits never exceed the invoice.

Goods are credited at what they cost. Other sums are shared among what is left of the rates. Either way tax is rounded
on what has been credited so far, so that the credits of a whole invoice add up to it exactly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from modules.orders.schemas.document import RateGroup
from modules.orders.services.totals_service import tax_of
from wizamart.money import split


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A line of an order; `amount_minor` is the whole line's, with the discount off."""

    rate: Decimal
    quantity: int
    amount_minor: int


def part_of(line: SoldLine, before: int, pieces: int) -> int:
    """Return what some pieces cost, after `before` others; all pieces together cost the line, to the cent."""
    return _upto(line, before + pieces) - _upto(line, before)


def value_of(
    lines: Sequence[SoldLine],
    before: Sequence[int],
    pieces: Sequence[int],
    *,
    prices_include_tax: bool,
) -> list[RateGroup]:
    """Return what pieces that come back are worth by rate; `before` came back earlier, line by line."""
    earlier = _sums([(line.rate, _upto(line, count)) for line, count in zip(lines, before, strict=True)])
    later = _sums(
        [
            (line.rate, _upto(line, count + more))
            for line, count, more in zip(lines, before, pieces, strict=True)
        ]
    )
    groups = []
    for rate, amount in sorted(later.items(), reverse=True):
        known = earlier.get(rate, 0)
        tax = tax_of(amount, rate, is_included=prices_include_tax) - tax_of(
            known, rate, is_included=prices_include_tax
        )
        net = amount - known - (tax if prices_include_tax else 0)
        if net or tax:
            groups.append(RateGroup(rate=rate, net_minor=net, tax_minor=tax))
    return groups


def share(left: Sequence[RateGroup], gross_minor: int) -> list[RateGroup]:
    """Share a sum among what is left of the rates; all that is left takes the last cent with it.

    :raises ValueError: when it is more than is left.
    """
    everything = sum(group.gross_minor for group in left)
    if gross_minor > everything:
        raise ValueError(f"{gross_minor} is more than the {everything} that are left")
    if gross_minor == everything:
        return [group for group in left if group.gross_minor]
    parts = split(gross_minor, [group.gross_minor for group in left]) if everything else []
    groups = []
    for group, part in zip(left, parts, strict=True):
        tax = tax_of(part, group.rate, is_included=True)
        tax = min(max(tax, part - group.net_minor), group.tax_minor)
        if part:
            groups.append(RateGroup(rate=group.rate, net_minor=part - tax, tax_minor=tax))
    return groups


def left_of(invoice: Sequence[RateGroup], credited: Sequence[RateGroup]) -> list[RateGroup]:
    """Return what an invoice still says once earlier credit notes are taken off."""
    gone: dict[Decimal, list[int]] = {}
    for group in credited:
        sums = gone.setdefault(group.rate.normalize(), [0, 0])
        sums[0] += group.net_minor
        sums[1] += group.tax_minor
    return [
        RateGroup(
            rate=group.rate,
            net_minor=group.net_minor - gone.get(group.rate.normalize(), [0, 0])[0],
            tax_minor=group.tax_minor - gone.get(group.rate.normalize(), [0, 0])[1],
        )
        for group in invoice
    ]


def fits(wanted: Sequence[RateGroup], left: Sequence[RateGroup]) -> bool:
    """Tell whether every rate has that much left, net and tax."""
    room = {group.rate.normalize(): group for group in left}
    return all(
        group.rate.normalize() in room
        and group.net_minor <= room[group.rate.normalize()].net_minor
        and group.tax_minor <= room[group.rate.normalize()].tax_minor
        for group in wanted
    )


def _upto(line: SoldLine, pieces: int) -> int:
    exact = Decimal(line.amount_minor * pieces) / line.quantity
    return int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def _sums(amounts: Sequence[tuple[Decimal, int]]) -> Mapping[Decimal, int]:
    sums: dict[Decimal, int] = {}
    for rate, amount in amounts:
        sums[rate.normalize()] = sums.get(rate.normalize(), 0) + amount
    return sums
