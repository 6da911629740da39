"""Connections: one a vendor and marketplace, with an address for the feed that nobody can guess."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.marketplace.adapters import ADAPTERS
from modules.marketplace.adapters.interface import Adapter
from modules.marketplace.exceptions import ConnectionNotFound, FeedNotFound
from modules.marketplace.models.connection import Connection, Exchange
from modules.marketplace.schemas.connection import ConnectionForm, ExchangeKind
from wizamart.platforms import Vendor, VendorStatus


def adapter_of(connection: Connection) -> Adapter:
    """Return the marketplace that a connection leads to.

    :raises ConnectionNotFound: when we do not know it any more.
    """
    adapter = ADAPTERS.get(connection.adapter)
    if adapter is None:
        raise ConnectionNotFound
    return adapter


def find_connection(session: Session, adapter: str = "letzshop") -> Connection | None:
    """Return the connection of the vendor in scope, if there is one."""
    return session.scalars(sa.select(Connection).where(Connection.adapter == adapter)).one_or_none()


def get_connection(session: Session, adapter: str = "letzshop") -> Connection:
    """Return the connection of the vendor in scope.

    :raises ConnectionNotFound: when there is none.
    """
    connection = find_connection(session, adapter)
    if connection is None:
        raise ConnectionNotFound
    return connection


def get_by_token(session: Session, token: str, locale: str) -> Connection:
    """Return the enabled connection of an active vendor that a feed's address leads to.

    :raises FeedNotFound: for a wrong token, and for a language that is not offered.
    """
    query = (
        sa.select(Connection)
        .join(Vendor, Vendor.id == Connection.vendor_id)
        .where(
            Connection.feed_token_hash == hash_token(token),
            Connection.is_enabled,
            Vendor.status == VendorStatus.ACTIVE,
        )
    )
    connection = session.scalars(query).one_or_none()
    if connection is None or locale not in connection.locales:
        raise FeedNotFound
    return connection


def connect(
    session: Session,
    *,
    platform_id: int,
    vendor_id: int,
    locales: Sequence[str],
    actor_id: int | None,
    at: datetime,
) -> Connection:
    """Connect a vendor to Letzshop; connecting again changes nothing."""
    known = find_connection(session)
    if known is not None:
        return known
    adapter = ADAPTERS["letzshop"]
    connection = Connection(
        platform_id=platform_id,
        vendor_id=vendor_id,
        adapter=adapter.code,
        is_enabled=True,
        brand=(session.scalar(sa.select(Vendor.name).where(Vendor.id == vendor_id)) or "")[:70],
        locales=[code for code in adapter.locales if code in locales] or list(adapter.locales[:1]),
        created_at=at,
    )
    _renew_token(connection, at=at)
    session.add(connection)
    session.flush()  # the log names the id
    write_log(session, connection, ExchangeKind.CONNECTED, actor_id=actor_id, at=at)
    return connection


def change(
    session: Session, connection: Connection, form: ConnectionForm, *, actor_id: int | None, at: datetime
) -> bool:
    """Change the settings; returns whether anything was different. The log says that the key changed, never how."""
    key = form.api_key.get_secret_value() if form.api_key else None
    wanted = {"is_enabled": form.is_enabled, "brand": form.brand, "locales": list(form.locales)}
    is_changed = any(getattr(connection, name) != value for name, value in wanted.items())
    has_new_key = key != connection.api_key
    for name, value in wanted.items():
        setattr(connection, name, value)
    connection.api_key = key
    if is_changed:
        write_log(session, connection, ExchangeKind.CHANGED, actor_id=actor_id, at=at)
    if has_new_key:
        write_log(session, connection, ExchangeKind.KEY_CHANGED, actor_id=actor_id, at=at)
    return is_changed or has_new_key


def rotate_token(session: Session, connection: Connection, *, actor_id: int | None, at: datetime) -> None:
    """Give the feed a new address; the old one leads nowhere from now on."""
    _renew_token(connection, at=at)
    write_log(session, connection, ExchangeKind.TOKEN_ROTATED, actor_id=actor_id, at=at)


def write_log(
    session: Session, connection: Connection, kind: ExchangeKind, *, at: datetime, **details: Any
) -> Exchange:
    """Write a line of the log."""
    exchange = Exchange(
        platform_id=connection.platform_id,
        vendor_id=connection.vendor_id,
        connection_id=connection.id,
        kind=kind,
        occurred_at=at,
        **details,
    )
    session.add(exchange)
    return exchange


def note_fetch(
    session: Session, connection_id: int, *, kind: ExchangeKind, at: datetime, **details: Any
) -> None:
    """Write down that a feed was fetched; a connection that has gone meanwhile is no error."""
    connection = session.scalars(sa.select(Connection).where(Connection.id == connection_id)).one_or_none()
    if connection is not None:
        connection.last_fetched_at = at
        write_log(session, connection, kind, at=at, **details)


def list_log(session: Session, connection: Connection, *, limit: int = 20) -> Sequence[Exchange]:
    """Return the newest lines of the log."""
    query = sa.select(Exchange).where(Exchange.connection_id == connection.id)
    return session.scalars(query.order_by(Exchange.id.desc()).limit(limit)).all()


def select_all() -> Any:
    """Return the statement of all connections in scope with the names of their vendors."""
    return sa.select(Connection, Vendor.name.label("vendor_name")).join(
        Vendor, Vendor.id == Connection.vendor_id
    )


def count_connections(session: Session) -> int:
    """Return how many connections are in scope."""
    return session.scalar(sa.select(sa.func.count()).select_from(Connection)) or 0


VENDOR_NAME = Vendor.name
CREATED_AT = Connection.created_at
LAST_FETCHED_AT = Connection.last_fetched_at
IS_ENABLED = Connection.is_enabled


def hash_token(token: str) -> str:
    """Return how a token is found: it is long and random, so one round of a fast hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def _renew_token(connection: Connection, *, at: datetime) -> None:
    token = secrets.token_urlsafe(32)
    connection.feed_token, connection.feed_token_hash, connection.feed_token_at = token, hash_token(token), at
