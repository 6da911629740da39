"""One's own tokens of the JSON API: those made for programs, and what programs got by signing in."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from modules.core.exceptions import WrongOwnPassword
from modules.core.schemas.profile import TokenInput
from wizamart import audit
from wizamart.auth import personal_token_service, sign_in, token_service, user_service
from wizamart.auth.models import RefreshToken

# So long an expired token is shown: whoever wonders why a program stopped finds the reason.
EXPIRED_SHOWN: Final = timedelta(days=30)
ENDS_SOON: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A token with a name, or a sign-in of a program (`name` is None; it is used when it renews its tokens)."""

    family: str
    name: str | None
    program: str
    ip: str
    created_at: datetime
    last_used_at: datetime | None
    expires_at: datetime
    is_expired: bool
    ends_soon: bool


def list_tokens(session: Session, user_id: int, *, at: datetime) -> list[ApiToken]:
    """Return somebody's tokens with names, then the newest of their programs' sign-ins."""
    user = user_service.get_user(session, user_id)
    rows = [
        *personal_token_service.list_tokens(session, user_id, since=at - EXPIRED_SHOWN),
        *token_service.list_families(session, user, at=at),
    ]
    return [_token(row, at) for row in rows]


def create_token(
    session: Session,
    user_id: int,
    wanted: TokenInput,
    *,
    second_factor_at: datetime | None,
    ip: str | None,
    at: datetime,
) -> str:
    """Make a token with a name and return it, which nobody sees again.

    :raises WrongOwnPassword: when the password does not fit.
    :raises TooManyRequests: after too many wrong ones.
    :raises TokenNameTaken, TooManyTokens: at the name.
    """
    user = user_service.get_user(session, user_id)
    if not sign_in.is_password_of(session, user, password=wanted.own_password.get_secret_value(), at=at):
        raise WrongOwnPassword
    lifetime = timedelta(days=int(wanted.lifetime))
    token = personal_token_service.create_token(
        session,
        user_id,
        name=wanted.name,
        lifetime=lifetime,
        second_factor_at=second_factor_at,
        ip=ip,
        at=at,
    )
    after = {"name": wanted.name, "expires_at": (at + lifetime).isoformat()}
    _record(session, user_id, "core.profile.token_created", at, after=after)
    return token


def revoke_token(session: Session, user_id: int, family: str, *, at: datetime) -> None:
    """End a token, or all that came from one sign-in, at its next request; ending it again changes nothing.

    :raises TokenNotFound: when it is none of theirs.
    """
    name, was_living = token_service.revoke_own(session, user_id, family, at=at)
    if was_living:
        _record(session, user_id, "core.profile.token_revoked", at, before={"name": name})


def revoke_all(session: Session, user_id: int, *, at: datetime) -> None:
    """End every token of somebody, at its next request."""
    if token_service.revoke_all(session, user_id, at=at):
        _record(session, user_id, "core.profile.tokens_revoked", at)


def _token(row: RefreshToken, at: datetime) -> ApiToken:
    renewed_at = row.created_at if row.created_at > row.family_created_at else None
    return ApiToken(
        family=row.family,
        name=row.name,
        program=(row.user_agent or "").partition(" ")[0][:60],
        ip=row.ip or "",
        created_at=row.family_created_at,
        last_used_at=row.last_used_at if row.name is not None else renewed_at,
        expires_at=row.expires_at,
        is_expired=row.expires_at <= at,
        ends_soon=at < row.expires_at <= at + ENDS_SOON,
    )


def _record(
    session: Session,
    user_id: int,
    action: str,
    at: datetime,
    *,
    before: dict[str, str | None] | None = None,
    after: dict[str, str] | None = None,
) -> None:
    audit.record(
        session,
        action=action,
        target=f"user:{user_id}",
        actor_id=user_id,
        platform_id=None,
        before=before,
        after=after,
        at=at,
    )
