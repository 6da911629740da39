"""Failures that are expected: each has a code, an HTTP status and a message for people."""

from typing import Any, ClassVar

from wizamart.i18n import LazyText, lazy_gettext as _


class WizamartError(Exception):
    """Base of all expected failures; keyword arguments fill the placeholders of the message."""

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    message: ClassVar[str | LazyText] = _("Something went wrong.")

    def __init__(self, **details: Any) -> None:
        super().__init__()
        self.details = details

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.details if self.details and "%(" in text else text


class InvalidInput(WizamartError):
    """What was sent cannot be accepted; `errors` maps a field's name to its messages."""

    code = "invalid_input"
    status = 422
    message = _("Please correct the marked fields.")

    def __init__(self, errors: dict[str, list[str]] | None = None, **details: Any) -> None:
        super().__init__(**details)
        self.errors = errors or {}


class BadRequest(WizamartError):
    """The request itself is malformed."""

    code = "bad_request"
    status = 400
    message = _("The request could not be understood.")


class NotSignedIn(WizamartError):
    """Nobody is signed in and the page is not for everybody."""

    code = "not_signed_in"
    status = 401
    message = _("Please sign in.")


class NotAllowed(WizamartError):
    """The person has a role here, but not the permission."""

    code = "not_allowed"
    status = 403
    message = _("You do not have permission to do this.")


class FeatureClosed(WizamartError):
    """The vendor's subscription does not include the `feature`; the `tier`, if any, would, chosen at `endpoint`."""

    code = "feature_closed"
    status = 403
    message = _("Your subscription does not include this feature.")
    message_with_tier = _("Your subscription does not include this feature. The tier “%(tier)s” does.")

    def __str__(self) -> str:
        return str(self.message_with_tier) % self.details if self.details.get("tier") else str(self.message)


class NotFound(WizamartError):
    """Nothing is here, or nothing that this person may know of (another tenant's row is answered alike)."""

    code = "not_found"
    status = 404
    message = _("There is nothing here.")


class RuleViolation(WizamartError):
    """A rule of the business forbids what was asked."""

    code = "rule_violation"
    status = 409
    message = _("This cannot be done in the current state.")


class TooManyRequests(WizamartError):
    """A limit was reached; `retry_after` is in seconds."""

    code = "too_many_requests"
    status = 429
    message = _("Too many attempts. Please wait a moment and try again.")


class Unavailable(WizamartError):
    """Something this depends on does not answer now."""

    code = "unavailable"
    status = 503
    message = _("This is not available at the moment. Please try again later.")
