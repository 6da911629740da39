"""The life of a subscription: its states, and the steps between them. Pure, no database."""

import calendar
import enum
from datetime import datetime
from typing import Final

from modules.billing.exceptions import TransitionRefused
from wizamart.i18n import LazyText, lazy_pgettext


class SubscriptionStatus(enum.StrEnum):
    """Where a subscription stands; the first three open what its tier includes."""

    TRIAL = "trial"
    ACTIVE = "active"
    PAST_DUE = "past_due"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyText:
        """The status in words."""
        return _LABELS[self]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return _TONES[self]


class Interval(enum.StrEnum):
    """How often is paid."""

    MONTH = "month"
    YEAR = "year"

    @property
    def label(self) -> LazyText:
        """The interval in words."""
        return _INTERVAL_LABELS[self]


_LABELS: Final = {
    SubscriptionStatus.TRIAL: lazy_pgettext("subscription", "Trial"),
    SubscriptionStatus.ACTIVE: lazy_pgettext("subscription", "Active"),
    SubscriptionStatus.PAST_DUE: lazy_pgettext("subscription", "Past due"),
    SubscriptionStatus.CANCELLED: lazy_pgettext("subscription", "Cancelled"),
}
_TONES: Final = {
    SubscriptionStatus.TRIAL: "note",
    SubscriptionStatus.ACTIVE: "good",
    SubscriptionStatus.PAST_DUE: "bad",
    SubscriptionStatus.CANCELLED: "",
}
_INTERVAL_LABELS: Final = {
    Interval.MONTH: lazy_pgettext("interval", "Monthly"),
    Interval.YEAR: lazy_pgettext("interval", "Yearly"),
}
ENTITLING: Final = frozenset(
    {SubscriptionStatus.TRIAL, SubscriptionStatus.ACTIVE, SubscriptionStatus.PAST_DUE}
)
STEPS: Final = {
    SubscriptionStatus.TRIAL: frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED}),
    SubscriptionStatus.ACTIVE: frozenset({SubscriptionStatus.PAST_DUE, SubscriptionStatus.CANCELLED}),
    SubscriptionStatus.PAST_DUE: frozenset({SubscriptionStatus.ACTIVE, SubscriptionStatus.CANCELLED}),
    SubscriptionStatus.CANCELLED: frozenset({SubscriptionStatus.ACTIVE}),
}


def check_step(current: SubscriptionStatus, wanted: SubscriptionStatus) -> None:
    """Accept a step of the state machine.

    :raises TransitionRefused: when there is no such step.
    """
    if wanted not in STEPS[current]:
        raise TransitionRefused(current=current.label, wanted=wanted.label)


def period_end(start: datetime, interval: Interval, *, anchor_day: int | None = None) -> datetime:
    """Return where a period ends that begins at `start`: the same day a month or a year later.

    `anchor_day` is the day of the first period: a subscription of the 31st renews on the last day of shorter months,
    and on the 31st again of longer ones.
    """
    day = anchor_day or start.day
    months = start.month - 1 + (1 if interval is Interval.MONTH else 12)
    year, month = start.year + months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(day, calendar.monthrange(year, month)[1]))
