"""Tokens of the JSON API: a JWT for 15 minutes, and refresh tokens that each work once.

Access tokens name the family of refresh tokens they came from, and are looked up with it: what ends the
family (signing out, reuse, a new password) ends them at their next request.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.orm import Session, aliased, contains_eager

from wizamart.auth.exceptions import RefreshTokenReused, TokenInvalid, TokenNotFound
from wizamart.auth.models import RefreshToken, User
from wizamart.auth.opaque import hash_token, new_token
from wizamart.secrets import derive_key

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

ALGORITHM: Final = "HS256"
ISSUER: Final = "wizamart"
AUDIENCE: Final = "wizamart-api"
ACCESS_LIFETIME: Final = timedelta(minutes=15)
REFRESH_LIFETIME: Final = timedelta(days=30)
MOST_LISTED: Final = 20  # a program that signs in at each run has thousands
_KEY_PURPOSE: Final = "access tokens"


class TokenPair(NamedTuple):
    """What a client gets; `expires_in` is of the access token, in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    token_type: str = "Bearer"  # noqa: S105 - the name of the scheme


def issue(
    session: Session,
    user: User,
    *,
    at: datetime,
    ip: str | None,
    user_agent: str | None,
    second_factor_at: datetime | None = None,
) -> TokenPair:
    """Begin a new family of tokens for somebody who has just proved who they are."""
    first = RefreshToken(
        family=secrets.token_hex(16),
        user=user,
        family_created_at=at,
        created_at=at,
        expires_at=at + REFRESH_LIFETIME,
        second_factor_at=second_factor_at,
        ip=ip,
        user_agent=(user_agent or "")[:255] or None,
    )
    return _hand_out(session, first, at=at)


def refresh(session: Session, token: str, *, at: datetime) -> TokenPair:
    """Exchange a refresh token for a new pair.

    :raises RefreshTokenReused: when it was exchanged before; the caller ends its family, lastingly.
    :raises TokenInvalid: when it is unknown, expired, revoked, or its user may not sign in any more.
    """
    row = session.scalar(
        sa.select(RefreshToken)
        .join(RefreshToken.user)
        .options(contains_eager(RefreshToken.user))
        .where(RefreshToken.token_hash == hash_token(token), is_living())
    )
    if row is None or row.name is not None or row.expires_at <= at or not may_go_on(row):
        raise TokenInvalid
    if not _use(session, row, at=at):
        raise RefreshTokenReused(family=row.family)
    successor = RefreshToken(
        family=row.family,
        user=row.user,
        family_created_at=row.family_created_at,
        created_at=at,
        expires_at=at + REFRESH_LIFETIME,
        second_factor_at=row.second_factor_at,
        ip=row.ip,
        user_agent=row.user_agent,
    )
    return _hand_out(session, successor, at=at)


def find_grant(session: Session, access_token: str, *, at: datetime) -> RefreshToken | None:
    """Return the newest link of the living family of an access token, with its user, in one query."""
    family = _read_family(access_token, at=at)
    if family is None:
        return None
    row = session.scalar(
        sa.select(RefreshToken)
        .join(RefreshToken.user)
        .options(contains_eager(RefreshToken.user))
        .where(RefreshToken.family == family, RefreshToken.used_at.is_(None), is_living())
    )
    return row if row is not None and may_go_on(row) else None


def is_living() -> sa.ColumnElement[bool]:
    """Return the condition that nothing of the family was revoked.

    A statement that revokes waits for a renewal of the same moment, and does not see the link that this one adds.
    """
    link = aliased(RefreshToken)
    return ~sa.exists().where(link.family == RefreshToken.family, link.revoked_at.is_not(None))


def may_go_on(row: RefreshToken) -> bool:
    """Tell whether the user still may; a new password ends all that was handed out before it."""
    changed_at = row.user.password_changed_at
    return row.user.is_active and (changed_at is None or changed_at <= row.family_created_at)


