"""Imports of customers: the file in pieces, and what became of every line."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from wizamart import imports
from wizamart.database import Base


class CustomerImport(imports.ImportFile, Base):
    """One uploaded file, of the platform or with `vendor_id` of a vendor.

    `columns` are the headings in their order, each with the field that it fills or "". `consent_source` names where
    people agreed to get news; without it no consent is taken over.
    """

    __tablename__ = "customers_imports"

    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)
    columns: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)
    consent_source: Mapped[str] = mapped_column(sa.String(200), default="")
    consents: Mapped[int] = mapped_column(default=0)
    created_by_user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id", ondelete="SET NULL"))


class ImportChunk(imports.ImportChunk, Base):
    """A piece of the uploaded file."""

    __tablename__ = "customers_import_chunks"
    of_table = "customers_imports"


class ImportLine(imports.ImportLine, Base):
    """One line of a file: what it says in our words (`values`), and what becomes of it."""

    __tablename__ = "customers_import_lines"
    of_table = "customers_imports"

    email: Mapped[str] = mapped_column(sa.String(254), default="")
    name: Mapped[str] = mapped_column(sa.String(120), default="")

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy calls it with the class
        """Return the indexes: lines of one address are compared."""
        by_email = sa.Index("ix_customers_import_lines_email", "import_id", "email", "number")
        return (*super().__table_args__, by_email)
