"""Tokens that people make for programs: each has a name and an end, and is shown once.

One is a bearer token by itself, so that a program needs nothing else. It may do at each request what its person
may do then; a new password, a new second factor and being deactivated end it, as they end every other token.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager

from wizamart.auth import user_service
from wizamart.auth.exceptions import TokenNameTaken, TooManyTokens
from wizamart.auth.models import RefreshToken
from wizamart.auth.opaque import hash_token, new_token
from wizamart.auth.token_service import is_living, may_go_on

PREFIX: Final = "wizamart_"  # by which people and scanners of leaked secrets know it
MOST: Final = 20
NOTE_INTERVAL: Final = timedelta(minutes=10)
SECOND_CLICK: Final = timedelta(seconds=10)


def create_token(
    session: Session,
    user_id: int,
    *,
    name: str,
    lifetime: timedelta,
    second_factor_at: datetime | None,
    ip: str | None,
    at: datetime,
) -> str:
    """Make a token and return it; the database keeps only its hash.

    The answer to the first of two clicks is never seen, so the second gives the same token another secret.

    :raises TokenNameTaken: when a living token of theirs has this name.
    :raises TooManyTokens: when they have as many as one may have.
    """
    user = user_service.get_user_to_change(session, user_id)
    living = session.scalars(_own(user_id).where(RefreshToken.expires_at > at)).all()
    row = next((one for one in living if one.name == name), None)
    if row is not None and (row.last_used_at is not None or at - row.created_at > SECOND_CLICK):
        raise TokenNameTaken
    if row is None:
        if len(living) >= MOST:
            raise TooManyTokens(most=MOST)
        row = RefreshToken(
            family=secrets.token_hex(16), user=user, name=name, family_created_at=at, created_at=at
        )
        session.add(row)
    secret = PREFIX + new_token()
    row.token_hash, row.expires_at = hash_token(secret), at + lifetime
    row.second_factor_at, row.ip = second_factor_at, ip
    return secret


def find_token(session: Session, token: str, *, at: datetime) -> RefreshToken | None:
    """Return the living token of this text, with its user, in one query."""
    row = session.scalar(
        sa.select(RefreshToken)
        .join(RefreshToken.user)
        .options(contains_eager(RefreshToken.user))
        .where(
            RefreshToken.token_hash == hash_token(token),
            RefreshToken.name.is_not(None),
            RefreshToken.expires_at > at,
            is_living(),
        )
    )
    return row if row is not None and may_go_on(row) else None


def list_tokens(session: Session, user_id: int, *, since: datetime) -> Sequence[RefreshToken]:
    """Return somebody's tokens that nobody revoked and that did not expire before this time, the newest first."""
    statement = _own(user_id).where(RefreshToken.expires_at > since)
    return session.scalars(statement.order_by(RefreshToken.created_at.desc(), RefreshToken.id.desc())).all()


def is_use_due(row: RefreshToken, *, at: datetime) -> bool:
    """Tell whether it is time to note that the token is in use; not asked for a GET: it writes nothing."""
    return row.last_used_at is None or at - row.last_used_at >= NOTE_INTERVAL


def note_use(session: Session, token_id: int, *, at: datetime) -> None:
    """Note that the token was sent with a change."""
    session.execute(sa.update(RefreshToken).where(RefreshToken.id == token_id).values(last_used_at=at))


def _own(user_id: int) -> sa.Select[RefreshToken]:
    return sa.select(RefreshToken).where(
        RefreshToken.user_id == user_id, RefreshToken.name.is_not(None), RefreshToken.revoked_at.is_(None)
    )
