"""What can go wrong with customers."""

from wizamart.exceptions import InvalidInput, NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _


class CustomerNotFound(NotFound):
    """No such customer, or none that the asking vendor deals with."""

    code = "customers.customer_not_found"
    message = _("There is no such customer.")


class NoteNotFound(NotFound):
    """No such note, or another vendor's."""

    code = "customers.note_not_found"
    message = _("There is no such note.")


class CustomerEmailTaken(InvalidInput):
    """An address stands for one person on a platform."""

    code = "customers.email_taken"
    message = _("A customer with this e-mail address exists already.")

    def __init__(self) -> None:
        super().__init__()
        self.errors = {"email": [str(self)]}


class CustomerAnonymised(RuleViolation):
    """Nobody comes back into a row that was anonymised."""

    code = "customers.anonymised"
    message = _("This customer was anonymised and cannot be changed any more.")


class CustomerShared(RuleViolation):
    """What a customer told the platform or another vendor is not one vendor's to change."""

    code = "customers.shared"
    message = _("This customer has an account or buys from other vendors too: only they can change this.")
