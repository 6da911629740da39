"""The ledger's arithmetic: what happened adds up to where a payment stands. Pure, no database."""

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from wizamart.i18n import LazyText, lazy_pgettext


class Payee(enum.StrEnum):
    """Who gets the money: the vendor from its customer, or the platform from the vendor."""

    VENDOR = "vendor"
    PLATFORM = "platform"


class EntryKind(enum.StrEnum):
    """What can happen to a payment; only the first four move money."""

    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    REFUNDED = "refunded"
    VOIDED = "voided"
    ACTION_REQUIRED = "action_required"
    DECLINED = "declined"

    @property
    def label(self) -> LazyText:
        """The kind in words."""
        return _KIND_LABELS[self]


class PaymentStatus(enum.StrEnum):
    """Where a payment stands: never stored, always the sum of its ledger."""

    PENDING = "pending"
    ACTION_REQUIRED = "action_required"
    FAILED = "failed"
    AUTHORIZED = "authorized"
    VOIDED = "voided"
    PARTIALLY_CAPTURED = "partially_captured"
    CAPTURED = "captured"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"

    @property
    def label(self) -> LazyText:
        """The status in words."""
        return _STATUS_LABELS[self]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return _STATUS_TONES.get(self, "")


_KIND_LABELS = {
    EntryKind.AUTHORIZED: lazy_pgettext("payment ledger", "Authorised"),
    EntryKind.CAPTURED: lazy_pgettext("payment ledger", "Captured"),
    EntryKind.REFUNDED: lazy_pgettext("payment ledger", "Refunded"),
    EntryKind.VOIDED: lazy_pgettext("payment ledger", "Released"),
    EntryKind.ACTION_REQUIRED: lazy_pgettext("payment ledger", "Waiting for the customer"),
    EntryKind.DECLINED: lazy_pgettext("payment ledger", "Declined"),
}
_STATUS_LABELS = {
    PaymentStatus.PENDING: lazy_pgettext("payment status", "Pending"),
    PaymentStatus.ACTION_REQUIRED: lazy_pgettext("payment status", "Waiting for the customer"),
    PaymentStatus.FAILED: lazy_pgettext("payment status", "Failed"),
    PaymentStatus.AUTHORIZED: lazy_pgettext("payment status", "Authorised"),
    PaymentStatus.VOIDED: lazy_pgettext("payment status", "Voided"),
    PaymentStatus.PARTIALLY_CAPTURED: lazy_pgettext("payment status", "Partly captured"),
    PaymentStatus.CAPTURED: lazy_pgettext("payment status", "Paid"),
    PaymentStatus.PARTIALLY_REFUNDED: lazy_pgettext("payment status", "Partly refunded"),
    PaymentStatus.REFUNDED: lazy_pgettext("payment status", "Refunded"),
}
_STATUS_TONES = {
    PaymentStatus.ACTION_REQUIRED: "warn",
    PaymentStatus.FAILED: "bad",
    PaymentStatus.AUTHORIZED: "warn",
    PaymentStatus.PARTIALLY_CAPTURED: "good",
    PaymentStatus.CAPTURED: "good",
    PaymentStatus.PARTIALLY_REFUNDED: "note",
    PaymentStatus.REFUNDED: "note",
}


class Entry(Protocol):
    """What the sums need of a line."""

    @property
    def kind(self) -> str:
        """One of `EntryKind`."""

    @property
    def amount_minor(self) -> int:
        """The amount, never negative."""


@dataclass(frozen=True, slots=True)
class Balance:
    """The sums of a ledger, in minor units."""

    authorized: int = 0
    captured: int = 0
    refunded: int = 0
    voided: int = 0
    is_declined: bool = False
    needs_action: bool = False

    @property
    def capturable(self) -> int:
        """What is held and not yet taken; late or lost messages of a provider never make it negative."""
        return max(0, self.authorized - self.captured - self.voided)

    @property
    def refundable(self) -> int:
        """What was taken and not yet given back."""
        return max(0, self.captured - self.refunded)

    @property
    def status(self) -> PaymentStatus:
        """Where the payment stands; what moved money last in its life counts most."""
        if self.refunded:
            return PaymentStatus.PARTIALLY_REFUNDED if self.refundable else PaymentStatus.REFUNDED
        if self.captured:
            return PaymentStatus.PARTIALLY_CAPTURED if self.capturable else PaymentStatus.CAPTURED
        if self.authorized:
            return PaymentStatus.AUTHORIZED if self.capturable else PaymentStatus.VOIDED
        if self.is_declined:
            return PaymentStatus.FAILED
        return PaymentStatus.ACTION_REQUIRED if self.needs_action else PaymentStatus.PENDING


def sum_up(entries: Iterable[Entry]) -> Balance:
    """Add up a ledger; the order of its lines does not matter."""
    sums = dict.fromkeys(EntryKind, 0)
    seen = set()
    for entry in entries:
        kind = EntryKind(entry.kind)
        sums[kind] += entry.amount_minor
        seen.add(kind)
    return Balance(
        authorized=sums[EntryKind.AUTHORIZED],
        captured=sums[EntryKind.CAPTURED],
        refunded=sums[EntryKind.REFUNDED],
        voided=sums[EntryKind.VOIDED],
        is_declined=EntryKind.DECLINED in seen,
        needs_action=EntryKind.ACTION_REQUIRED in seen,
    )
