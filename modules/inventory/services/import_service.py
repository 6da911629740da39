"""Catalogue imports: keep the file, read it into lines, judge the lines, bring them in."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, count
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.exceptions import ImportNotFound, ImportNotReady
from modules.inventory.imports import formats, values
from modules.inventory.imports.adapter import Context, Format
from modules.inventory.models.catalogue_import import CatalogueImport, ImportChunk, ImportLine
from modules.inventory.schemas.states import ImportStatus, Verdict
from modules.inventory.services import location_service
from wizamart import csv_reader as reader
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.queue import enqueue

CHUNK_BYTES = 256 * 1024
INSERT_LINES = 500
READ, JUDGE, APPLY = "inventory.read_import", "inventory.judge_import", "inventory.apply_import"


def get_import(session: Session, import_id: int) -> CatalogueImport:
    """Return an import in scope.

    :raises ImportNotFound: when there is none.
    """
    query = sa.select(CatalogueImport).where(CatalogueImport.id == import_id)
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise ImportNotFound
    return found


def select_imports() -> sa.Select[Any]:
    """Return the statement of all imports in scope."""
    return sa.select(CatalogueImport)


def name_of_format(code: str) -> str:
    """Return a format's name for people."""
    return next((known.name for known in formats.FORMATS if known.code == code), code)


CREATED_AT = CatalogueImport.created_at


def create_import(
    session: Session,
    pieces: Iterable[bytes],
    *,
    file_name: str,
    location_id: int,
    platform_id: int,
    vendor_id: int,
    user_id: int | None,
    locale: str,
    at: datetime,
) -> CatalogueImport:
    """Keep an uploaded file, and have it read.

    :raises InvalidInput: when it is empty.
    """
    location_service.get_location(session, location_id)
    remaining = iter(pieces)
    first = next(remaining, b"")
    if not first:
        raise InvalidInput({"file": [_("The file is empty.")]})
    row = CatalogueImport(
        vendor_id=vendor_id,
        file_name=file_name[-200:],
        status=ImportStatus.READING,
        location_id=location_id,
        created_by_user_id=user_id,
        created_at=at,
    )
    session.add(row)
    session.flush()  # the pieces need the id
    for position, piece in enumerate(chain([first], remaining)):
        session.add(ImportChunk(vendor_id=vendor_id, import_id=row.id, position=position, content=piece))
    _hand_on(session, row, READ, platform_id=platform_id, user_id=user_id, locale=locale)
    return row


def _hand_on(
    session: Session,
    row: CatalogueImport,
    task: str,
    *,
    platform_id: int,
    user_id: int | None,
    locale: str | None,
    **more: Any,
) -> None:
    queued = enqueue(
        session,
        task,
        {"import_id": row.id, **more},
        platform_id=platform_id,
        vendor_id=row.vendor_id,
        user_id=user_id,
        locale=locale,
    )
    row.task_id = queued.id


def go_on(session: Session, row: CatalogueImport, task: str, *, after: str, locale: str | None) -> None:
    """Have the next products judged or brought in, by a task of its own: each holds the database for a short time."""
    _hand_on(
        session,
        row,
        task,
        platform_id=row.platform_id,
        user_id=row.created_by_user_id,
        locale=locale,
        after=after,
    )


def _chunks(session: Session, import_id: int) -> Iterator[bytes]:
    """Yield the pieces one by one; a reader that has seen enough leaves no cursor open."""
    for position in count():
        query = sa.select(ImportChunk.content).where(
            ImportChunk.import_id == import_id, ImportChunk.position == position
        )
        piece = session.scalar(query)
        if piece is None:
            return
        yield piece


def read_file(
    session: Session, row: CatalogueImport, *, currency: str, at: datetime, locale: str | None
) -> None:
    """Read the file into lines; a file that cannot be read is refused with the reason."""
    session.execute(sa.delete(ImportLine).where(ImportLine.import_id == row.id))
    try:
        with session.begin_nested():
            row.lines = _read_lines(session, row, Context(currency, at.date()))
    except reader.FileRefused as refusal:
        row.status, row.problem, row.finished_at = ImportStatus.REFUSED, str(refusal), at
    else:
        _resolve_aliases(session, row.id)
        go_on(session, row, JUDGE, after="", locale=locale)
    session.execute(sa.delete(ImportChunk).where(ImportChunk.import_id == row.id))


