"""Tables of people and of how they are signed in; of every token only the hash is stored."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from wizamart import clock
from wizamart.database import Base
from wizamart.secrets import EncryptedText


class Theme(enum.StrEnum):
    """How pages look for a person; `system` follows the browser."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class TokenPurpose(enum.StrEnum):
    """What a token sent by mail is good for."""

    PASSWORD_RESET = "password_reset"  # noqa: S105 - a name, no password
    INVITATION = "invitation"
    EMAIL_CHANGE = "email_change"


class User(Base):
    """A person; what they may do stands in their roles, which know them by id."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    display_name: Mapped[str] = mapped_column(sa.String(120))
    password_hash: Mapped[str | None] = mapped_column(sa.String(255))
    password_changed_at: Mapped[datetime | None]
    is_super_admin: Mapped[bool] = mapped_column(default=False)
    # Also once they are no longer: they may be given a role again. The default is for the previous release.
    was_super_admin: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    is_active: Mapped[bool] = mapped_column(default=True)
    locale: Mapped[str | None] = mapped_column(sa.String(16))
    time_zone: Mapped[str | None] = mapped_column(sa.String(64))
    theme: Mapped[str] = mapped_column(sa.String(8), default=Theme.SYSTEM)
    preferences: Mapped[dict[str, Any]] = mapped_column(MutableDict.as_mutable(sa.JSON()), default=dict)
    # Read where a code is looked at, and nowhere else: one that no key fits must not hide the person.
    totp_secret: Mapped[str | None] = mapped_column(EncryptedText, deferred=True)
    totp_enabled_at: Mapped[datetime | None]
    totp_last_used_step: Mapped[int | None] = mapped_column(sa.BigInteger)
    recovery_codes: Mapped[list[str]] = mapped_column(default=list)
    created_at: Mapped[datetime] = mapped_column(default=clock.now)
    last_signed_in_at: Mapped[datetime | None]

    @validates("is_super_admin")
    def _remember_super_admin(self, _key: str, value: bool) -> bool:
        if value or self.is_super_admin:
            self.was_super_admin = True
        return value

    @validates("email")
    def _lower_case(self, _key: str, value: str) -> str:
        return normal_email(value)

    @property
    def is_authenticated(self) -> bool:
        """Whether this is a person who is known, for Flask-Login."""
        return True

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody is signed in, for Flask-Login."""
        return False

    @property
    def has_second_factor(self) -> bool:
        """Whether signing in takes a code besides the password."""
        return self.totp_enabled_at is not None

    def get_id(self) -> str:
        """Return the id as Flask-Login wants it; cookies carry a session's token instead."""
        return str(self.id)

    def __repr__(self) -> str:
        return f"<User {self.id}>"


class UserSession(Base):
    """One browser in which somebody is signed in, until it expires or is revoked."""

    __tablename__ = "user_sessions"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    impersonator_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]
    ip: Mapped[str | None] = mapped_column(sa.String(45))
    user_agent: Mapped[str | None] = mapped_column(sa.String(255))

    user: Mapped[User] = relationship(foreign_keys=[user_id])
    impersonator: Mapped[User | None] = relationship(foreign_keys=[impersonator_id])


class RefreshToken(Base):
    """One link in the chain of refresh tokens that began with one sign-in (the family).

    One with a name is a chain by itself: a token that a person made for a program, good until it expires.
    """

    __tablename__ = "refresh_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    family: Mapped[str] = mapped_column(sa.String(32), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str | None] = mapped_column(sa.String(80))
    family_created_at: Mapped[datetime]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    second_factor_at: Mapped[datetime | None]
    ip: Mapped[str | None] = mapped_column(sa.String(45))
    user_agent: Mapped[str | None] = mapped_column(sa.String(255))

    user: Mapped[User] = relationship()


class OneTimeToken(Base):
    """A token sent by mail that proves who holds the mailbox, once."""

    __tablename__ = "one_time_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    purpose: Mapped[str] = mapped_column(sa.String(32))
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()


class SignInThrottle(Base):
    """How many tries in a row one account or one address has behind it.

    The key of an account is made of the address that was typed, not of a user's id: an unknown address is
    locked out like a known one, so the lock-out does not tell which is which.
    """

    __tablename__ = "sign_in_throttles"

    key: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    tries: Mapped[int]
    last_try_at: Mapped[datetime] = mapped_column(index=True)
    locked_until: Mapped[datetime | None]


def normal_email(value: str) -> str:
    """Return the form in which an address is stored and looked up."""
    return value.strip().lower()
