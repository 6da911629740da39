"""People: creating, finding, changing and deactivating them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from wizamart import audit, email_address
from wizamart.auth import password_service, session_service, token_service
from wizamart.auth.exceptions import EmailInvalid, EmailTaken, LastSuperAdmin, UserNotFound
from wizamart.auth.models import OneTimeToken, User, normal_email
from wizamart.invisible import shows_nothing


def find_user(session: Session, user_id: int) -> User | None:
    """Return the person with this id, if there is one."""
    return session.get(User, user_id)


def get_user(session: Session, user_id: int) -> User:
    """Return the person with this id.

    :raises UserNotFound: when there is none.
    """
    user = find_user(session, user_id)
    if user is None:
        raise UserNotFound
    return user


def get_user_to_change(session: Session, user_id: int) -> User:
    """Return the person with this id; nobody else changes the row before this transaction ends.

    For what is read, changed and written back whole, such as preferences.

    :raises UserNotFound: when there is none.
    """
    query = sa.select(User).where(User.id == user_id).with_for_update(key_share=True)
    user = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if user is None:
        raise UserNotFound
    return user


def find_user_by_email(session: Session, email: str) -> User | None:
    """Return the person with this address, whatever its case."""
    return session.scalar(sa.select(User).where(User.email == normal_email(email)))


def create_user(
    session: Session,
    *,
    email: str,
    display_name: str,
    at: datetime,
    password: str | None = None,
    is_super_admin: bool = False,
    locale: str | None = None,
    time_zone: str | None = None,
) -> User:
    """Create a person; without a password they cannot sign in until they accept an invitation.

    :raises EmailInvalid: when the address cannot be one.
    :raises EmailTaken: when somebody has it.
    :raises PasswordRefused: when the password breaks a rule.
    """
    address = check_email(email)
    if find_user_by_email(session, address) is not None:
        raise EmailTaken
    user = User(
        email=address,
        display_name=address if shows_nothing(display_name) else display_name.strip(),
        is_super_admin=is_super_admin,
        locale=locale,
        time_zone=time_zone,
        created_at=at,
    )
    if password is not None:
        password_service.check_policy(password, email=address)
        user.password_hash = password_service.hash_password(password)
        user.password_changed_at = at
    session.add(user)
    session.flush()  # roles and tokens need the id
    return user


def find_or_create_user(
    session: Session, *, email: str, display_name: str, at: datetime, locale: str | None = None
) -> User:
    """Return the person with this address, made now without a password if there is none.

    Two who ask at once, such as vendors who invite the same person, get the same one.

    :raises EmailInvalid: when the address cannot be one.
    """
    address = check_email(email)
    user = find_user_by_email(session, address)
    if user is not None:
        return user
    try:
        with session.begin_nested():
            return create_user(session, email=address, display_name=display_name, locale=locale, at=at)
    except (EmailTaken, IntegrityError):
        return session.scalars(sa.select(User).where(User.email == address)).one()


def check_email(email: str) -> str:
    """Return the address in the form that is stored.

    :raises EmailInvalid: when it cannot be one.
    """
    try:
        return normal_email(email_address.normalize(email))
    except ValueError as error:
        raise EmailInvalid from error


def set_password(
    session: Session, user: User, password: str, *, at: datetime, keep_session_id: int | None = None
) -> None:
    """Give the person a new password; every session but the one named, every token and every mailed link ends.

    A link that somebody else asked for with the old password must not give them the account back.

    :raises PasswordRefused: when the password breaks a rule.
    """
    password_service.check_policy(password, email=user.email)
    user.password_hash = password_service.hash_password(password)
    user.password_changed_at = at
    end_everything(session, user, at=at, keep_session_id=keep_session_id)
    waiting = (OneTimeToken.user_id == user.id, OneTimeToken.used_at.is_(None))
    session.execute(sa.update(OneTimeToken).where(*waiting).values(used_at=at))


def end_everything(session: Session, user: User, *, at: datetime, keep_session_id: int | None = None) -> None:
    """Sign the person out everywhere."""
    session_service.revoke_all(session, user.id, at=at, except_id=keep_session_id)
    token_service.revoke_all(session, user.id, at=at)


def deactivate(session: Session, user: User, *, actor_id: int | None, at: datetime) -> None:
    """Keep the person from signing in, at once and everywhere; what they did stays theirs.

    :raises LastSuperAdmin: when nobody could undo it from the portal.
    """
    if not user.is_active:
        return
    _refuse_last_super_admin(session, user)
    user.is_active = False
    end_everything(session, user, at=at)
    _record(session, user, actor_id=actor_id, changed="is_active", to=False)


def activate(session: Session, user: User, *, actor_id: int | None) -> None:
    """Let a deactivated person sign in again."""
    if user.is_active:
        return
    user.is_active = True
    _record(session, user, actor_id=actor_id, changed="is_active", to=True)


def set_super_admin(session: Session, user: User, *, value: bool, actor_id: int | None) -> None:
    """Give or take the right to run all platforms.

    :raises LastSuperAdmin: when it would be taken from the last one.
    """
    if user.is_super_admin is value:
        return
    if not value:
        _refuse_last_super_admin(session, user)
    user.is_super_admin = value
    _record(session, user, actor_id=actor_id, changed="is_super_admin", to=value)


def _refuse_last_super_admin(session: Session, user: User) -> None:
    """Lock all super admins while counting: two who remove each other at once must not both succeed."""
    if not user.is_super_admin:
        return
    statement = sa.select(User.id).where(User.is_super_admin, User.is_active).order_by(User.id)
    others = set(session.scalars(statement.with_for_update())) - {user.id}
    if not others:
        raise LastSuperAdmin


def _record(session: Session, user: User, *, actor_id: int | None, changed: str, to: bool) -> None:
    audit.record(
        session,
        action=f"auth.user.{changed}",
        target=f"user:{user.id}",
        actor_id=actor_id,
        platform_id=None,
        before={changed: not to},
        after={changed: to},
    )
