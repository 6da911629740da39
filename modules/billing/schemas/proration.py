"""What a change of tier costs in the middle of a period. Pure, no database."""

from dataclasses import dataclass
from datetime import datetime

from wizamart.money import Money


@dataclass(frozen=True, slots=True)
class Proration:
    """`credit` is the unused part of the old price, `charge` what the new tier costs for the same days."""

    credit: Money
    charge: Money
    days_left: int
    days_total: int
    restarts: bool = False

    @property
    def net(self) -> Money:
        """What is to pay now; negative where something is left over."""
        return self.charge - self.credit


def prorate(
    old_price: Money,
    new_price: Money,
    *,
    start: datetime,
    end: datetime,
    at: datetime,
    restarts: bool = False,
) -> Proration:
    """Share both prices out over the days used and the days left; no cent is lost, since each price is split.

    The running day counts as used. Where the period restarts (monthly became yearly), the whole new price is due.
    """
    days_total = max(1, (end.date() - start.date()).days)
    days_left = min(days_total, max(0, (end.date() - at.date()).days))
    weights = [days_total - days_left, days_left]
    credit = old_price.split(weights)[1]
    charge = new_price if restarts else new_price.split(weights)[1]
    return Proration(credit, charge, days_left, days_total, restarts)
