"""Disputes, as the ledger tells of them: pure. The money is taken back at once, and returned if the dispute is won."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from modules.payments.schemas.ledger import EntryKind

DISPUTED: Final = "disputed"
WON: Final = "dispute_won"


class Line(Protocol):
    """What is read of a line of the ledger."""

    @property
    def kind(self) -> str:
        """One of `EntryKind`."""

    @property
    def reason(self) -> str:
        """Why, in a word of ours or the provider's."""

    @property
    def external_id(self) -> str:
        """What it is called at the provider."""

    @property
    def amount_minor(self) -> int:
        """The amount, never negative."""

    @property
    def occurred_at(self) -> datetime:
        """When it happened."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Money that a customer's bank has taken back; `number` is the provider's, the amount in minor units."""

    number: str
    amount_minor: int
    opened_at: datetime
    won_at: datetime | None = None


def disputes_in(lines: Iterable[Line]) -> list[Dispute]:
    """Return the disputes of a payment, in the order of its ledger."""
    lines = list(lines)
    won = {line.external_id: line.occurred_at for line in lines if line.reason == WON}
    return [
        Dispute(line.external_id, line.amount_minor, line.occurred_at, won.get(won_line(line.external_id)))
        for line in lines
        if line.kind == EntryKind.REFUNDED and line.reason == DISPUTED
    ]


def won_line(number: str) -> str:
    """Return what the line is called that says that a dispute was won."""
    return f"{number}:won"
