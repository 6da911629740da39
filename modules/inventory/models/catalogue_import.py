"""Imports of catalogue files: the file in pieces, and what became of every line."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from wizamart import imports
from wizamart.database import Base
from wizamart.platforms import VendorOwned


class CatalogueImport(VendorOwned, imports.ImportFile, Base):
    """One uploaded file: its headings in the words of its format, and where the stock goes."""

    __tablename__ = "inventory_imports"

    format: Mapped[str] = mapped_column(sa.String(40), default="")
    headings: Mapped[list[str]] = mapped_column(default=list, server_default="[]")
    location_id: Mapped[int] = mapped_column(sa.ForeignKey("inventory_locations.id", ondelete="CASCADE"))


class ImportChunk(VendorOwned, imports.ImportChunk, Base):
    """A piece of the uploaded file."""

    __tablename__ = "inventory_import_chunks"
    of_table = "inventory_imports"


class ImportLine(VendorOwned, imports.ImportLine, Base):
    """One record of a file: what it says in our words (`values`), and what becomes of it.

    `group_key` names the product it belongs to; `alias` another name under which lines may refer to that product.
    """

    __tablename__ = "inventory_import_lines"
    of_table = "inventory_imports"

    group_key: Mapped[str] = mapped_column(sa.String(200))
    alias: Mapped[str | None] = mapped_column(sa.String(200))
    sku: Mapped[str] = mapped_column(sa.String(120), default="")
    title: Mapped[str] = mapped_column(sa.String(200), default="")

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 - SQLAlchemy calls it with the class
        """Return the indexes: lines are found by product, by SKU, and by the other name of a product."""
        return (
            *super().__table_args__,
            sa.Index("ix_inventory_import_lines_group", "import_id", "group_key", "number"),
            sa.Index("ix_inventory_import_lines_sku", "import_id", "sku", "number"),
            sa.Index("ix_inventory_import_lines_alias", "import_id", "alias"),
        )
