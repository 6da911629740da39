"""Why a provider said no, in words; its own codes stay readable where nobody has put them into words."""

from typing import Final

from wizamart.i18n import DEFAULT_LOCALE, LazyText, force_locale, lazy_pgettext

_LABELS: Final = {
    "card_declined": lazy_pgettext("reason", "The card was declined."),
    "insufficient_funds": lazy_pgettext("reason", "There are not enough funds on the card or account."),
    "invalid_number": lazy_pgettext("reason", "The card's number is not valid."),
    "expired_card": lazy_pgettext("reason", "The card has expired."),
    "incorrect_cvc": lazy_pgettext("reason", "The card's security code is wrong."),
    "amount_declined": lazy_pgettext("reason", "The amount was declined."),
    "customer_refused": lazy_pgettext("reason", "The payment was not confirmed."),
    "authentication_required": lazy_pgettext("reason", "The payment was not confirmed."),
    "expired": lazy_pgettext("reason", "The time for paying is over."),
    "called_off": lazy_pgettext("reason", "The payment was called off."),
    "capture_refused": lazy_pgettext("reason", "The provider did not take the money."),
    "refund_refused": lazy_pgettext("reason", "The provider did not give the money back."),
    "void_refused": lazy_pgettext("reason", "The provider did not release the money."),
    "by_hand": lazy_pgettext("reason", "Entered by hand."),
    "generic_decline": lazy_pgettext("reason", "The card was declined."),
    "do_not_honor": lazy_pgettext("reason", "The card was declined."),
    "amount_not_possible": lazy_pgettext("reason", "The provider does not take this amount."),
    "charge_already_refunded": lazy_pgettext("reason", "The money was given back already."),
    "payment_intent_unexpected_state": lazy_pgettext("reason", "The payment does not allow this any more."),
    "disputed": lazy_pgettext("reason", "The customer has disputed the payment."),
    "dispute_reviewed": lazy_pgettext("reason", "The dispute is being looked at."),
    "dispute_won": lazy_pgettext("reason", "The dispute was won."),
    "dispute_lost": lazy_pgettext("reason", "The dispute was lost."),
    "dispute_closed": lazy_pgettext("reason", "The dispute was closed without a decision."),
    "never_arrived": lazy_pgettext("reason", "The provider knows nothing of this request."),
}
_UNKNOWN: Final = lazy_pgettext("reason", "The provider said no.")


def reason_label(code: str) -> LazyText:
    """Return a reason in words for customers."""
    return _LABELS.get(code, _UNKNOWN)


def known_label(code: str) -> LazyText | str:
    """Return a reason in words, or the provider's own code, for those who work with it."""
    return _LABELS.get(code, code)


def source_label(code: str) -> str:
    """Return a reason in the English words that catalogues translate under the context `reason`, for other modules."""
    with force_locale(DEFAULT_LOCALE):
        return str(known_label(code))
