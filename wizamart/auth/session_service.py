"""Sessions of browsers: rows that can be looked at and revoked; the cookie carries only a token."""

import enum
import functools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session, aliased, contains_eager

from wizamart import audit
from wizamart.auth.exceptions import ImpersonationRefused, NotImpersonating, SessionNotFound
from wizamart.auth.models import User, UserSession
from wizamart.auth.opaque import hash_token, new_token

LIFETIME: Final = timedelta(days=14)
IDLE: Final = timedelta(hours=24)
UNFINISHED_LIFETIME: Final = timedelta(minutes=15)
IMPERSONATION_LIFETIME: Final = timedelta(hours=1)
TOUCH_INTERVAL: Final = timedelta(minutes=5)


class SessionStage(enum.StrEnum):
    """How far a sign-in has come; only `open` counts as signed in."""

    OPEN = "open"
    SECOND_FACTOR = "second_factor"
    SETUP = "setup"


def stage_of(
    user: User, *, second_factor_at: datetime | None, is_impersonated: bool, require_second_factor: bool
) -> SessionStage:
    """Tell what is still missing; computed at every request, so that a stricter rule bites at once."""
    if is_impersonated or second_factor_at is not None:
        return SessionStage.OPEN
    if user.has_second_factor:
        return SessionStage.SECOND_FACTOR
    if require_second_factor and user.is_super_admin:
        return SessionStage.SETUP
    return SessionStage.OPEN


def open_session(
    session: Session,
    user: User,
    *,
    at: datetime,
    ip: str | None,
    user_agent: str | None,
    second_factor_at: datetime | None = None,
    lifetime: timedelta = LIFETIME,
) -> tuple[UserSession, str]:
    """Open a session and return it with the token for the cookie, which is nowhere else."""
    token = new_token()
    row = UserSession(
        token_hash=hash_token(token),
        user=user,
        created_at=at,
        last_seen_at=at,
        expires_at=at + lifetime,
        second_factor_at=second_factor_at,
        ip=ip,
        user_agent=(user_agent or "")[:255] or None,
    )
    session.add(row)
    session.flush()  # the caller puts the id beside the token
    return row, token


def find_session(session: Session, token: str, *, at: datetime) -> UserSession | None:
    """Return the living session of this token with its user, in one query.

    A session dies by revocation, by age, by idleness, and with the account of its user or impersonator.
    """
    values = {"token_hash": hash_token(token), "at": at, "idle_since": at - IDLE}
    found: UserSession | None = session.scalar(_living_session(), values)
    return found


@functools.cache
def _living_session() -> sa.Select[Any]:
    """Build once what every request asks; it takes longer to build than to answer."""
    impersonator = aliased(User)
    return (
        sa.select(UserSession)
        .where(*_alive(sa.bindparam("at"), sa.bindparam("idle_since")))
        .join(UserSession.user)
        .outerjoin(UserSession.impersonator.of_type(impersonator))
        .options(
            contains_eager(UserSession.user),
            contains_eager(UserSession.impersonator.of_type(impersonator)),
        )
        .where(
            UserSession.token_hash == sa.bindparam("token_hash"),
            User.is_active,
            sa.or_(
                UserSession.impersonator_id.is_(None),
                sa.and_(impersonator.is_active, impersonator.is_super_admin),
            ),
        )
    )


def touch(row: UserSession, *, at: datetime) -> None:
    """Note that the session is in use, at most every five minutes; not called for a GET: it writes nothing."""
    if at - row.last_seen_at >= TOUCH_INTERVAL:
        row.last_seen_at = at


def ends_at(row: UserSession) -> datetime:
    """Return when this session ends if nothing more is done in it."""
    return min(row.expires_at, row.last_seen_at + IDLE)


def list_sessions(session: Session, user_id: int, *, at: datetime) -> Sequence[UserSession]:
    """Return the living sessions of a person, the most recent first; not those of an impersonator."""
    statement = sa.select(UserSession).where(
        *_alive(at, at - IDLE), UserSession.user_id == user_id, UserSession.impersonator_id.is_(None)
    )
    return session.scalars(statement.order_by(UserSession.last_seen_at.desc(), UserSession.id.desc())).all()


def revoke_session(session: Session, session_id: int, *, user_id: int, at: datetime) -> None:
    """End one session of this person; ending an ended one changes nothing.

    :raises SessionNotFound: when it is no session of theirs.
    """
    row = session.scalar(
        sa.select(UserSession).where(UserSession.id == session_id, UserSession.user_id == user_id)
    )
    if row is None:
        raise SessionNotFound
    revoke(row, at=at)


def revoke(row: UserSession, *, at: datetime) -> None:
    """End this session."""
    row.revoked_at = row.revoked_at or at


def revoke_all(session: Session, user_id: int, *, at: datetime, except_id: int | None = None) -> int:
    """End all sessions of a person, and those in which they act as others; return how many."""
    statement = (
        sa.update(UserSession)
        .where(
            sa.or_(UserSession.user_id == user_id, UserSession.impersonator_id == user_id),
            UserSession.revoked_at.is_(None),
            UserSession.id != (except_id or 0),
        )
        .values(revoked_at=at)
    )
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def impersonate(
    session: Session, row: UserSession, target: User, *, is_admin: bool, at: datetime
) -> tuple[UserSession, str]:
    """Let a super admin act as `target` for an hour; `is_admin` says whether the target administers anything.

    The admin's session ends and comes back, with a new token, by `stop_impersonating`.

    :raises ImpersonationRefused: for admins, the inactive, oneself, and out of an impersonation.
    """
    refused = (
        not row.user.is_super_admin
        or row.impersonator is not None
        or is_admin
        or target.is_super_admin
        or not target.is_active
        or target.id == row.user_id
    )
    if refused:
        raise ImpersonationRefused
    revoke(row, at=at)
    acting, token = open_session(
        session,
        target,
        at=at,
        ip=row.ip,
        user_agent=row.user_agent,
        second_factor_at=row.second_factor_at,
        lifetime=min(IMPERSONATION_LIFETIME, row.expires_at - at),
    )
    acting.impersonator = row.user
    _record(session, "auth.impersonation.start", actor=row.user, target=target)
    return acting, token


def stop_impersonating(session: Session, row: UserSession, *, at: datetime) -> tuple[UserSession, str]:
    """Go back from acting as somebody: return a new session of the admin and its token.

    :raises NotImpersonating: when the session is nobody's but its user's.
    """
    if row.impersonator is None:
        raise NotImpersonating
    revoke(row, at=at)
    audit.act_as(session, None)
    _record(session, "auth.impersonation.stop", actor=row.impersonator, target=row.user)
    return open_session(
        session,
        row.impersonator,
        at=at,
        ip=row.ip,
        user_agent=row.user_agent,
        second_factor_at=row.second_factor_at,
    )


def delete_ended(session: Session, *, before: datetime) -> int:
    """Delete sessions that ended before this time; return how many."""
    statement = sa.delete(UserSession).where(
        sa.or_(UserSession.expires_at < before, UserSession.revoked_at < before)
    )
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _alive(at: Any, idle_since: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > at,
        UserSession.last_seen_at > idle_since,
    )


def _record(session: Session, action: str, *, actor: User, target: User) -> None:
    audit.record(session, action=action, target=f"user:{target.id}", actor_id=actor.id, platform_id=None)
