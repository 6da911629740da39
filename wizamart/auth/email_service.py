"""A new address for an account: proved by a link that is mailed to it. Nobody learns whether an address is known."""

from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from wizamart import audit, mail
from wizamart.auth import reset_service, throttle_service, user_service
from wizamart.auth.exceptions import EmailTaken
from wizamart.auth.models import TokenPurpose, User
from wizamart.auth.reset_service import BuildUrl
from wizamart.exceptions import InvalidInput, TooManyRequests
from wizamart.i18n import force_locale, gettext as _

LIFETIME: Final = timedelta(hours=1)


def request_change(session: Session, user: User, email: str, *, build_url: BuildUrl, at: datetime) -> None:
    """Mail a link to the new address, or a note to whoever has it already; who asks cannot tell which.

    :raises EmailInvalid: when the address cannot be one.
    :raises InvalidInput: when it is the address they have.
    """
    address = user_service.check_email(email)
    if address == user.email:
        raise InvalidInput({"email": [_("This is your address already.")]})
    try:
        key = throttle_service.mail_key(address)
        throttle_service.count_try(session, key, limit=throttle_service.MAIL, at=at)
    except TooManyRequests:
        return  # silently: the mailbox may be a stranger's
    owner = user_service.find_user_by_email(session, address)
    reset_service.use_up(session, user.id, TokenPurpose.EMAIL_CHANGE, at=at)
    with force_locale(user.locale) if user.locale else nullcontext():
        subject = _("Your new e-mail address")
        if owner is not None:
            text = _(
                "Hello,\n\nsomebody wanted to use this address for their account. You have an account with it already, "
                "so nothing was changed. If it was you, sign in with this address instead."
            )
        else:
            _link, token = reset_service.create_link(
                session,
                user,
                TokenPurpose.EMAIL_CHANGE,
                at=at,
                lifetime=LIFETIME,
                payload={"email": address},
            )
            text = _(
                "Hello %(name)s,\n\nconfirm within an hour that your account shall have this address:\n\n%(url)s\n\n"
                "If you did not ask for this, do nothing.",
                name=user.display_name,
                url=build_url(token),
            )
    mail.send(session, to=address, subject=subject, text=text, locale=user.locale)


def find_new_address(session: Session, token: str, *, at: datetime) -> str:
    """Return the address that a link would set.

    :raises LinkInvalid: when the link is not good any more.
    """
    link = reset_service.get_link(session, token, TokenPurpose.EMAIL_CHANGE, at=at)
    return str(link.payload["email"])


def confirm_change(session: Session, token: str, *, at: datetime) -> tuple[User, str]:
    """Give the account its new address; return it with the old one, which is told.

    :raises LinkInvalid: when the link is not good any more.
    :raises EmailTaken: when somebody took the address meanwhile.
    """
    link = reset_service.get_link(session, token, TokenPurpose.EMAIL_CHANGE, at=at)
    user, address = link.user, str(link.payload["email"])
    if user_service.find_user_by_email(session, address) is not None:
        raise EmailTaken
    old = user.email
    reset_service.use_link(session, link, at=at)
    reset_service.use_up(session, user.id, TokenPurpose.PASSWORD_RESET, at=at)
    user.email = address
    audit.record(
        session,
        action="auth.user.email",
        target=f"user:{user.id}",
        actor_id=user.id,
        platform_id=None,
        at=at,
    )
    with force_locale(user.locale) if user.locale else nullcontext():
        subject = _("Your e-mail address was changed")
        text = _(
            "Hello %(name)s,\n\nyour account has another e-mail address now. If it was not you, write to us at once.",
            name=user.display_name,
        )
    mail.send(session, to=old, subject=subject, text=text, locale=user.locale)
    return user, old
