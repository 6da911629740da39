"""Reading an uploaded file into lines, a part of it at a time: neither memory nor a transaction grows with the file."""

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.imports import formats
from modules.inventory.imports.adapter import CatalogueLine, Context, Format
from modules.inventory.imports.values import CellRefused, plain_text
from modules.inventory.models.catalogue_import import CatalogueImport, ImportChunk, ImportLine
from modules.inventory.schemas.states import ImportStatus, Verdict
from modules.inventory.services.import_service import CHUNK_BYTES, JUDGE, READ, go_on
from wizamart import csv_reader
from wizamart.csv_reader import FileRefused, Place, Record
from wizamart.i18n import gettext as _

STEP_LINES: Final = 1000
STEP_BYTES: Final = 2 * 1024 * 1024
LONGEST_KEY: Final = 200


def read_next(
    session: Session, row: CatalogueImport, *, currency: str, at: datetime, locale: str | None
) -> None:
    """Read the next part of a file into lines; a file that cannot be read is refused with the reason."""
    if row.status != ImportStatus.READING:
        return
    try:
        if not row.headings:
            _open(session, row)
        is_done = _read_lines(session, row, Context(currency, at.date()))
    except FileRefused as refusal:
        session.execute(sa.delete(ImportLine).where(ImportLine.import_id == row.id))
        row.status, row.problem, row.finished_at = ImportStatus.REFUSED, str(refusal), at
        row.lines = 0
        is_done = True
    else:
        if is_done:
            _resolve_aliases(session, row.id)
        go_on(session, row, JUDGE if is_done else READ, locale=locale, **({"after": ""} if is_done else {}))
    if is_done:
        session.execute(sa.delete(ImportChunk).where(ImportChunk.import_id == row.id))


def _chunks(session: Session, import_id: int, offset: int = 0) -> Callable[[], Iterator[bytes]]:
    """Return what yields the file from a place on; a reader that has seen enough leaves no cursor open."""

    def read() -> Iterator[bytes]:
        first, skipped = divmod(offset, CHUNK_BYTES)
        for position in count(first):
            query = sa.select(ImportChunk.content).where(
                ImportChunk.import_id == import_id, ImportChunk.position == position
            )
            piece = session.scalar(query)
            if piece is None:
                return
            yield piece[skipped:]
            skipped = 0

    return read


def _open(session: Session, row: CatalogueImport) -> None:
    """Find out what the file is.

    :raises FileRefused: when it is no catalogue.
    """
    chunks = _chunks(session, row.id)
    row.encoding = csv_reader.detect_encoding(chunks)
    row.delimiter, found = csv_reader.sniff(chunks, row.encoding, formats.known_headings())
    row.format, row.headings = formats.detect(found)


def _read_lines(session: Session, row: CatalogueImport, context: Context) -> bool:
    """Read the next lines; returns whether they were the last.

    :raises FileRefused: where nothing can be made of the rest, or there are no lines at all.
    """
    start = Place(row.read_bytes, row.read_lines)
    chunks = _chunks(session, row.id, start.offset)
    known = formats.get_format(row.format)
    records = csv_reader.read_records(
        chunks, row.encoding, row.delimiter, row.headings, start=start, verbatim=known.verbatim
    )
    batch: list[dict[str, Any]] = []
    is_done = True
    for record in records:
        batch.append(_as_row(row, record, known, context))
        row.read_bytes, row.read_lines = record.end.offset, record.end.lines
        if len(batch) >= STEP_LINES or row.read_bytes - start.offset >= STEP_BYTES:
            is_done = False
            break
    if batch:
        session.execute(sa.insert(ImportLine), batch)
    row.lines += len(batch)
    if is_done and not row.lines:
        raise FileRefused(_("The file has headings, but no lines below them."))
    if is_done:
        row.read_bytes = row.size
    return is_done


def _as_row(row: CatalogueImport, record: Record, known: Format, context: Context) -> dict[str, Any]:
    """Return a line as it is stored; one that says what cannot be is refused here."""
    stored: dict[str, Any] = {
        "platform_id": row.platform_id,
        "vendor_id": row.vendor_id,
        "import_id": row.id,
        "number": record.number,
        "group_key": f"?{record.number}",
        "alias": None,
        "verdict": "",
        "reason": "",
        "sku": "",
        "title": "",
        "values": {},
    }
    try:
        line = _understood(record, known, context)
    except CellRefused as refusal:
        raw = {key: text for key, text in record.values.items() if text}
        sku, title = raw.get("sku", "") or raw.get("variant sku", ""), raw.get("title") or raw.get("name", "")
        shown = {"sku": sku[:120], "title": title[:200]}
        return {**stored, **shown, "verdict": Verdict.REFUSED.value, "reason": str(refusal)}
    return {
        **stored,
        "group_key": line.group_key,
        "alias": line.alias,
        "sku": line.sku[:120],
        "title": line.title[:200],
        "values": line.as_values(),
    }


def _understood(record: Record, known: Format, context: Context) -> CatalogueLine:
    """Return what a record says.

    :raises CellRefused: when it says what cannot be.
    """
    if record.problem:
        raise CellRefused(record.problem)
    cells = {heading: plain_text(cell) for heading, cell in record.values.items() if cell}
    line = known.read(cells, context)
    if not line.group_key:
        raise CellRefused(_("The line names no product."))
    if len(line.group_key) > LONGEST_KEY:
        raise CellRefused(_("The name by which lines are joined is longer than 200 characters."))
    return line


def _resolve_aliases(session: Session, import_id: int) -> None:
    """Let lines that name their product by its alias belong to it."""
    table = ImportLine.metadata.tables[ImportLine.__tablename__]
    head = table.alias("head")
    here = sa.and_(head.c.import_id == import_id, head.c.alias == table.c.group_key)
    key = sa.select(sa.func.min(head.c.group_key)).where(here).scalar_subquery()
    session.execute(
        sa.update(table)
        .where(table.c.import_id == import_id, table.c.group_key.startswith("id:"), sa.exists().where(here))
        .values(group_key=key)
    )
