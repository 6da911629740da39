"""Links sent by mail: to set a forgotten password, to accept an invitation, and whatever else proves a mailbox."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, contains_eager

from wizamart import mail
from wizamart.auth import password_service, throttle_service, user_service
from wizamart.auth.exceptions import LinkInvalid
from wizamart.auth.models import OneTimeToken, TokenPurpose, User
from wizamart.auth.opaque import hash_token, new_token
from wizamart.i18n import force_locale, gettext as _
from wizamart.invisible import shows_nothing

RESET_LIFETIME: Final = timedelta(hours=1)
INVITATION_LIFETIME: Final = timedelta(days=7)
SECOND_CLICK: Final = timedelta(seconds=10)

BuildUrl = Callable[[str], str]
BuildUrlFor = Callable[[User, str], str]


def request_reset(session: Session, *, email: str, build_url: BuildUrlFor, at: datetime) -> None:
    """Send a link to set a new password, if somebody active has this address; the caller cannot tell."""
    user = user_service.find_user_by_email(session, email)
    if user is None or not user.is_active:
        return
    _link, token = create_link(session, user, TokenPurpose.PASSWORD_RESET, at=at, lifetime=RESET_LIFETIME)
    with force_locale(user.locale) if user.locale else nullcontext():
        subject = _("Set a new password")
        text = _(
            "Hello %(name)s,\n\nsomebody, probably you, asked for a new password. Set it here within an hour:\n\n"
            "%(url)s\n\nIf it was not you, do nothing: your password stays as it is.",
            name=user.display_name,
            url=build_url(user, token),
        )
    mail.send(session, to=user.email, subject=subject, text=text, locale=user.locale)


def invite(
    session: Session,
    user: User,
    *,
    inviter_name: str,
    place: str,
    build_url: BuildUrl,
    at: datetime,
    payload: dict[str, Any] | None = None,
    say: Callable[[str], tuple[str, str]] | None = None,
) -> OneTimeToken:
    """Invite a person, created without a password, to a platform or vendor named `place`.

    An earlier invitation with the same `payload` ends, so that sending it again is safe; those to other places go on,
    since anybody can ask for one at a shop in somebody's name. Somebody who has asked for it
    themself is told so by `say`: it returns subject and text for the link's address, in the person's language.
    """
    # Held, so that of two who send it at once the second ends the first.
    user = user_service.get_user_to_change(session, user.id)
    for known in session.scalars(sa.select(OneTimeToken).where(_is_unused(user.id, TokenPurpose.INVITATION))):
        if known.payload == (payload or {}):
            known.used_at = at
    link, token = create_link(
        session, user, TokenPurpose.INVITATION, at=at, lifetime=INVITATION_LIFETIME, payload=payload
    )
    url = build_url(token)
    with force_locale(user.locale) if user.locale else nullcontext():
        subject, text = say(url) if say else _invitation(inviter_name, place, url)
    mail.send(session, to=user.email, subject=subject, text=text, locale=user.locale)
    return link


def _invitation(inviter: str, place: str, url: str) -> tuple[str, str]:
    text = _(
        "Hello,\n\n%(inviter)s invites you to %(place)s. Choose your password here within a week:\n\n%(url)s",
        inviter=inviter,
        place=place,
        url=url,
    )
    return _("Invitation to %(place)s", place=place), text


def get_link(session: Session, token: str, purpose: TokenPurpose, *, at: datetime) -> OneTimeToken:
    """Return a link that is still good, with its user.

    :raises LinkInvalid: when it is unknown, expired, used, or its user was deactivated.
    """
    return _get(session, token, purpose, at=at)


def was_just_used(session: Session, token: str, purpose: TokenPurpose, *, at: datetime) -> bool:
    """Tell whether a link was used a moment ago: then this is the second of two clicks, and all is done."""
    link = session.scalar(_good(token, purpose, at=at).execution_options(populate_existing=True))
    return link is not None and link.used_at is not None and at - link.used_at <= SECOND_CLICK


def get_invitation(
    session: Session, token: str, *, at: datetime, is_being_accepted: bool = False
) -> OneTimeToken:
    """Return an invitation; one of somebody who has a password by now, through whatever link, leads to signing in.

    With `is_being_accepted` the person's row is held, so that of two clicks the second finds the first one's password.

    :raises LinkInvalid: when it is unknown or expired, or ended while nobody can sign in with that account.
    """
    query = _good(token, TokenPurpose.INVITATION, at=at).where(
        sa.or_(OneTimeToken.used_at.is_(None), User.password_hash.is_not(None))
    )
    link = session.scalar(query.with_for_update(of=User, key_share=True) if is_being_accepted else query)
    if link is None:
        raise LinkInvalid
    return link


def reset_password(session: Session, token: str, *, password: str, at: datetime) -> User:
    """Set a new password and sign the person out everywhere; their second factor stays.

    :raises LinkInvalid: when the link is not good any more.
    :raises PasswordRefused: when the password breaks a rule; the link stays good.
    """
    link = _get(session, token, TokenPurpose.PASSWORD_RESET, at=at)
    _use_for_password(session, link, password, at=at)
    return link.user


def accept_invitation(
    session: Session, token: str, *, display_name: str, password: str, at: datetime
) -> OneTimeToken:
    """Set the name and the first password of an invited person; the payload says what they were invited to.

    :raises LinkInvalid: when the link is not good any more, or they have a password: they know that one.
    :raises PasswordRefused: when the password breaks a rule; the link stays good.
    """
    link = _get(session, token, TokenPurpose.INVITATION, at=at)
    if link.user.password_hash is not None:
        raise LinkInvalid
    _use_for_password(session, link, password, at=at)
    if not shows_nothing(display_name):
        link.user.display_name = display_name.strip()
    return link


def delete_ended(session: Session, *, before: datetime) -> None:
    """Delete links that expired before this time."""
    session.execute(sa.delete(OneTimeToken).where(OneTimeToken.expires_at < before))


def create_link(
    session: Session,
    user: User,
    purpose: TokenPurpose,
    *,
    at: datetime,
    lifetime: timedelta,
    payload: dict[str, Any] | None = None,
) -> tuple[OneTimeToken, str]:
    """Store a new link and return it with its token, which is nowhere else."""
    token = new_token()
    link = OneTimeToken(
        token_hash=hash_token(token),
        purpose=purpose,
        user=user,
        payload=payload or {},
        created_at=at,
        expires_at=at + lifetime,
    )
    session.add(link)
    session.flush()  # the link in the mail must be one that is stored
    return link, token


def _get(session: Session, token: str, purpose: TokenPurpose, *, at: datetime) -> OneTimeToken:
    link = session.scalar(_good(token, purpose, at=at).where(OneTimeToken.used_at.is_(None)))
    if link is None:
        raise LinkInvalid
    return link


def _good(token: str, purpose: TokenPurpose, *, at: datetime) -> sa.Select[OneTimeToken]:
    """Return the query for a link of somebody active that has not expired, used or not."""
    return (
        sa.select(OneTimeToken)
        .join(OneTimeToken.user)
        .options(contains_eager(OneTimeToken.user))
        .where(
            OneTimeToken.token_hash == hash_token(token),
            OneTimeToken.purpose == purpose,
            OneTimeToken.expires_at > at,
            User.is_active,
        )
    )


def _is_unused(user_id: int, purpose: TokenPurpose) -> sa.ColumnElement[bool]:
    return sa.and_(
        OneTimeToken.user_id == user_id, OneTimeToken.purpose == purpose, OneTimeToken.used_at.is_(None)
    )


def _use_for_password(session: Session, link: OneTimeToken, password: str, *, at: datetime) -> None:
    """Set the password of the link's person; a refused one does not use the link."""
    password_service.check_policy(password, email=link.user.email)
    use_link(session, link, at=at)
    user_service.set_password(session, link.user, password, at=at)


def use_link(session: Session, link: OneTimeToken, *, at: datetime) -> None:
    """Use the link and every other of its kind; the mailbox has proved itself, so the lock-out ends."""
    if not use_up(session, link.user_id, TokenPurpose(link.purpose), at=at):
        raise LinkInvalid  # another request with the same link was first
    throttle_service.clear(session, throttle_service.account_key(link.user.email))


def use_up(session: Session, user_id: int, purpose: TokenPurpose, *, at: datetime) -> int:
    """End all links of a person for this purpose; return how many were still good."""
    statement = sa.update(OneTimeToken).where(_is_unused(user_id, purpose)).values(used_at=at)
    return cast("CursorResult[Any]", session.execute(statement)).rowcount
