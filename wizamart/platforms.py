"""Platforms and vendors, and the scope that keeps each tenant's rows to itself.

A class that mixes in `PlatformOwned` or `VendorOwned` is filtered in every ORM statement by the session's scope, and
its new rows are stamped with it. Without a scope such a statement raises: forgetting the filter is an error, not a
leak. Looking across tenants takes `across_tenants`, which names its reason and is logged.
"""

import enum
import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Final, NamedTuple, cast

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import (
    Mapped,
    ORMExecuteState,
    Session,
    declared_attr,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.sql import visitors

from wizamart.database import Base

log = logging.getLogger(__name__)
OWNED_TABLE: Final = {"is_platform_owned": True}
"""The `info` of a table without a class whose rows belong to one platform: PostgreSQL protects it like the others."""


class PlatformStatus(enum.StrEnum):
    """An archived platform answers nobody but super admins."""

    ACTIVE = "active"
    ARCHIVED = "archived"


class VendorStatus(enum.StrEnum):
    """Only an active vendor has a portal and a storefront; a suspended one keeps its data."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"


class Platform(Base):
    """A tenant of the first level; `module_revision` grows with every change to its modules."""

    __tablename__ = "platforms"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(63), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    status: Mapped[str] = mapped_column(sa.String(16), default=PlatformStatus.ACTIVE)
    module_revision: Mapped[int] = mapped_column(default=0, server_default="0")
    default_locale: Mapped[str] = mapped_column(sa.String(16), default="en")
    locales: Mapped[list[str]] = mapped_column(default=lambda: ["en", "fr", "de", "lb"])
    currency: Mapped[str] = mapped_column(sa.String(3), default="EUR")
    time_zone: Mapped[str] = mapped_column(sa.String(64), default="Europe/Luxembourg")
    settings: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class Vendor(Base):
    """A seller; on which platforms it sells stands in `VendorPlatform`, who owns it in the tenancy module."""

    __tablename__ = "vendors"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(63), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    status: Mapped[str] = mapped_column(sa.String(16), default=VendorStatus.PENDING)
    created_at: Mapped[datetime]


class VendorPlatform(Base):
    """A vendor sells on a platform."""

    __tablename__ = "vendor_platforms"

    vendor_id: Mapped[int] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), primary_key=True)
    platform_id: Mapped[int] = mapped_column(
        sa.ForeignKey("platforms.id", ondelete="CASCADE"), primary_key=True, index=True
    )


def sells_on(platform_id: int) -> sa.ColumnElement[bool]:
    """Return the condition on `Vendor` that it sells on a platform, whatever its status."""
    return sa.exists().where(VendorPlatform.vendor_id == Vendor.id, VendorPlatform.platform_id == platform_id)


def list_vendors(session: Session, platform_id: int, *, only_active: bool = False) -> list[tuple[int, str]]:
    """Return id and name of the vendors that sell on a platform, by name."""
    query = sa.select(Vendor.id, Vendor.name).where(sells_on(platform_id)).order_by(Vendor.name)
    if only_active:
        query = query.where(Vendor.status == VendorStatus.ACTIVE)
    return [(row.id, row.name) for row in session.execute(query)]


def vendor_names(session: Session, vendor_ids: Collection[int]) -> dict[int, str]:
    """Return the names of these vendors by id, wherever they sell."""
    if not vendor_ids:
        return {}
    query = sa.select(Vendor.id, Vendor.name).where(Vendor.id.in_(vendor_ids)).order_by(Vendor.id)
    return {row.id: row.name for row in session.execute(query)}


class PlatformHost(Base):
    """A host name that leads to a platform, or with `vendor_id` to a vendor's storefront on it."""

    __tablename__ = "platform_hosts"

    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str] = mapped_column(sa.String(253), unique=True)
    platform_id: Mapped[int] = mapped_column(sa.ForeignKey("platforms.id", ondelete="CASCADE"), index=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    is_primary: Mapped[bool] = mapped_column(default=False)
    verified_at: Mapped[datetime | None]


class PlatformOwned:
    """Mixin: a row belongs to one platform."""

    @declared_attr
    def platform_id(cls) -> Mapped[int]:  # noqa: N805 - SQLAlchemy calls it with the class
        """Return the column that names the owner."""
        return mapped_column(sa.ForeignKey("platforms.id", ondelete="CASCADE"), index=True)


class VendorOwned(PlatformOwned):
    """Mixin: a row belongs to one vendor on one platform."""

    @declared_attr
    def vendor_id(cls) -> Mapped[int]:  # noqa: N805 - SQLAlchemy calls it with the class
        """Return the column that names the vendor."""
        return mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)


class Scope(NamedTuple):
    """The tenant whose rows a session may touch; without `vendor_id`, those of all vendors on the platform."""

    platform_id: int
    vendor_id: int | None = None


class ScopeMissing(RuntimeError):
    """A tenant's table was touched in a session that serves no tenant: a fault of the program."""


class ScopeViolation(RuntimeError):
    """A row of one tenant was about to be written in the scope of another: a fault of the program."""


