"""What reading and matching bank statements refuses."""

from wizamart.exceptions import InvalidInput, NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _


class StatementNotFound(NotFound):
    """No such statement, or another tenant's."""

    code = "payments.statement_not_found"
    message = _("There is no such bank statement.")


class EntryNotFound(NotFound):
    """No such entry of a statement, or another tenant's."""

    code = "payments.statement_entry_not_found"
    message = _("There is no such entry.")


class TransferNotFound(NotFound):
    """No such transfer to make, or another tenant's."""

    code = "payments.transfer_not_found"
    message = _("There is no such transfer.")


class StatementRefused(InvalidInput):
    """The file as a whole is none that can be taken in; the errors say why, at the field of the file."""

    code = "payments.statement_refused"


class EntryTaken(RuleViolation):
    """Somebody matched or set aside the entry meanwhile; money is booked once."""

    code = "payments.statement_entry_taken"
    message = _("This entry has been dealt with already. Undo that first.")


class EntryNotTaken(RuleViolation):
    """There is nothing to undo."""

    code = "payments.statement_entry_not_taken"
    message = _("This entry is not matched or set aside.")


class EntryOtherCurrency(RuleViolation):
    """Money of one currency never pays what was asked for in another."""

    code = "payments.statement_entry_other_currency"
    message = _("The entry is in %(entry)s, the payment in %(payment)s. They cannot be matched.")


class EntryOtherWay(RuleViolation):
    """Money that went out pays nothing; it can only be the return of what was received."""

    code = "payments.statement_entry_other_way"
    message = _("Only %(available)s of this payment can have been taken back.")


class EntryOtherAccount(RuleViolation):
    """What came in on one account pays what was to be transferred to that account."""

    code = "payments.statement_entry_other_account"
    message = _("This payment was not to be made to this bank account.")


class StatementNotWaiting(RuleViolation):
    """A statement is taken in once; a form sent twice changes nothing."""

    code = "payments.statement_not_waiting"
    message = _("This statement has been taken in already.")


class RefundedAlready(RuleViolation):
    """What was given back cannot be taken from the payment again."""

    code = "payments.statement_refunded_already"
    message = _("A part of this money has been refunded, so the match can no longer be undone.")


class NoTransfersToWrite(RuleViolation):
    """A file with orders to the bank needs at least one that the bank can carry out."""

    code = "payments.no_transfers_to_write"
    message = _("There is no transfer with a known IBAN to write into a file.")
