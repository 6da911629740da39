"""The ledger's arithmetic: what happened adds up to where a payment stands. Pure, no database."""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from wizamart.i18n import LazyText, lazy_pgettext


class Payee(enum.StrEnum):
    """Who gets the money: the vendor from its customer, or the platform from the vendor."""

    VENDOR = "vendor"
    PLATFORM = "platform"


class Verb(enum.StrEnum):
    """What can be asked of a provider about a payment."""

    AUTHORIZE = "authorize"
    COMPLETE = "complete"
    CAPTURE = "capture"
    REFUND = "refund"
    VOID = "void"
    CANCEL = "cancel"

    @property
    def label(self) -> LazyText:
        """The verb in words."""
        return _VERB_LABELS[self]


class EntryKind(enum.StrEnum):
    """What can happen to a payment; only the first six move money.

    `TRIED` is a try that failed where the customer may try again in the same place, `APPROVED` the customer's consent
    that still has to be made use of, `CANCELLED` the end of a page at the provider, `DISPUTED` how a dispute stands:
    these are only told.
    """

    AUTHORIZED = "authorized"
    CAPTURED = "captured"
    REFUNDED = "refunded"
    VOIDED = "voided"
    REFUND_REVERSED = "refund_reversed"
    CAPTURE_REVERSED = "capture_reversed"
    ACTION_REQUIRED = "action_required"
    APPROVED = "approved"
    TRIED = "tried"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
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


_VERB_LABELS = {
    Verb.AUTHORIZE: lazy_pgettext("payment request", "Payment begun"),
    Verb.COMPLETE: lazy_pgettext("payment request", "Completion asked for"),
    Verb.CAPTURE: lazy_pgettext("payment request", "Capture asked for"),
    Verb.REFUND: lazy_pgettext("payment request", "Refund asked for"),
    Verb.VOID: lazy_pgettext("payment request", "Release asked for"),
    Verb.CANCEL: lazy_pgettext("payment request", "Provider's page closed"),
}
_KIND_LABELS = {
    EntryKind.AUTHORIZED: lazy_pgettext("payment ledger", "Authorised"),
    EntryKind.CAPTURED: lazy_pgettext("payment ledger", "Captured"),
    EntryKind.REFUNDED: lazy_pgettext("payment ledger", "Refunded"),
    EntryKind.VOIDED: lazy_pgettext("payment ledger", "Released"),
    EntryKind.REFUND_REVERSED: lazy_pgettext("payment ledger", "Refund came back"),
    EntryKind.CAPTURE_REVERSED: lazy_pgettext("payment ledger", "Taken back by the bank"),
    EntryKind.ACTION_REQUIRED: lazy_pgettext("payment ledger", "Waiting for the customer"),
    EntryKind.APPROVED: lazy_pgettext("payment ledger", "Approved by the customer"),
    EntryKind.TRIED: lazy_pgettext("payment ledger", "A try failed"),
    EntryKind.CANCELLED: lazy_pgettext("payment ledger", "Provider's page closed"),
    EntryKind.DISPUTED: lazy_pgettext("payment ledger", "Dispute"),
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

    @property
    def attempt_id(self) -> int | None:
        """The request that this answers, if it was ours."""


class Request(Protocol):
    """What the sums need of a request to the provider."""

    @property
    def id(self) -> int:
        """What the lines that answer it name."""

    @property
    def verb(self) -> str:
        """One of `Verb`."""

    @property
    def amount_minor(self) -> int:
        """The amount, never negative."""


@dataclass(frozen=True, slots=True)
class Balance:
    """The sums of a ledger, in minor units; `asked` is what was asked for and not answered yet, by verb.

    `requested` is what the payment is for, where that is known.
    """

    authorized: int = 0
    captured: int = 0
    refunded: int = 0
    voided: int = 0
    is_declined: bool = False
    needs_action: bool = False
    asked: Mapping[Verb, int] = field(default_factory=dict)
    requested: int = 0

    @property
    def held(self) -> int:
        """What is held and not taken; late or lost messages of a provider never make it negative."""
        return max(0, self.authorized - self.captured - self.voided)

    @property
    def capturable(self) -> int:
        """What can still be taken or released: nothing that was asked for already."""
        return max(0, self.held - self.asked.get(Verb.CAPTURE, 0) - self.asked.get(Verb.VOID, 0))

    @property
    def refundable(self) -> int:
        """What was taken, and neither given back nor asked to be."""
        return max(0, self.captured - self.refunded - self.refund_asked)

    @property
    def refund_asked(self) -> int:
        """What is on its way back."""
        return self.asked.get(Verb.REFUND, 0)

    @property
    def is_answered(self) -> bool:
        """Whether nothing is on its way."""
        return not self.asked

    @property
    def is_part_paid(self) -> bool:
        """Whether a customer who was never held to anything, as by bank transfer, has paid less than was asked for."""
        return not self.authorized and not self.refunded and 0 < self.captured < self.requested

    @property
    def status(self) -> PaymentStatus:
        """Where the payment stands; what moved money last in its life counts most."""
        if self.refunded:
            is_part = self.captured > self.refunded
            return PaymentStatus.PARTIALLY_REFUNDED if is_part else PaymentStatus.REFUNDED
        if self.captured:
            is_part = self.held > 0 or self.is_part_paid
            return PaymentStatus.PARTIALLY_CAPTURED if is_part else PaymentStatus.CAPTURED
        if self.authorized:
            return PaymentStatus.AUTHORIZED if self.held else PaymentStatus.VOIDED
        if self.needs_action:
            return PaymentStatus.ACTION_REQUIRED
        return PaymentStatus.FAILED if self.is_declined else PaymentStatus.PENDING


def sum_up(entries: Iterable[Entry], requests: Iterable[Request] = (), *, requested: int = 0) -> Balance:
    """Add up a ledger and what was asked; the order of lines does not matter.

    A request is answered by any line that names it, except by a try that failed.
    """
    sums = dict.fromkeys(EntryKind, 0)
    attempts: dict[EntryKind, set[int | None]] = {kind: set() for kind in EntryKind}
    for entry in entries:
        kind = EntryKind(entry.kind)
        sums[kind] += entry.amount_minor
        attempts[kind].add(entry.attempt_id)
    answered = set().union(*(ids for kind, ids in attempts.items() if kind is not EntryKind.TRIED))
    asked: dict[Verb, int] = {}
    for request in requests:
        if request.id not in answered:
            verb = Verb(request.verb)
            asked[verb] = asked.get(verb, 0) + request.amount_minor
    return Balance(
        authorized=sums[EntryKind.AUTHORIZED],
        captured=max(0, sums[EntryKind.CAPTURED] - sums[EntryKind.CAPTURE_REVERSED]),
        refunded=max(0, sums[EntryKind.REFUNDED] - sums[EntryKind.REFUND_REVERSED]),
        voided=sums[EntryKind.VOIDED],
        is_declined=bool(attempts[EntryKind.DECLINED]),
        needs_action=bool(attempts[EntryKind.ACTION_REQUIRED] - attempts[EntryKind.DECLINED]),
        asked=asked,
        requested=requested,
    )
