"""Amounts of money: whole minor units of one currency, so that no fraction of a cent is ever lost or made up."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import total_ordering
from typing import Self


class CurrencyMismatch(ValueError):
    """Amounts of different currencies were put together: a fault of the program."""


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units (cents of euros, yen) of an ISO 4217 currency; it may be negative."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        """Refuse what would only look like an amount: a float, a boolean, a currency that is none."""
        if type(self.minor) is not int:
            raise TypeError(f"minor units are whole numbers, not {self.minor!r}")
        if not (
            len(self.currency) == 3  # noqa: PLR2004 - the length of a code of ISO 4217
            and self.currency.isascii()
            and self.currency.isalpha()
            and self.currency.isupper()
        ):
            raise ValueError(f"not a code of ISO 4217: {self.currency!r}")

    def __add__(self, other: Self) -> Self:
        return type(self)(self.minor + self._minor_of(other), self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.minor - self._minor_of(other), self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __mul__(self, count: int) -> Self:
        return type(self)(self.minor * count, self.currency)

    def __lt__(self, other: Self) -> bool:
        return self.minor < self._minor_of(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def percent(self, rate: Decimal) -> Self:
        """Return this many percent of the amount, rounded to the nearest minor unit, halves away from zero."""
        share = (Decimal(self.minor) * rate / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP)
        return type(self)(int(share), self.currency)

    def split(self, weights: Sequence[int]) -> list[Self]:
        """Share the amount out by weights; the parts always add up to it."""
        return [type(self)(part, self.currency) for part in split(self.minor, weights)]

    def _minor_of(self, other: Self) -> int:
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency}")
        return other.minor


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Share out a whole number by weights with the method of the largest remainder; the first wins a tie.

    :raises ValueError: when a weight is negative, or all of them are zero.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative, nor all zero")
    sign = -1 if total < 0 else 1
    shares = [divmod(abs(total) * weight, whole) for weight in weights]
    parts = [quotient for quotient, _remainder in shares]
    by_remainder = sorted(range(len(shares)), key=lambda index: -shares[index][1])
    for index in by_remainder[: abs(total) - sum(parts)]:
        parts[index] += 1
    return [sign * part for part in parts]
