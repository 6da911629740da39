"""The tables of an import, for a module to make its own: the file, its pieces, and what became of every line."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from wizamart.imports.states import ImportStatus
from wizamart.platforms import PlatformOwned


class ImportFile(PlatformOwned):
    """Mixin: one uploaded file, with a column `vendor_id` of the module's own, which may be empty.

    `read_bytes` of its `size` are lines already, and reading goes on behind so many `read_lines` of the file; `lines`
    are records, of which a cell may hold several lines.
    """

    if TYPE_CHECKING:
        vendor_id: Any

        def __init__(self, **values: Any) -> None: ...

    id: Mapped[int] = mapped_column(primary_key=True)
    file_name: Mapped[str] = mapped_column(sa.String(200))
    status: Mapped[str] = mapped_column(sa.String(20), default=ImportStatus.READING)
    encoding: Mapped[str] = mapped_column(sa.String(20), default="")
    delimiter: Mapped[str] = mapped_column(sa.String(2), default="")
    size: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    read_bytes: Mapped[int] = mapped_column(sa.BigInteger, default=0, server_default="0")
    read_lines: Mapped[int] = mapped_column(default=0, server_default="0")
    problem: Mapped[str] = mapped_column(sa.Text, default="")
    is_all_or_nothing: Mapped[bool] = mapped_column(default=False)
    lines: Mapped[int] = mapped_column(default=0)
    judged_lines: Mapped[int] = mapped_column(default=0, server_default="0")
    applied_lines: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    task_id: Mapped[int | None]
    created_by_user_id: Mapped[int | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class _PartOfImport(PlatformOwned):
    """Mixin: belongs to an import, whose table `of_table` names."""

    of_table: ClassVar[str]

    id: Mapped[int] = mapped_column(primary_key=True)

    @declared_attr
    def import_id(cls) -> Mapped[int]:  # noqa: N805 - SQLAlchemy calls it with the class
        """Return the column that names the import."""
        return mapped_column(sa.ForeignKey(f"{cls.of_table}.id", ondelete="CASCADE"))


class ImportChunk(_PartOfImport):
    """Mixin: a piece of the uploaded file; in the database, so that any worker on any host can read it."""

    position: Mapped[int]
    content: Mapped[bytes] = mapped_column(sa.LargeBinary)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy calls it with the class
        """Return the rule that a piece is there once."""
        return (sa.UniqueConstraint("import_id", "position"),)


class ImportLine(_PartOfImport):
    """Mixin: one record of a file: what it says in the module's words (`values`), and what becomes of it."""

    if TYPE_CHECKING:
        __tablename__: str

    number: Mapped[int]
    verdict: Mapped[str] = mapped_column(sa.String(16), default="")
    reason: Mapped[str] = mapped_column(sa.Text, default="")
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy calls it with the class
        """Return the rule that a line is there once, and the index that finds the refused ones."""
        return (
            sa.UniqueConstraint("import_id", "number"),
            sa.Index(f"ix_{cls.__tablename__}_verdict", "import_id", "verdict", "number"),
        )
