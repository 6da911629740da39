"""Imports of catalogue files: the file in pieces, and what became of every line."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from modules.inventory.schemas.states import ImportStatus
from wizamart.database import Base
from wizamart.platforms import VendorOwned


class CatalogueImport(VendorOwned, Base):
    """One uploaded file; `read_bytes` of its `size` are lines already, and reading goes on behind `read_lines`."""

    __tablename__ = "inventory_imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    status: Mapped[str] = mapped_column(sa.String(20), default=ImportStatus.READING)
    format: Mapped[str] = mapped_column(sa.String(40), default="")
    encoding: Mapped[str] = mapped_column(sa.String(20), default="")
    delimiter: Mapped[str] = mapped_column(sa.String(2), default="")
    headings: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    read_bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    read_lines: Mapped[int] = mapped_column(default=0, server_default="0")
    problem: Mapped[str] = mapped_column(sa.Text, default="")
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_locations.id", ondelete="CASCADE"))
    is_all_or_nothing: Mapped[bool] = mapped_column(default=False)
    lines: Mapped[int] = mapped_column(default=0)
    judged_lines: Mapped[int] = mapped_column(default=0, server_default="0")
    applied_lines: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    task_id: Mapped[int | None]
    created_by_user_id: Mapped[int | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ImportChunk(VendorOwned, Base):
    """A piece of the uploaded file; in the database, so that any worker on any host can read it."""

    __tablename__ = "inventory_import_chunks"
    __table_args__ = (sa.UniqueConstraint("import_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_imports.id", ondelete="CASCADE"))
    position: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)


class ImportLine(VendorOwned, Base):
    """One record of a file: what it says in our words (`values`), and what becomes of it.

    `group_key` names the product it belongs to; `alias` another name under which lines may refer to that product.
    """

    __tablename__ = "inventory_import_lines"
    __table_args__ = (
        sa.UniqueConstraint("import_id", "number"),
        sa.Index("ix_inventory_import_lines_group", "import_id", "group_key", "number"),
        sa.Index("ix_inventory_import_lines_verdict", "import_id", "verdict", "number"),
        sa.Index("ix_inventory_import_lines_sku", "import_id", "sku", "number"),
        sa.Index("ix_inventory_import_lines_alias", "import_id", "alias"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_imports.id", ondelete="CASCADE"))
    number: Mapped[int]
    group_key: Mapped[str] = mapped_column(sa.String(200))
    alias: Mapped[str | None] = mapped_column(sa.String(200))
    verdict: Mapped[str] = mapped_column(sa.String(16), default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    sku: Mapped[str] = mapped_column(sa.String(120), default="")
    title: Mapped[str] = mapped_column(sa.String(200), default="")
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
