"""Files of lists that are made in the background, for the person who asked."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from modules.core.schemas.export import ExportStatus
from wizamart.database import Base
from wizamart.platforms import PlatformOwned


class Export(PlatformOwned, Base):
    """One file that somebody asked for: where it is asked of, and how far it is.

    `vendor_id` says in which portal it was asked for; `permission` is that of the list.
    """

    __tablename__ = "core_exports"
    __table_args__ = (sa.Index("ix_core_exports_person", "user_id", "platform_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"))
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    host_url: Mapped[str] = mapped_column(sa.String(300))
    address: Mapped[str] = mapped_column(sa.Text)
    permission: Mapped[str] = mapped_column(sa.String(120))
    locale: Mapped[str] = mapped_column(sa.String(16))
    status: Mapped[str] = mapped_column(sa.String(16), default=ExportStatus.WORKING)
    problem: Mapped[str] = mapped_column(sa.Text, default="")
    file_name: Mapped[str] = mapped_column(sa.String(200), default="")
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0)
    task_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(index=True)
    finished_at: Mapped[datetime | None]


class ExportPiece(PlatformOwned, Base):
    """A piece of the file; in the database, so that any process on any host can send it."""

    __tablename__ = "core_export_pieces"
    __table_args__ = (sa.UniqueConstraint("export_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    export_id: Mapped[int] = mapped_column(sa.ForeignKey("core_exports.id", ondelete="CASCADE"))
    position: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)
