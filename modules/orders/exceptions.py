"""What orders refuse."""

from wizamart.exceptions import InvalidInput, NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _


class OrderNotFound(NotFound):
    """No such order, or another tenant's."""

    code = "orders.order_not_found"
    message = _("There is no such order.")


class LineNotFound(NotFound):
    """No such line in this order."""

    code = "orders.line_not_found"
    message = _("There is no such line in this order.")


class StepNotOpen(RuleViolation):
    """The state machine knows no such way from the present state."""

    code = "orders.step_not_open"
    message = _("“%(action)s” is not possible while order %(number)s is “%(status)s”.")


class StepForbidden(RuleViolation):
    """A guard of the transition does not hold."""

    code = "orders.step_forbidden"
    message = _("%(reasons)s")


class StaleOrder(RuleViolation):
    """Somebody else has changed the order since the page was opened."""

    code = "orders.stale_order"
    message = _("Order %(number)s has changed meanwhile. Look at it again before you go on.")


class NotADraft(RuleViolation):
    """What was placed is a contract: it is cancelled or returned, never rewritten."""

    code = "orders.not_a_draft"
    message = _("Order %(number)s is placed. Its lines and addresses stay as they are.")


class NothingChosen(InvalidInput):
    """A parcel or a return of nothing says nothing."""

    code = "orders.nothing_chosen"
    message = _("Enter a quantity of at least 1 for one of the lines.")


class TooMany(InvalidInput):
    """More than there is was asked for."""

    code = "orders.too_many"
    message = _("%(title)s: at most %(most)s.")


class TooMuchMoney(InvalidInput):
    """More than is due, or than was paid."""

    code = "orders.too_much_money"
    message = _("At most %(most)s.")


class PaymentRefused(RuleViolation):
    """The provider did not do what was asked; nothing of the step holds."""

    code = "orders.payment_refused"
    message = _("The payment provider refused: %(reason)s")


class ItemNotFound(NotFound):
    """Nobody offers this item any more."""

    code = "orders.item_not_found"
    message = _("This item is not offered any more.")
