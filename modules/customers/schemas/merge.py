"""What becomes of two customers who are one person: values in, values out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Person(Protocol):
    """What a merge looks at of a customer."""

    name: str
    email: str | None
    phone: str
    locale: str | None
    created_at: datetime
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Decision:
    """One entry of the history of a consent."""

    at: datetime
    is_given: bool


@dataclass(frozen=True, slots=True)
class Merged:
    """The one who is left."""

    name: str
    email: str | None
    phone: str
    locale: str | None
    created_at: datetime
    user_id: int | None


def merge_people(kept: Person, gone: Person) -> Merged:
    """Return the person who is left: what is kept counts, the other fills the gaps, the earlier day is the first."""
    return Merged(
        name=kept.name or gone.name,
        email=kept.email or gone.email,
        phone=kept.phone or gone.phone,
        locale=kept.locale or gone.locale,
        created_at=min(kept.created_at, gone.created_at),
        user_id=kept.user_id if kept.user_id is not None else gone.user_id,
    )


def merge_consents(decisions: Iterable[Decision]) -> bool:
    """Return what the person said last, under whichever name; who never said anything has not agreed.

    Of two decisions of one moment the refusal counts.
    """
    last = max(decisions, key=lambda one: (one.at, not one.is_given), default=None)
    return last is not None and last.is_given
