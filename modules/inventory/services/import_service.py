"""Imports of catalogue files: which format they are in, and how a record becomes a line of a product."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute, Session

from modules.inventory.imports import formats
from modules.inventory.imports.adapter import CatalogueLine, Context, Format
from modules.inventory.imports.values import plain_text
from modules.inventory.models.catalogue_import import CatalogueImport, ImportChunk, ImportLine
from modules.inventory.services import import_plan_service
from modules.inventory.services.import_apply_service import CatalogueBatch
from modules.inventory.services.import_text_service import TextBatch
from wizamart import imports
from wizamart.csv_reader import Record
from wizamart.i18n import gettext as _
from wizamart.imports import LineRefused

LONGEST_KEY: Final = 200


class CatalogueFiles(imports.Importer):
    """Catalogues, whose lines may be products, variants, or parts of either, joined by a product's key."""

    package = "inventory"
    file = CatalogueImport
    chunk = ImportChunk
    line = ImportLine
    # What a file did is asked for until the year is closed; after that its lines only fill the table.
    kept = timedelta(days=400)

    @property
    def unit(self) -> InstrumentedAttribute[str]:
        """Lines belong to products."""
        return ImportLine.group_key

    def known_headings(self) -> frozenset[str]:
        """Return the headings of all formats."""
        return formats.known_headings()

    def recognise(self, row: CatalogueImport, headings: Sequence[str]) -> None:
        """Find out which format this is.

        :raises FileRefused: when it is no catalogue.
        """
        row.format, row.headings = formats.detect(list(headings))

    def columns_of(self, row: CatalogueImport) -> list[str]:
        """Return the headings in the words of the format."""
        return row.headings

    def verbatim(self, row: CatalogueImport) -> frozenset[str]:
        """Return the headings under which white space counts."""
        return formats.get_format(row.format).verbatim

    def reader(
        self, session: Session, row: CatalogueImport, *, at: datetime
    ) -> Callable[[Record], Mapping[str, Any]]:
        """Return what reads a record of the file's format."""
        known = formats.get_format(row.format)
        terms = import_plan_service.get_terms(session, row.platform_id, format_code=row.format, at=at)
        context = terms.context_of(row.headings)

        def read(record: Record) -> dict[str, Any]:
            line = _understood(record, known, context)
            return {
                "group_key": line.group_key,
                "alias": line.alias,
                "sku": line.sku[:120],
                "title": line.title[:200],
                "values": line.as_values(),
            }

        return read

    def shown(self, record: Record) -> Mapping[str, Any]:
        """Return what a refused line seems to be about; it belongs to no product."""
        raw = {key: text for key, text in record.values.items() if text}
        sku = next((raw[name] for name in ("sku", "variant sku", "gtin", "id") if name in raw), "")
        title = raw.get("title") or raw.get("name", "")
        return {"group_key": f"?{record.number}", "alias": None, "sku": sku[:120], "title": title[:200]}

    def complete(self, session: Session, row: CatalogueImport) -> None:
        """Let lines that name their product by its alias belong to it."""
        table = ImportLine.metadata.tables[ImportLine.__tablename__]
        head = table.alias("head")
        here = sa.and_(head.c.import_id == row.id, head.c.alias == table.c.group_key)
        key = sa.select(sa.func.min(head.c.group_key)).where(here).scalar_subquery()
        is_alias = table.c.group_key.startswith("id:")
        session.execute(
            sa.update(table)
            .where(table.c.import_id == row.id, is_alias, sa.exists().where(here))
            .values(group_key=key)
        )

    def load(
        self,
        session: Session,
        row: CatalogueImport,
        units: Mapping[str, Sequence[ImportLine]],
        *,
        is_preview: bool,
        at: datetime,
    ) -> CatalogueBatch | TextBatch:
        """Read what the catalogue has of these products."""
        kind = TextBatch if formats.get_format(row.format).is_of_texts else CatalogueBatch
        return kind(session, row, units, is_preview=is_preview, at=at)


CATALOGUE_FILES: Final = CatalogueFiles()


def name_of_format(code: str) -> str:
    """Return a format's name for people."""
    return next((_(known.name) for known in formats.FORMATS if known.code == code), code)


def _understood(record: Record, known: Format, context: Context) -> CatalogueLine:
    """Return what a record says.

    :raises LineRefused: when it says what cannot be.
    """
    cells = {heading: plain_text(cell) for heading, cell in record.values.items() if cell}
    line = known.read(cells, context)
    if not line.group_key:
        raise LineRefused(_("The line names no product."))
    if len(line.group_key) > LONGEST_KEY:
        raise LineRefused(_("The name by which lines are joined is longer than 200 characters."))
    return line
