"""The trail of who changed what: one row per change, grouped by operation, never edited."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from wizamart import clock
from wizamart.database import Base

_IMPERSONATOR = "audit_impersonator_id"


class AuditEntry(Base):
    """One change. `before` and `after` never hold secrets; the impersonator acted in the actor's name."""

    __tablename__ = "audit_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    operation_id: Mapped[str] = mapped_column(sa.String(36), index=True)
    platform_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("platforms.id", ondelete="CASCADE"), index=True
    )
    actor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"), index=True)
    impersonator_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    action: Mapped[str] = mapped_column(sa.String(80), index=True)
    target: Mapped[str] = mapped_column(sa.String(200), index=True)
    cause: Mapped[str | None] = mapped_column(sa.String(200))
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    origin: Mapped[str] = mapped_column(sa.String(40))
    note: Mapped[str | None] = mapped_column(sa.Text)
    occurred_at: Mapped[datetime] = mapped_column(index=True)


def act_as(session: Session, impersonator_id: int | None) -> None:
    """Note who is behind the person of this session, for whatever it writes into the trail."""
    session.info[_IMPERSONATOR] = impersonator_id


def new_operation_id() -> str:
    """Return an id for changes that belong together."""
    return str(uuid.uuid4())


def record(
    session: Session,
    *,
    action: str,
    target: str,
    actor_id: int | None,
    platform_id: int | None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    cause: str | None = None,
    origin: str = "portal",
    note: str | None = None,
    operation_id: str | None = None,
    at: datetime | None = None,
) -> AuditEntry:
    """Add a row to the trail, in the transaction of the change itself."""
    entry = AuditEntry(
        operation_id=operation_id or new_operation_id(),
        platform_id=platform_id,
        actor_id=actor_id,
        impersonator_id=session.info.get(_IMPERSONATOR),
        action=action,
        target=target,
        cause=cause,
        before=before,
        after=after,
        origin=origin,
        note=note,
        occurred_at=at or clock.now(),
    )
    session.add(entry)
    return entry


def record_all(session: Session, changes: Sequence[dict[str, Any]]) -> None:
    """Add the rows of one operation, in their order, in one statement; each holds the values of all other columns."""
    if changes:
        behind = {"impersonator_id": session.info.get(_IMPERSONATOR)}
        session.execute(sa.insert(AuditEntry), [behind | change for change in changes])


def list_operation(session: Session, operation_id: str) -> Sequence[AuditEntry]:
    """Return the rows of one operation in the order they were written."""
    query = sa.select(AuditEntry).where(AuditEntry.operation_id == operation_id).order_by(AuditEntry.id)
    return session.scalars(query).all()


def has_newer(session: Session, entry: AuditEntry) -> bool:
    """Tell whether the entry's target was changed again after it, by another operation."""
    query = sa.select(
        sa.exists().where(
            AuditEntry.platform_id == entry.platform_id,
            AuditEntry.target == entry.target,
            AuditEntry.id > entry.id,
            AuditEntry.operation_id != entry.operation_id,
        )
    )
    return bool(session.scalar(query))
