"""What billing refuses."""

from wizamart.exceptions import InvalidInput, NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _


class TierNotFound(NotFound):
    """No such tier, or another platform's."""

    code = "billing.tier_not_found"
    message = _("There is no such tier.")


class TierCodeTaken(InvalidInput):
    """A code names one tier."""

    code = "billing.tier_code_taken"
    message = _("Another tier has this code.")


class TierNotOffered(RuleViolation):
    """A withdrawn tier stays with those who have it, and is not sold again."""

    code = "billing.tier_not_offered"
    message = _("This tier is no longer offered.")


class SubscriptionNotFound(NotFound):
    """No such subscription, or another tenant's."""

    code = "billing.subscription_not_found"
    message = _("There is no such subscription.")


class AlreadySubscribed(RuleViolation):
    """A vendor has one subscription on a platform; it changes tier, it does not get a second."""

    code = "billing.already_subscribed"
    message = _("This vendor has a subscription already.")


class TransitionRefused(RuleViolation):
    """The state machine has no such step."""

    code = "billing.transition_refused"
    message = _("A subscription that is %(current)s cannot become %(wanted)s.")


class NothingToChange(RuleViolation):
    """The tier and the interval are those that hold."""

    code = "billing.nothing_to_change"
    message = _("This is already the vendor's tier.")


class InvoiceNotFound(NotFound):
    """No such invoice, or another tenant's."""

    code = "billing.invoice_not_found"
    message = _("There is no such invoice.")


class InvoiceEmpty(InvalidInput):
    """An invoice over nothing is none."""

    code = "billing.invoice_empty"
    message = _("An invoice needs at least one line.")


class InvoiceSettled(RuleViolation):
    """It was paid or credited already."""

    code = "billing.invoice_settled"
    message = _("This invoice is settled already.")


class CreditRefused(RuleViolation):
    """Only an invoice is credited, once and whole."""

    code = "billing.credit_refused"
    message = _("This document cannot be credited.")


class SellerIncomplete(RuleViolation):
    """The law wants the seller's name and address on an invoice."""

    code = "billing.seller_incomplete"
    message = _("Enter the seller's name and address in the settings of billing first.")


class IssuedForGood(RuntimeError):
    """Something tried to change an issued document: a fault of the program."""
