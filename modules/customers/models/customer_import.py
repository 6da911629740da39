"""Imports of customers: the file in pieces, and what became of every line."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from modules.customers.schemas.import_state import ImportStatus
from wizamart.database import Base
from wizamart.platforms import PlatformOwned


class CustomerImport(PlatformOwned, Base):
    """One uploaded file, of the platform or with `vendor_id` of a vendor.

    `columns` are the headings in their order, each with the field that it fills or "". `consent_source` names where
    people agreed to get news; without it no consent is taken over.
    """

    __tablename__ = "customers_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    status: Mapped[str] = mapped_column(sa.String(20), default=ImportStatus.READING)
    encoding: Mapped[str] = mapped_column(sa.String(20), default="")
    delimiter: Mapped[str] = mapped_column(sa.String(2), default="")
    columns: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    consent_source: Mapped[str] = mapped_column(sa.String(200), default="")
    consents: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(sa.Text, default="")
    is_all_or_nothing: Mapped[bool] = mapped_column(default=False)
    lines: Mapped[int] = mapped_column(default=0)
    judged_lines: Mapped[int] = mapped_column(default=0)
    applied_lines: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    task_id: Mapped[int | None]
    created_by_user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportChunk(PlatformOwned, Base):
    """A piece of the uploaded file; in the database, so that any worker on any host can read it."""

    __tablename__ = "customers_import_chunks"
    __table_args__ = (sa.UniqueConstraint("import_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("customers_imports.id", ondelete="CASCADE"))
    position: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class ImportLine(PlatformOwned, Base):
    """One line of a file: what it says in our words (`values`), and what becomes of it."""

    __tablename__ = "customers_import_lines"
    __table_args__ = (
        sa.UniqueConstraint("import_id", "number"),
        sa.Index("ix_customers_import_lines_verdict", "import_id", "verdict", "number"),
        sa.Index("ix_customers_import_lines_email", "import_id", "email", "number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("customers_imports.id", ondelete="CASCADE"))
    number: Mapped[int]
    verdict: Mapped[str] = mapped_column(sa.String(16), default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    email: Mapped[str] = mapped_column(sa.String(254), default="")
    name: Mapped[str] = mapped_column(sa.String(120), default="")
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
