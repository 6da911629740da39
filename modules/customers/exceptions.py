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


class CustomerEmailKept(InvalidInput):
    """A vendor must not find out by trying which addresses the platform knows."""

    code = "customers.email_kept"
    message = _("The customer gave this address themselves; only they or the platform can change it.")

    def __init__(self) -> None:
        super().__init__()
        self.errors = {"email": [str(self)]}


class AddressNotFound(NotFound):
    """No such address, or somebody else's."""

    code = "customers.address_not_found"
    message = _("There is no such address.")


class AddressBookFull(RuleViolation):
    """An address book has an end."""

    code = "customers.address_book_full"
    message = _("There are too many addresses. Delete one first.")


class TagNotFound(NotFound):
    """Nobody has this tag."""

    code = "customers.tag_not_found"
    message = _("There is no such tag.")


class SegmentNotFound(NotFound):
    """No such segment, or another's."""

    code = "customers.segment_not_found"
    message = _("There is no such segment.")


class SegmentIncomplete(RuleViolation):
    """With a rule missing the wrong people would be in the segment."""

    code = "customers.segment_incomplete"
    message = _("A rule of this segment cannot be asked: %(rules)s. Until then nobody is in it.")


class MergeWithSelf(RuleViolation):
    """One person cannot be merged with themself."""

    code = "customers.merge_with_self"
    message = _("Choose two different customers.")


class MergeTooLate(RuleViolation):
    """Somebody else has merged or anonymised one of the two meanwhile."""

    code = "customers.merge_too_late"
    message = _("One of the two customers was merged or anonymised already. Look at the list again.")


class MergeOfTwoAccounts(RuleViolation):
    """Each of the two can sign in; one account would be left without its customer."""

    code = "customers.merge_of_two_accounts"
    message = _(
        "Both customers have an account. One of the accounts has to be closed before they can be merged."
    )


class CustomerAnonymised(RuleViolation):
    """Nobody comes back into a row that was anonymised."""

    code = "customers.anonymised"
    message = _("This customer was anonymised and cannot be changed any more.")


class CustomerShared(RuleViolation):
    """What a customer told the platform or another vendor is not one vendor's to change."""

    code = "customers.shared"
    message = _("This customer has an account or buys from other vendors too: only they can change this.")
