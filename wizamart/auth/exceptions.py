"""What can go wrong while signing in and managing people."""

from wizamart.exceptions import (
    BadRequest,
    InvalidInput,
    NotAllowed,
    NotFound,
    NotSignedIn,
    RuleViolation,
    WizamartError,
)
from wizamart.i18n import lazy_gettext as _


class AddressUnknown(WizamartError):
    """A link in a mail would lead wherever the request's `Host` says, which anybody can choose (RFC 9110, 15.5.20)."""

    code = "auth.address_unknown"
    status = 421
    message = _(
        "This address is not registered here, so no link can be made. Open the site under its own address, or tell "
        "whoever runs it."
    )


class WrongCredentials(NotSignedIn):
    """One answer for an unknown address, a wrong password and a deactivated account: none is given away."""

    code = "auth.wrong_credentials"
    message = _("The e-mail address or the password is wrong.")


class WrongCode(NotSignedIn):
    """The code of the second factor is wrong, too old, or was used before."""

    code = "auth.wrong_code"
    message = _("This code is wrong or was used already. Please enter the current one.")


class SecondFactorNeeded(NotSignedIn):
    """The password was right; the account also asks for a code."""

    code = "auth.second_factor_needed"
    message = _("Please give the code from your authenticator app as well.")


class SecondFactorMissing(NotAllowed):
    """Super admins must have a second factor here, and this one has none yet."""

    code = "auth.second_factor_missing"
    message = _("Please set up a second factor in the portal first.")


class SecondFactorAlreadyOn(RuleViolation):
    """Replacing a second factor means switching it off first, which takes a code."""

    code = "auth.second_factor_already_on"
    message = _("The second factor is already set up.")


class SecondFactorNotStarted(RuleViolation):
    """A code can only be confirmed after the secret was shown."""

    code = "auth.second_factor_not_started"
    message = _("Please start setting up the second factor again.")


class TokenInvalid(NotSignedIn):
    """A token of the API is malformed, expired, revoked, or was issued by somebody else."""

    code = "auth.token_invalid"
    message = _("This token is not valid. Please sign in again.")


class RefreshTokenReused(TokenInvalid):
    """A refresh token came twice: one of the two holders is a thief, so both lose it."""

    code = "auth.refresh_token_reused"

    def __init__(self, *, family: str) -> None:
        super().__init__()
        self.family = family


class TokenNotFound(NotFound):
    """No such token of this person."""

    code = "auth.token_not_found"


class TokenNameTaken(InvalidInput):
    """Two tokens of one name could not be told apart when one has to go."""

    code = "auth.token_name_taken"
    message = _("You have a token of this name already. Choose another name, or revoke that one first.")

    def __init__(self) -> None:
        super().__init__({"name": [str(self.message)]})


class TooManyTokens(InvalidInput):
    """A list that nobody reads to its end protects nobody."""

    code = "auth.too_many_tokens"
    message = _("You have %(most)s tokens, which is as many as one may have. Revoke one first.")

    def __init__(self, *, most: int) -> None:
        super().__init__(most=most)
        self.errors = {"name": [str(self)]}


class LinkInvalid(NotFound):
    """A link from a mail is unknown, expired or used."""

    code = "auth.link_invalid"
    message = _("This link is no longer valid. Please ask for a new one.")


class PasswordRefused(InvalidInput):
    """The password does not follow the rules; `errors["password"]` says which."""

    code = "auth.password_refused"


class EmailTaken(InvalidInput):
    """Addresses are unique, whatever their case."""

    code = "auth.email_taken"
    message = _("Somebody with this e-mail address exists already.")

    def __init__(self) -> None:
        super().__init__({"email": [str(self.message)]})


class EmailInvalid(InvalidInput):
    """This cannot be an e-mail address."""

    code = "auth.email_invalid"
    message = _("This is not an e-mail address.")

    def __init__(self) -> None:
        super().__init__({"email": [str(self.message)]})


class UserNotFound(NotFound):
    """No such person."""

    code = "auth.user_not_found"
    message = _("There is no such person.")


class SessionNotFound(NotFound):
    """No such session of this person."""

    code = "auth.session_not_found"


class LastSuperAdmin(RuleViolation):
    """Without a super admin nobody could repair the installation from the portal."""

    code = "auth.last_super_admin"
    message = _("This is the last super admin. Name another one first.")


class ImpersonationRefused(NotAllowed):
    """Only super admins act as others, never as another admin, and never through a third person."""

    code = "auth.impersonation_refused"
    message = _("You cannot act as this person.")


class NotImpersonating(BadRequest):
    """There is nobody to go back from."""

    code = "auth.not_impersonating"
    message = _("You are not acting as somebody else.")
