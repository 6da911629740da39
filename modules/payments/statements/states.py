"""Where an entry of a statement stands, what a file is at, and why a match is proposed: in words, too."""

import enum
from typing import Final

from wizamart.i18n import LazyText, lazy_gettext as _, lazy_pgettext


class FileStatus(enum.StrEnum):
    """What has become of an uploaded file."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"

    @property
    def label(self) -> LazyText:
        """The status in words."""
        return _FILE_LABELS[self]


class EntryState(enum.StrEnum):
    """What has become of an entry."""

    OPEN = "open"
    PROPOSED = "proposed"
    MATCHED = "matched"
    IGNORED = "ignored"

    @property
    def label(self) -> LazyText:
        """The state in words."""
        return _STATE_LABELS[self]

    @property
    def tone(self) -> str:
        """The colour of its badge."""
        return {"open": "warn", "proposed": "note", "matched": "good"}.get(self, "")


class Clue(enum.StrEnum):
    """Why an entry belongs to a payment, or may belong to it."""

    EXACT = "exact"
    LESS = "less"
    MORE = "more"
    MISTYPED = "mistyped"
    PAID_ALREADY = "paid_already"
    CALLED_OFF = "called_off"
    OTHER_CURRENCY = "other_currency"
    SEVERAL = "several"
    RETURNED = "returned"
    RETURNED_PART = "returned_part"
    BY_HAND = "by_hand"
    TRANSFER = "transfer"
    TRANSFER_BACK = "transfer_back"
    OUTGOING = "outgoing"

    @property
    def label(self) -> LazyText:
        """The reason in words."""
        return _CLUE_LABELS[self]


_FILE_LABELS: Final = {
    FileStatus.WAITING: lazy_pgettext("bank statement", "To be checked"),
    FileStatus.RUNNING: lazy_pgettext("bank statement", "Being taken in"),
    FileStatus.DONE: lazy_pgettext("bank statement", "Taken in"),
}
_STATE_LABELS: Final = {
    EntryState.OPEN: lazy_pgettext("bank statement", "To be matched"),
    EntryState.PROPOSED: lazy_pgettext("bank statement", "Proposal"),
    EntryState.MATCHED: lazy_pgettext("bank statement", "Matched"),
    EntryState.IGNORED: lazy_pgettext("bank statement", "Set aside"),
}
_CLUE_LABELS: Final = {
    Clue.EXACT: _("Reference and amount agree."),
    Clue.LESS: _("The reference agrees, but the amount is too small: a part payment."),
    Clue.MORE: _("The reference agrees, but the amount is too large: an overpayment."),
    Clue.MISTYPED: _("The reference has a typing error."),
    Clue.PAID_ALREADY: _("The reference agrees, but the payment was paid already."),
    Clue.CALLED_OFF: _("The reference agrees, but the payment was called off."),
    Clue.OTHER_CURRENCY: _("The reference agrees, but the currency does not."),
    Clue.SEVERAL: _("Several payments are named."),
    Clue.RETURNED: _("The bank took the money back."),
    Clue.RETURNED_PART: _("The bank took money back, but the amount does not agree."),
    Clue.BY_HAND: _("Matched by hand."),
    Clue.TRANSFER: _("This is a refund that was transferred."),
    Clue.TRANSFER_BACK: _("A refund came back: the transfer could not be made."),
    Clue.OUTGOING: _("Money that went out, and no refund."),
}
