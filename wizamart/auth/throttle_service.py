"""Limits on tries, per account and per address, counted in the database so that all processes agree.

A try is counted before its password is looked at and given back when it was right: a hundred tries sent at
once are a hundred, not one.
"""

import hashlib
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from wizamart.auth.models import SignInThrottle, normal_email
from wizamart.database import upsert_into
from wizamart.exceptions import TooManyRequests

_table: Final[sa.Table] = SignInThrottle.__table__  # type: ignore[assignment]  # declared as FromClause


class Limit(NamedTuple):
    """So many tries are free; then each locks, for twice as long as the one before, up to `longest`."""

    free_tries: int
    first_lock: timedelta
    longest: timedelta
    forget_after: timedelta


ACCOUNT: Final = Limit(5, timedelta(seconds=30), timedelta(minutes=15), timedelta(hours=12))
ADDRESS: Final = Limit(30, timedelta(seconds=60), timedelta(hours=1), timedelta(hours=1))
MAIL: Final = Limit(3, timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


def account_key(email: str) -> str:
    """Return the key of an account by the address typed; hashed, so that typos do not pile up in clear."""
    return f"account:{hashlib.sha256(normal_email(email).encode()).hexdigest()}"


def second_factor_key(user_id: int) -> str:
    """Return the key for codes of one person."""
    return f"code:{user_id}"


def password_key(user_id: int) -> str:
    """Return the key for the password that one person is asked for again."""
    return f"password:{user_id}"


def mail_key(email: str) -> str:
    """Return the key for mails sent to one address on a stranger's request."""
    return f"mail:{hashlib.sha256(normal_email(email).encode()).hexdigest()}"


def ip_key(ip: str | None) -> str:
    """Return the key of a network address."""
    return f"ip:{ip or 'unknown'}"


def lock_for(tries: int, limit: Limit) -> timedelta:
    """Return how long to lock after so many tries in a row."""
    if tries < limit.free_tries:
        return timedelta(0)
    doublings = min(tries - limit.free_tries, 20)  # beyond that only the arithmetic would grow
    return min(limit.first_lock * (1 << doublings), limit.longest)


def count_try(connection: Connection | Session, key: str, *, limit: Limit, at: datetime) -> None:
    """Count one try, in a transaction that stays even if the request fails.

    :raises TooManyRequests: with `retry_after` in seconds, while locked; such a try is not counted.
    """
    row = _locked_row(connection, key, at=at)
    if row.locked_until is not None and row.locked_until > at:
        raise TooManyRequests(retry_after=int((row.locked_until - at).total_seconds()) + 1)
    tries = 1 if at - row.last_try_at > limit.forget_after else row.tries + 1
    lock = lock_for(tries, limit)
    connection.execute(
        sa.update(_table)
        .where(_table.c.key == key)
        .values(tries=tries, last_try_at=at, locked_until=at + lock if lock else None)
    )


def give_back(connection: Connection | Session, key: str) -> None:
    """Take one try back, since it was right; what wrong ones before it have locked opens by time only."""
    connection.execute(
        sa.update(_table)
        .where(_table.c.key == key, _table.c.tries > 0)
        .values(tries=_table.c.tries - 1, locked_until=None)
    )


def clear(connection: Connection | Session, key: str) -> None:
    """Forget the tries of an account that has proved itself."""
    connection.execute(sa.delete(_table).where(_table.c.key == key))


def delete_forgotten(connection: Connection | Session, *, before: datetime) -> None:
    """Delete the counts whose last try is older than this."""
    connection.execute(sa.delete(_table).where(_table.c.last_try_at < before))


def _locked_row(connection: Connection | Session, key: str, *, at: datetime) -> sa.Row[Any]:
    """Make sure of the row and lock it, so that tries at the same moment are counted one after another.

    It is one statement: between two, somebody who got in could have taken the row away.
    """
    values = {"key": key, "tries": 0, "last_try_at": at}
    insert = upsert_into(SignInThrottle, connection).values(values)
    lock = insert.on_conflict_do_update(index_elements=["key"], set_={"key": key})
    return connection.execute(lock.returning(*_table.c)).one()
