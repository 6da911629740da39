"""Disputes, as the ledger tells of them: pure.

A provider says how a dispute stands (`DISPUTED` lines), and until when it wants the vendor's answer. Some take the
money back while it is decided (a `REFUNDED` line), and return it if the dispute is won.
"""

import enum
from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple, Protocol

from modules.payments.schemas.ledger import EntryKind
from wizamart.i18n import LazyText, lazy_pgettext

DISPUTED: Final = "disputed"
REVIEWED: Final = "dispute_reviewed"
WON: Final = "dispute_won"
LOST: Final = "dispute_lost"
CLOSED: Final = "dispute_closed"
ENDS: Final = frozenset({WON, LOST, CLOSED})


class DisputeState(enum.StrEnum):
    """How a dispute stands."""

    OPEN = "open"
    REVIEWED = "reviewed"
    WON = "won"
    LOST = "lost"
    CLOSED = "closed"

    @property
    def label(self) -> LazyText:
        """The state in words."""
        return _LABELS[self]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return _TONES[self]


_LABELS: Final = {
    DisputeState.OPEN: lazy_pgettext("dispute", "Waits for your answer"),
    DisputeState.REVIEWED: lazy_pgettext("dispute", "Being looked at"),
    DisputeState.WON: lazy_pgettext("dispute", "Won"),
    DisputeState.LOST: lazy_pgettext("dispute", "Lost"),
    DisputeState.CLOSED: lazy_pgettext("dispute", "Closed"),
}
_TONES: Final = {
    DisputeState.OPEN: "warn",
    DisputeState.REVIEWED: "note",
    DisputeState.WON: "good",
    DisputeState.LOST: "bad",
    DisputeState.CLOSED: "note",
}
_STATES: Final = {
    DISPUTED: DisputeState.OPEN,
    REVIEWED: DisputeState.REVIEWED,
    WON: DisputeState.WON,
    LOST: DisputeState.LOST,
    CLOSED: DisputeState.CLOSED,
}


class Line(Protocol):
    """What is read of a line of the ledger."""

    @property
    def kind(self) -> str:
        """One of `EntryKind`."""

    @property
    def reason(self) -> str:
        """How the dispute stands: one of the words above."""

    @property
    def dispute(self) -> str:
        """What the dispute is called at the provider; nothing where the line tells of none."""

    @property
    def due_at(self) -> datetime | None:
        """Until when the provider wants an answer."""

    @property
    def amount_minor(self) -> int:
        """The amount, never negative."""

    @property
    def occurred_at(self) -> datetime:
        """When it happened."""


class Dispute(NamedTuple):
    """Money that a customer wants back through PayPal or a bank; `number` is the provider's, the amount in minor units.

    `due_at` is there only while the vendor is to answer, `ended_at` only once it is decided. `is_money_gone` says that
    the provider holds the money meanwhile, or has given it away.
    """

    number: str
    amount_minor: int
    opened_at: datetime
    state: DisputeState
    due_at: datetime | None = None
    ended_at: datetime | None = None
    is_money_gone: bool = False


def disputes_in(lines: Iterable[Line]) -> list[Dispute]:
    """Return the disputes of a payment, in the order in which they were opened."""
    by_number: dict[str, list[Line]] = {}
    for line in sorted(lines, key=lambda line: line.occurred_at):
        if line.dispute:
            by_number.setdefault(line.dispute, []).append(line)
    return [_dispute(number, told) for number, told in by_number.items()]


def _dispute(number: str, told: list[Line]) -> Dispute:
    """Read the lines of one dispute, oldest first: once it is decided, what comes late changes nothing."""
    end = next((line for line in reversed(told) if line.reason in ENDS), None)
    latest = next((line for line in reversed(told) if line.kind == EntryKind.DISPUTED), told[-1])
    state = _STATES.get((end or latest).reason, DisputeState.OPEN)
    kinds = {line.kind for line in told}
    return Dispute(
        number,
        told[0].amount_minor,
        told[0].occurred_at,
        state,
        due_at=latest.due_at if state is DisputeState.OPEN else None,
        ended_at=end.occurred_at if end else None,
        is_money_gone=EntryKind.REFUNDED in kinds and EntryKind.REFUND_REVERSED not in kinds,
    )


def won_line(number: str) -> str:
    """Return what the line is called that says that the money of a dispute came back."""
    return f"{number}:won"


def state_line(number: str, reason: str, due_at: datetime | None) -> str:
    """Return what the line is called that says how a dispute stands; the same told again is the same line."""
    return f"{number}:{reason}:{due_at:%Y%m%d%H%M}" if due_at else f"{number}:{reason}"