_ACROSS = object()


def get_scope(session: Session) -> Scope | None:
    """Return the scope the session works in, if it has one."""
    scope = session.info.get("scope")
    return scope if isinstance(scope, Scope) else None


def enter_scope(session: Session, scope: Scope | None) -> None:
    """Let the session work for this tenant from now on; None closes the tenants' tables again."""
    session.info["scope"] = scope
    _tell_postgresql(session)


@contextmanager
def scoped(session: Session, platform_id: int, vendor_id: int | None = None) -> Iterator[None]:
    """Work for one tenant inside the block, and for the previous one after it."""
    previous = session.info.get("scope")
    session.flush()  # what is pending belongs to the previous scope and is checked against it
    enter_scope(session, Scope(platform_id, vendor_id))
    try:
        yield
        session.flush()  # likewise what the block has left pending
    except BaseException:
        session.info["scope"] = previous
        with suppress(SQLAlchemyError):  # in a spoiled transaction; its reason is what counts
            _tell_postgresql(session)
        raise
    else:
        session.info["scope"] = previous
        _tell_postgresql(session)


@contextmanager
def across_tenants(session: Session, reason: str, *, is_routine: bool = False) -> Iterator[None]:
    """Look across all tenants inside the block; the reason is logged, that of a routine look for debugging only."""
    log.log(logging.DEBUG if is_routine else logging.INFO, "tenant_scope_crossed", extra={"reason": reason})
    previous = session.info.get("scope")
    session.info["scope"] = _ACROSS
    _tell_postgresql(session)
    try:
        yield
        session.flush()  # what is pending was allowed here, and would not be outside
    finally:
        session.info["scope"] = previous
        _tell_postgresql(session)


@event.listens_for(Session, "do_orm_execute")
def _restrict_to_scope(state: ORMExecuteState) -> None:
    """Add the tenant's condition to every ORM SELECT, UPDATE and DELETE on owned classes."""
    if state.is_column_load or state.is_relationship_load:
        return  # the parent was loaded in scope, and so are its rows: every foreign key stays inside a tenant
    scope = state.session.info.get("scope")
    if scope is _ACROSS:
        return
    if scope is None:
        parts = visitors.iterate(cast("visitors.ExternallyTraversible", state.statement))
        touched = _owned_tables() & {part for part in parts if isinstance(part, sa.Table)}
        if touched:
            raise ScopeMissing(", ".join(sorted(table.name for table in touched)))
        return
    platform_id, vendor_id = scope.platform_id, scope.vendor_id
    state.statement = state.statement.options(
        with_loader_criteria(PlatformOwned, lambda cls: cls.platform_id == platform_id, include_aliases=True)
    )
    if vendor_id is not None:
        state.statement = state.statement.options(
            with_loader_criteria(VendorOwned, lambda cls: cls.vendor_id == vendor_id, include_aliases=True)
        )


def _owned_tables() -> set[sa.Table]:
    """Return the tables whose rows have an owner; asked for only where a session has no scope, which is rare."""
    return {
        mapper.local_table
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, PlatformOwned) and isinstance(mapper.local_table, sa.Table)
    }


@event.listens_for(Session, "before_flush")
def _stamp_with_scope(session: Session, *_: object) -> None:
    """Give new rows their owner and refuse to write rows of another."""
    scope = session.info.get("scope")
    if scope is _ACROSS:
        return
    for row in (*session.new, *session.dirty, *session.deleted):
        if not isinstance(row, PlatformOwned):
            continue
        if scope is None:
            raise ScopeMissing(type(row).__name__)
        if row.platform_id is None:
            row.platform_id = scope.platform_id
        if row.platform_id != scope.platform_id:
            raise ScopeViolation(f"{type(row).__name__} of platform {row.platform_id}")
        if scope.vendor_id is not None and isinstance(row, VendorOwned):
            if row.vendor_id is None:
                row.vendor_id = scope.vendor_id
            if row.vendor_id != scope.vendor_id:
                raise ScopeViolation(f"{type(row).__name__} of vendor {row.vendor_id}")


def _tell_postgresql(session: Session) -> None:
    """Repeat the scope to PostgreSQL, for the row-level security underneath, in the running transaction only."""
    if not session.in_transaction() or session.get_bind().dialect.name != "postgresql":
        return
    _set_postgresql_scope(session.connection(), session.info.get("scope"))


def _set_postgresql_scope(connection: sa.Connection, scope: object) -> None:
    value = "*" if scope is _ACROSS else str(scope.platform_id) if isinstance(scope, Scope) else ""
    connection.exec_driver_sql("SELECT set_config('wizamart.platform_id', %s, true)", (value,))


@event.listens_for(Session, "after_begin")
def _repeat_scope_in_new_transaction(
    session: Session, _transaction: object, connection: sa.Connection
) -> None:
    if connection.dialect.name == "postgresql" and session.info.get("scope") is not None:
        _set_postgresql_scope(connection, session.info["scope"])