def list_families(session: Session, user: User, *, at: datetime) -> Sequence[RefreshToken]:
    """Return the newest link of each living family of a person, the newest family first; none with a name."""
    changed_at = user.password_changed_at
    statement = sa.select(RefreshToken).where(
        RefreshToken.user_id == user.id,
        RefreshToken.name.is_(None),
        RefreshToken.used_at.is_(None),
        RefreshToken.expires_at > at,
        is_living(),
    )
    if changed_at is not None:
        statement = statement.where(RefreshToken.family_created_at >= changed_at)
    order = (RefreshToken.family_created_at.desc(), RefreshToken.id.desc())
    return session.scalars(statement.order_by(*order).limit(MOST_LISTED)).all()


def revoke_own(session: Session, user_id: int, family: str, *, at: datetime) -> tuple[str | None, bool]:
    """End a family of this person, or a token with a name; return its name, and whether it was good till now.

    :raises TokenNotFound: when it is none of theirs.
    """
    own = sa.select(RefreshToken).where(RefreshToken.family == family, RefreshToken.user_id == user_id)
    row = session.scalars(own.limit(1)).one_or_none()
    if row is None:
        raise TokenNotFound
    return row.name, revoke_family(session, family, at=at) > 0


def revoke_family(session: Session | Connection, family: str, *, at: datetime) -> int:
    """End every token of a family and return how many; also on a plain connection, for use while a request fails."""
    return _revoke(session, RefreshToken.family == family, at=at)


def revoke_all(session: Session, user_id: int, *, at: datetime) -> int:
    """End every token of a person and return how many."""
    return _revoke(session, RefreshToken.user_id == user_id, at=at)


def _revoke(session: Session | Connection, which: sa.ColumnElement[bool], *, at: datetime) -> int:
    statement = sa.update(RefreshToken).where(which, RefreshToken.revoked_at.is_(None)).values(revoked_at=at)
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def delete_ended(session: Session, *, before: datetime) -> int:
    """Delete tokens that expired before this time; used ones stay till then, to show reuse."""
    statement = sa.delete(RefreshToken).where(RefreshToken.expires_at < before)
    return cast("CursorResult[Any]", session.execute(statement)).rowcount


def _use(session: Session, row: RefreshToken, *, at: datetime) -> bool:
    """Mark the token as used; the database decides which of two equal requests was first."""
    statement = (
        sa.update(RefreshToken)
        .where(RefreshToken.id == row.id, RefreshToken.used_at.is_(None))
        .values(used_at=at)
    )
    return cast("CursorResult[Any]", session.execute(statement)).rowcount == 1


def _hand_out(session: Session, row: RefreshToken, *, at: datetime) -> TokenPair:
    refresh_token = new_token()
    row.token_hash = hash_token(refresh_token)
    session.add(row)
    session.flush()  # the user's id goes into the access token
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(row.user_id),
        "iat": int(at.timestamp()),
        "exp": int((at + ACCESS_LIFETIME).timestamp()),
        "jti": secrets.token_hex(8),
        "fam": row.family,
    }
    from joserfc import jwt

    access_token = jwt.encode({"alg": ALGORITHM, "typ": "at+jwt"}, claims, _key(), algorithms=[ALGORITHM])
    return TokenPair(access_token, refresh_token, int(ACCESS_LIFETIME.total_seconds()))


def _read_family(access_token: str, *, at: datetime) -> str | None:
    """Check signature and claims (RFC 9068) and return the family; None for anything odd."""
    from joserfc import jwt
    from joserfc.errors import JoseError

    rules = jwt.JWTClaimsRegistry(
        now=int(at.timestamp()),
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        sub={"essential": True},
    )
    try:
        token = jwt.decode(access_token, _key(), algorithms=[ALGORITHM])
        rules.validate(token.claims)
    except (JoseError, ValueError):
        return None
    family = token.claims.get("fam")
    return family if token.header.get("typ") == "at+jwt" and isinstance(family, str) else None


def _key() -> "OctKey":
    # joserfc is imported where it is used: fifty modules that only processes with an API need.
    from joserfc.jwk import OctKey

    return OctKey.import_key(derive_key(_KEY_PURPOSE))
