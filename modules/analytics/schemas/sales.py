"""Sales as modules contribute them, and as reports show them.

Providers of `analytics.daily_sales` are called with `(session, *, platform_id, vendor_id, start, end)`, both days
included and `vendor_id` None for the whole platform, and return dicts of `day`, `currency`, `orders`, `units` and
`gross_minor`. Days are those of the platform's time zone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pydantic import ConfigDict, Field

from wizamart.schema import Schema


class ContributedSales(Schema):
    """One line that a source contributes."""

    model_config = ConfigDict(frozen=True, strict=True)

    day: date
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    orders: int = Field(ge=0)
    gross_minor: int
    units: int = Field(ge=0)


@dataclass(frozen=True, slots=True)
class Figures:
    """What was sold; `gross` is in minor units."""

    orders: int = 0
    units: int = 0
    gross: int = 0

    def __add__(self, other: "Figures") -> "Figures":
        return Figures(self.orders + other.orders, self.units + other.units, self.gross + other.gross)

    @property
    def average(self) -> int:
        """The average of an order in minor units, rounded half up; 0 where there is none."""
        return (2 * self.gross + self.orders) // (2 * self.orders) if self.orders else 0


def total_of(figures: Iterable[Figures]) -> Figures:
    """Return the sum."""
    return sum(figures, Figures())


def change_of(now: int, before: int) -> float | None:
    """Return the growth as a share, 0.25 for a quarter more; None where there is nothing to compare with."""
    return (now - before) / before if before > 0 else None
