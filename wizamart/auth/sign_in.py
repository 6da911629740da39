"""The steps of signing in, at the edge: they use the request, its cookie and transactions of their own.

A wrong try fails the request, whose transaction then rolls back; what must stay (the count of tries, the end of
a stolen family) is written through a connection of its own. That also keeps SQLite's only write lock free during
the long computation of a password's hash.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import sqlalchemy as sa
from flask import request
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from wizamart.auth import (
    login,
    password_service,
    reset_service,
    second_factor_service,
    session_service,
    throttle_service,
    token_service,
    user_service,
)
from wizamart.auth.exceptions import RefreshTokenReused, WrongCode, WrongCredentials
from wizamart.auth.models import User, UserSession, normal_email
from wizamart.auth.reset_service import BuildUrlFor
from wizamart.auth.session_service import SessionStage
from wizamart.auth.token_service import TokenPair
from wizamart.database import db, immediate_connection
from wizamart.exceptions import NotSignedIn, TooManyRequests

log = logging.getLogger(__name__)


def check_password(session: Session, *, email: str, password: str, at: datetime) -> User:
    """Return the person with this address and password.

    An unknown address, a wrong password, none and a deactivated account go the same way and take as long.

    :raises WrongCredentials: in all these cases alike.
    :raises TooManyRequests: after too many wrong tries on this account or from this network address.
    """
    account, address = throttle_service.account_key(email), throttle_service.ip_key(request.remote_addr)
    with _lasting(session) as connection:
        throttle_service.count_try(connection, address, limit=throttle_service.ADDRESS, at=at)
        throttle_service.count_try(connection, account, limit=throttle_service.ACCOUNT, at=at)
        found = connection.execute(
            sa.select(User.id, User.password_hash, User.is_active).where(User.email == normal_email(email))
        ).one_or_none()
    fits, newer_hash = password_service.verify(password, found.password_hash if found else None)
    if found is None or not fits or not found.is_active:
        log.info("sign_in_failed", extra={"ip": request.remote_addr})
        raise WrongCredentials
    with _lasting(session) as connection:
        # In the order in which they were counted: two who sign in at once must not wait for each other.
        throttle_service.give_back(connection, address)
        throttle_service.clear(connection, account)
        if newer_hash:
            connection.execute(sa.update(User).where(User.id == found.id).values(password_hash=newer_hash))
    return user_service.get_user(session, found.id)


def is_password_of(session: Session, user: User, *, password: str, at: datetime) -> bool:
    """Tell whether this is the password of somebody who is signed in already.

    Wrong tries are counted apart from those of signing in: whoever found an open browser can neither guess on nor
    lock its owner out.

    :raises TooManyRequests: after too many wrong ones.
    """
    key = throttle_service.password_key(user.id)
    with _lasting(session) as connection:
        throttle_service.count_try(connection, key, limit=throttle_service.ACCOUNT, at=at)
    fits, _newer = password_service.verify(password, user.password_hash)
    if fits:
        throttle_service.clear(session, key)
    return fits


def check_code(session: Session, user: User, *, code: str, at: datetime) -> None:
    """Accept a code of the second factor, once.

    :raises WrongCode: when it is wrong or was used.
    :raises TooManyRequests: after too many wrong ones.
    """
    key = throttle_service.second_factor_key(user.id)
    with _lasting(session) as connection:
        throttle_service.count_try(connection, key, limit=throttle_service.ACCOUNT, at=at)
    try:
        second_factor_service.accept_code(session, user, code=code, at=at)
    except WrongCode:
        log.info("second_factor_failed", extra={"ip": request.remote_addr})
        raise
    throttle_service.clear(session, key)


def open_browser(
    session: Session, user: User, *, at: datetime, second_factor_at: datetime | None = None
) -> SessionStage:
    """Open a session for the browser that asks, under a new token, and tell what it still misses."""
    leave_browser(at=at)
    stage = login.stage_of(user, second_factor_at=second_factor_at)
    is_open = stage is SessionStage.OPEN
    _row, token = session_service.open_session(
        session,
        user,
        at=at,
        ip=request.remote_addr,
        user_agent=request.user_agent.string,
        second_factor_at=second_factor_at,
        lifetime=session_service.LIFETIME if is_open else session_service.UNFINISHED_LIFETIME,
    )
    if is_open:
        user.last_signed_in_at = at
    login.put_token(token)
    return stage


def leave_browser(*, at: datetime) -> None:
    """End the session of the browser that asks, at whatever stage, and empty its cookie."""
    sign_in = login.current_sign_in()
    if sign_in is not None and sign_in.browser is not None:
        session_service.revoke(sign_in.browser, at=at)
    login.drop_token()


def confirm_second_factor(session: Session, user: User, *, code: str, at: datetime) -> list[str]:
    """Switch the second factor on, open the session anew with it, and return the recovery codes.

    :raises WrongCode: when the code is not of this moment.
    """
    key = throttle_service.second_factor_key(user.id)
    with _lasting(session) as connection:
        throttle_service.count_try(connection, key, limit=throttle_service.ACCOUNT, at=at)
    codes = second_factor_service.confirm(session, user, code=code, at=at)
    throttle_service.clear(session, key)
    user_service.end_everything(session, user, at=at)
    open_browser(session, user, at=at, second_factor_at=at)
    return codes


def act_as(session: Session, target: User, *, is_admin: bool, at: datetime) -> None:
    """Let the super admin who asks act as `target`; `is_admin` says whether the target administers anything.

    :raises ImpersonationRefused: when they may not.
    """
    _row, token = session_service.impersonate(session, _own_session(), target, is_admin=is_admin, at=at)
    login.put_token(token)


def stop_acting(session: Session, *, at: datetime) -> None:
    """Go back to being oneself.

    :raises NotImpersonating: when the person is themself already.
    """
    _row, token = session_service.stop_impersonating(session, _own_session(), at=at)
    login.put_token(token)


def request_reset(session: Session, *, email: str, build_url: BuildUrlFor, at: datetime) -> None:
    """Send a link to set a new password; to one address only a few an hour, without saying so.

    :raises TooManyRequests: when this network address asks too often.
    """
    with _lasting(session) as connection:
        address = throttle_service.ip_key(request.remote_addr)
        throttle_service.count_try(connection, address, limit=throttle_service.ADDRESS, at=at)
        try:
            key = throttle_service.mail_key(email)
            throttle_service.count_try(connection, key, limit=throttle_service.MAIL, at=at)
        except TooManyRequests:
            return
    reset_service.request_reset(session, email=email, build_url=build_url, at=at)


def refresh_tokens(session: Session, refresh_token: str, *, at: datetime) -> TokenPair:
    """Exchange a refresh token; one that comes twice ends its whole family, although the request fails.

    :raises TokenInvalid: when it is not good, or came twice.
    """
    try:
        return token_service.refresh(session, refresh_token, at=at)
    except RefreshTokenReused as error:
        log.warning("refresh_token_reused", extra={"ip": request.remote_addr})
        with _lasting(session) as connection:
            token_service.revoke_family(connection, error.family, at=at)
        raise


def _own_session() -> UserSession:
    row = login.current_session()
    if row is None:
        raise NotSignedIn
    return row


@contextmanager
def _lasting(session: Session) -> Iterator[Connection]:
    """Yield a connection whose writes stay whatever becomes of the request.

    The request's own transaction, which has nothing to keep yet, ends before: it may hold SQLite's write lock.
    """
    session.rollback()
    with immediate_connection(db.engine) as connection:
        yield connection
