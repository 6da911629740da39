"""What orders say of themselves, what the ledger says of them, and what is to be done about the difference."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import ConfigDict, Field

from wizamart.schema import Schema


class LineFacts(Schema):
    """A line of an order: pieces ordered, of them sent, and of these come back."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reference: str | None = None
    sku: str = ""
    quantity: int = Field(ge=0)
    sent: int = Field(ge=0)
    returned: int = Field(ge=0)


class OrderFacts(Schema):
    """An order as it stands; `is_open` says that what was not sent yet still will be."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    order_id: int
    number: str
    vendor_id: int
    placed_at: datetime
    is_open: bool
    lines: list[LineFacts]


@dataclass(slots=True)
class Pieces:
    """Pieces of a variant in an order: still to be sent, sent, and come back."""

    open: int = 0
    sent: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """What the stock lacks to agree with an order, in pieces."""

    take: int = 0
    bring_back: int = 0
    hold: int = 0
    release: int = 0


def compare(facts: Pieces, booked: Pieces) -> Change:
    """Return what is missing in the books, where `booked.open` are the pieces held.

    Doing it makes both agree, so comparing again finds nothing. What the books have too much of stays, as somebody
    may have had a reason; only what is held for nobody is given back.
    """
    take = max(0, facts.sent - booked.sent)
    held = booked.open - min(take, booked.open)  # what is sent now comes out of what is held
    return Change(
        take=take,
        bring_back=max(0, facts.returned - booked.returned),
        hold=max(0, facts.open - held),
        release=max(0, held - facts.open),
    )
