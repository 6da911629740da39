"""What payments refuses."""

from wizamart.exceptions import BadRequest, InvalidInput, NotFound, RuleViolation, WizamartError
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
    message = _(
        "Nothing can be asked of the provider %(gateway)s: it is not installed, or its account was deleted."
        " Do it at the provider itself, and enter it here by hand."
    )


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


class NotPayable(RuleViolation):
    """What is paid, or was called off, is not paid (again)."""

    code = "payments.not_payable"
    message = _("This payment is closed: nothing can be paid here any more.")


class NotOnItsOwn(RuleViolation):
    """A provider on the network is not asked inside a transaction; the customer pays on the payment's page."""

    code = "payments.not_on_its_own"
    message = _("With this provider the customer pays on the page of the payment.")


class NotATrial(NotFound):
    """Only the test provider lets anybody answer in the customer's place."""

    code = "payments.not_a_trial"


class SecretMissing(RuleViolation):
    """Without a secret nobody can tell whose messages these are, so none is accepted."""

    code = "payments.secret_missing"
    message = _("Enter a secret of the messages at the account first: without it none is accepted.")


class AlreadyAnswered(RuleViolation):
    """The provider has answered; what somebody knows better has to be told to the provider."""

    code = "payments.already_answered"
    message = _("The provider has answered this already.")


class ProviderSilent(WizamartError):
    """No usable answer: nobody knows whether the provider has done it. Asking again with the same key is safe."""

    code = "payments.provider_silent"
    status = 503
    message = _("The payment provider does not answer at the moment. Nothing is lost; please try again.")

    def __init__(self, trouble: str = "", **details: object) -> None:
        super().__init__(**details)
        self.trouble = trouble


class ProviderRefusesUs(ProviderSilent):
    """The provider does not serve this account: wrong credentials, missing rights, a request it does not understand."""

    code = "payments.provider_refuses_us"
    message = _("The payment provider does not accept this shop's account. Please choose another way to pay.")
