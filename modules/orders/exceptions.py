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


class OfferGone(RuleViolation):
    """What was to be put into the cart is not sold here, or not any more."""

    code = "orders.offer_gone"
    message = _("This item is not available now.")


class CartFull(RuleViolation):
    """A cart is for people: it has an end."""

    code = "orders.cart_full"
    message = _("The cart is full. Order what is in it, or take something out.")


class NothingToOrder(RuleViolation):
    """The cart holds nothing of this vendor, perhaps because it has just been ordered."""

    code = "orders.nothing_to_order"
    message = _("There is nothing of this seller in your cart. What you have ordered is not in it any more.")


class NotOrderable(RuleViolation):
    """Some line of the cart cannot be had as it is; each says why."""

    code = "orders.not_orderable"
    message = _("Something in your cart is not available as you want it. Nothing was ordered yet.")


class TotalChanged(RuleViolation):
    """What the customer saw is not what it costs now; they decide again."""

    code = "orders.total_changed"
    message = _("The total is now %(total)s. Nothing was ordered yet: look at it and confirm once more.")


class PaymentNotOffered(InvalidInput):
    """Nobody takes money in this way here, or not any more."""

    code = "orders.payment_not_offered"
    message = _("This way to pay is not available now. Please choose another one.")


class NotCancellable(RuleViolation):
    """The customer may not cancel this order any more; a person can help."""

    code = "orders.not_cancellable"
    message = _("This order cannot be cancelled here any more.")


class NothingToRefund(RuleViolation):
    """An order that was not paid, or is cancelled and refunded with that."""

    code = "orders.nothing_to_refund"
    message = _("Order %(number)s is “%(status)s”: there is nothing to refund.")


class DocumentNotFound(NotFound):
    """No such invoice or credit note, or another tenant's."""

    code = "orders.document_not_found"
    message = _("There is no such document.")


class InvoiceTooEarly(RuleViolation):
    """Nothing was sold yet, or not any more."""

    code = "orders.invoice_too_early"
    message = _("Order %(number)s is “%(status)s”: there is nothing to invoice.")


class SellerUnknown(RuleViolation):
    """An invoice must say who sells, where, and under which VAT number."""

    code = "orders.seller_unknown"
    message = _(
        "Enter the company behind this vendor first: invoices carry its name, address and VAT number."
    )


class ParcelNotFound(NotFound):
    """No such parcel of this order."""

    code = "orders.parcel_not_found"
    message = _("There is no such parcel.")


class FileUnreadable(InvalidInput):
    """A file that is to be replayed is not what its columns say."""

    code = "orders.file_unreadable"
    message = _("Line %(line)s: %(reason)s")
