"""The queue's tables: a row per task is the truth, a row per lease says who does what only one may do."""

import enum
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from wizamart.database import Base


class TaskStatus(enum.StrEnum):
    """Where a task stands; a failed one waits for its next attempt, a dead one for a person."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    DEAD = "dead"
    PARKED = "parked"
    CANCELLED = "cancelled"


WAITING = (TaskStatus.QUEUED, TaskStatus.FAILED)
FINISHED = (TaskStatus.SUCCEEDED, TaskStatus.DEAD, TaskStatus.CANCELLED)


class Task(Base):
    """Work to be done after a commit; `key` makes asking twice the same as asking once.

    `user_id` carries no foreign key: what was done outlives the account that asked for it.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        sa.Index("ix_tasks_status_run_at", "status", "run_at"),
        sa.Index("ix_tasks_status_lease_until", "status", "lease_until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), index=True)
    module_code: Mapped[str | None] = mapped_column(sa.String(63))
    platform_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("platforms.id", ondelete="CASCADE"), index=True
    )
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None]
    locale: Mapped[str | None] = mapped_column(sa.String(16))
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    key: Mapped[str | None] = mapped_column(sa.String(255), unique=True)
    status: Mapped[str] = mapped_column(sa.String(16), default=TaskStatus.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=5)
    run_at: Mapped[datetime]
    lease_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(sa.String(120))
    progress: Mapped[int] = mapped_column(default=0)
    progress_note: Mapped[str | None] = mapped_column(sa.String(255))
    result: Mapped[Any | None] = mapped_column(sa.JSON)
    error: Mapped[str | None] = mapped_column(sa.Text)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tasks.id", ondelete="SET NULL"), index=True)


class Lease(Base):
    """What only one process may do at a time, and which does it until when."""

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(sa.String(63), primary_key=True)
    owner: Mapped[str] = mapped_column(sa.String(120))
    until: Mapped[datetime]