def _read_lines(session: Session, row: CatalogueImport, context: Context) -> int:
    row.encoding = reader.detect_encoding(lambda: _chunks(session, row.id))
    known = formats.known_headings()
    row.delimiter, headings = reader.sniff(lambda: _chunks(session, row.id), row.encoding, known)
    found, problem = formats.detect(headings)
    if found is None:
        raise reader.FileRefused(problem)
    row.format = found.code
    headings = [found.clean(heading) for heading in headings]
    lines = 0
    batch: list[dict[str, Any]] = []
    records = reader.read_records(lambda: _chunks(session, row.id), row.encoding, row.delimiter, headings)
    for record in records:
        batch.append(_as_row(row, record, found, context))
        lines += 1
        if len(batch) >= INSERT_LINES:
            session.execute(sa.insert(ImportLine), batch)
            batch = []
    if batch:
        session.execute(sa.insert(ImportLine), batch)
    if not lines:
        raise reader.FileRefused(_("The file has headings, but no lines below them."))
    return lines


def _as_row(row: CatalogueImport, record: reader.Record, found: Format, context: Context) -> dict[str, Any]:
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
    reason = record.problem
    if not reason:
        try:
            line = found.read(record.values, context)
        except values.CellRefused as refusal:
            reason = str(refusal)
        else:
            if not line.group_key:
                reason = _("The line names no product.")
            stored |= {
                "group_key": line.group_key[:200],
                "alias": line.alias,
                "sku": line.sku[:120],
                "title": line.title[:200],
                "values": line.as_values(),
            }
    if reason:
        raw = {key: text for key, text in record.values.items() if text}
        shown = {"sku": raw.get("sku", "")[:120], "title": (raw.get("title") or raw.get("name", ""))[:200]}
        stored |= {"verdict": Verdict.REFUSED.value, "reason": reason, "values": {}, **shown}
    return stored


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


def list_groups(session: Session, import_id: int, *, after: str, limit: int) -> list[str]:
    """Return the keys of the next products of a file."""
    query = (
        sa.select(ImportLine.group_key)
        .where(ImportLine.import_id == import_id, ImportLine.group_key > after)
        .distinct()
        .order_by(ImportLine.group_key)
        .limit(limit)
    )
    return list(session.scalars(query))


def list_group_lines(session: Session, import_id: int, keys: Sequence[str]) -> dict[str, list[ImportLine]]:
    """Return the lines of these products that can still be brought in, by product."""
    query = (
        sa.select(ImportLine)
        .where(ImportLine.import_id == import_id, ImportLine.group_key.in_(list(keys)))
        .order_by(ImportLine.group_key, ImportLine.number)
    )
    grouped: dict[str, list[ImportLine]] = {key: [] for key in keys}
    for line in session.scalars(query):
        grouped[line.group_key].append(line)
    return grouped


def count_verdicts(session: Session, import_id: int) -> dict[str, int]:
    """Return how many lines there are of each verdict; those that are not judged yet stand under the empty one."""
    query = (
        sa.select(ImportLine.verdict, sa.func.count())
        .where(ImportLine.import_id == import_id)
        .group_by(ImportLine.verdict)
    )
    return {verdict: count for verdict, count in session.execute(query)}  # noqa: C416 - a Row is no tuple


def list_lines(
    session: Session, import_id: int, *, verdict: Verdict | None = None, limit: int | None = None
) -> sa.ScalarResult[ImportLine]:
    """Return the lines in the order of the file, as a result that is still being read."""
    query = sa.select(ImportLine).where(ImportLine.import_id == import_id).order_by(ImportLine.number)
    if verdict is not None:
        query = query.where(ImportLine.verdict == verdict)
    return session.scalars(query.limit(limit).execution_options(yield_per=200))


def start_applying(
    session: Session, row: CatalogueImport, *, is_all_or_nothing: bool, locale: str, at: datetime
) -> None:
    """Bring the file in: the good lines, or with `is_all_or_nothing` nothing unless all lines are good.

    :raises ImportNotReady: when it was not read, or is brought in already.
    """
    if row.status != ImportStatus.READY:
        raise ImportNotReady
    row.is_all_or_nothing = is_all_or_nothing
    if is_all_or_nothing and row.counts.get(Verdict.REFUSED, 0):
        row.status, row.finished_at = ImportStatus.NOTHING_IMPORTED, at
        row.problem = _("Some lines were refused, and you chose to import all or nothing.")
        return
    row.status = ImportStatus.APPLYING
    go_on(session, row, APPLY, after="", locale=locale)
