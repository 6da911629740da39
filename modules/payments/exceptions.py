"""What payments refuses."""

from wizamart.exceptions import BadRequest, InvalidInput, NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _


class AccountNotFound(NotFound):
    """No such provider account, or another tenant's."""

    code = "payments.account_not_found"
    message = _("There is no such provider account.")


class PaymentNotFound(NotFound):
    """No such payment, or another tenant's."""

    code = "payments.payment_not_found"
    message = _("There is no such payment.")


class NoAccount(RuleViolation):
    """Nobody takes payments here: no enabled account offers the method."""

    code = "payments.no_account"
    message = _("No payment provider is set up for this.")


class AccountDisabled(RuleViolation):
    """A disabled account starts no payments; what it took before can still be captured, refunded and voided."""

    code = "payments.account_disabled"
    message = _("This provider account is switched off.")


class ProviderUnknown(RuleViolation):
    """The account names a provider whose code is not installed."""

    code = "payments.provider_unknown"
    message = _("The provider %(gateway)s is not installed, so nothing can be asked of it.")


class NothingToPay(InvalidInput):
    """An amount of nothing is no payment."""

    code = "payments.nothing_to_pay"
    message = _("Enter an amount of more than zero.")


class OtherCurrency(RuleViolation):
    """Money comes back in the currency in which it was taken."""

    code = "payments.other_currency"
    message = _("This payment is in %(expected)s, not in %(given)s.")


class MoreThanAuthorized(RuleViolation):
    """Only what the customer agreed to can be captured."""

    code = "payments.more_than_authorized"
    message = _("Only %(available)s can still be captured.")


class MoreThanCaptured(RuleViolation):
    """Only what was taken can be given back."""

    code = "payments.more_than_captured"
    message = _("Only %(available)s can still be refunded.")


class NothingToVoid(RuleViolation):
    """There is no authorisation left to release."""

    code = "payments.nothing_to_void"
    message = _("Nothing is held by this payment that could be released.")


class NotPossible(RuleViolation):
    """The provider does not offer this."""

    code = "payments.not_possible"
    message = _("The provider does not offer this.")


class KeyUsedOtherwise(RuleViolation):
    """An idempotency key stands for one request; another request needs another key."""

    code = "payments.key_used_otherwise"
    message = _("This request was already made with other values.")


class WebhookRefused(BadRequest):
    """The message is not signed by the provider, is too old, or cannot be read."""

    code = "payments.webhook_refused"
    message = _("The signature of this message is not valid.")
