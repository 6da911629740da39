"""Imports of customers: keep the file, read it piece by piece, say what became of every line."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers.exceptions import ImportNotFound, ImportNotReady
from modules.customers.models.customer_import import CustomerImport, ImportChunk, ImportLine
from modules.customers.schemas.import_columns import ImportField, detect_columns, known_headings
from modules.customers.schemas.import_state import ImportStatus, Verdict
from wizamart import csv_reader
from wizamart.csv_reader import START, FileRefused, Place
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.queue import enqueue

CHUNK_BYTES: Final = 256 * 1024
READ: Final = "customers.read_import"
APPLY: Final = "customers.apply_import"
# Lines hold personal data that nobody needs once the import is understood.
KEPT: Final = timedelta(days=60)


def build_query(*, vendor_id: int | None) -> sa.Select[Any]:
    """Return the statement of the imports of the platform, or of a vendor."""
    return sa.select(CustomerImport).where(CustomerImport.vendor_id == vendor_id)


def get_import(session: Session, import_id: int, *, vendor_id: int | None) -> CustomerImport:
    """Return an import of whoever asks.

    :raises ImportNotFound: when there is none, or it is another's.
    """
    query = build_query(vendor_id=vendor_id).where(CustomerImport.id == import_id)
    query = query.execution_options(populate_existing=True)
    found: CustomerImport | None = session.scalars(query).one_or_none()
    if found is None:
        raise ImportNotFound
    return found


def create_import(
    session: Session,
    pieces: Iterable[bytes],
    *,
    file_name: str,
    platform_id: int,
    vendor_id: int | None,
    user_id: int | None,
    locale: str,
    at: datetime,
) -> CustomerImport:
    """Keep an uploaded file, and have it read.

    :raises InvalidInput: when it is empty.
    """
    remaining = iter(pieces)
    first = next(remaining, b"")
    if not first:
        raise InvalidInput({"file": [_("The file is empty.")]})
    row = CustomerImport(
        platform_id=platform_id,
        vendor_id=vendor_id,
        file_name=file_name[-200:],
        status=ImportStatus.READING,
        created_by_user_id=user_id,
        created_at=at,
        columns=[],
        counts={},
    )
    session.add(row)
    session.flush()  # the pieces need the id
    for position, piece in enumerate(chain([first], remaining)):
        session.add(ImportChunk(platform_id=platform_id, import_id=row.id, position=position, content=piece))
    read_on(session, row, START, locale=locale)
    return row


def read_on(session: Session, row: CustomerImport, place: Place, *, locale: str | None) -> None:
    """Have the file read from a place on."""
    _hand_on(session, row, READ, locale=locale, offset=place.offset, lines=place.lines)


def apply_on(session: Session, row: CustomerImport, *, after: int, locale: str | None) -> None:
    """Have the lines behind this one brought in."""
    _hand_on(session, row, APPLY, locale=locale, after=after)


def _hand_on(session: Session, row: CustomerImport, task: str, *, locale: str | None, **more: int) -> None:
    queued = enqueue(
        session,
        task,
        {"import_id": row.id, **more},
        platform_id=row.platform_id,
        vendor_id=row.vendor_id,
        user_id=row.created_by_user_id,
        locale=locale,
    )
    row.task_id = queued.id


def look_at_file(session: Session, row: CustomerImport) -> None:
    """Find encoding, delimiter and columns; columns that somebody has chosen stay.

    :raises FileRefused: when it is no table, or no column holds e-mail addresses.
    """
    row.encoding = csv_reader.detect_encoding(lambda: chunks_from(session, row.id, 0))
    row.delimiter, headings = csv_reader.sniff(
        lambda: chunks_from(session, row.id, 0), row.encoding, known_headings()
    )
    if not row.columns:
        fields = detect_columns(headings)
        row.columns = [
            {"heading": heading, "field": field.value if field else ""}
            for heading, field in zip(headings, fields, strict=True)
        ]
    if not any(column["field"] == ImportField.EMAIL for column in row.columns):
        raise FileRefused(
            _("No column holds e-mail addresses. The headings are: %(names)s.", names=_names(row))
        )


def _names(row: CustomerImport) -> str:
    return ", ".join(f"“{column['heading']}”" for column in row.columns[:12])


def chunks_from(session: Session, import_id: int, offset: int) -> Iterator[bytes]:
    """Yield the file from so many bytes on; a reader that has seen enough leaves no cursor open."""
    size = sa.func.length(ImportChunk.content)
    query = sa.select(ImportChunk.id, size).where(ImportChunk.import_id == import_id)
    for chunk_id, length in session.execute(query.order_by(ImportChunk.position)).all():
        if offset >= length:
            offset -= length
            continue
        content = session.scalar(sa.select(ImportChunk.content).where(ImportChunk.id == chunk_id)) or b""
        yield content[offset:]
        offset = 0


def choose_columns(session: Session, row: CustomerImport, fields: Sequence[str], *, locale: str) -> None:
    """Read the file again with these fields for its columns.

    :raises ImportNotReady: when it is being read, or was brought in.
    :raises InvalidInput: when there is no address, or a field is filled by two columns.
    """
    if row.status not in {ImportStatus.READY, ImportStatus.REFUSED} or len(fields) != len(row.columns):
        raise ImportNotReady
    chosen = [field for field in fields if field]
    if ImportField.EMAIL not in chosen:
        raise InvalidInput({"columns": [_("Say which column holds the e-mail addresses.")]})
    if len(set(chosen)) < len(chosen) or set(chosen) - {field.value for field in ImportField}:
        raise InvalidInput({"columns": [_("Two columns cannot fill the same field.")]})
    row.columns = [{**column, "field": field} for column, field in zip(row.columns, fields, strict=True)]
    row.status, row.problem, row.counts, row.finished_at = ImportStatus.READING, "", {}, None
    row.lines = row.consents = 0
    session.execute(sa.delete(ImportLine).where(ImportLine.import_id == row.id))
    read_on(session, row, START, locale=locale)


def start_applying(
    session: Session,
    row: CustomerImport,
    *,
    is_all_or_nothing: bool,
    consent_source: str,
    locale: str,
    at: datetime,
) -> None:
    """Bring the file in: the good lines, or with `is_all_or_nothing` nothing unless all lines are good.

    :raises ImportNotReady: when it was not read, or is brought in already.
    """
    if row.status != ImportStatus.READY:
        raise ImportNotReady
    row.is_all_or_nothing = is_all_or_nothing
    row.consent_source = consent_source.strip()[:200]
    if is_all_or_nothing and row.counts.get(Verdict.REFUSED, 0):
        row.problem = _("Some lines were refused, and you chose to import all or nothing.")
        finish(session, row, ImportStatus.NOTHING_IMPORTED, at=at)
        return
    row.status = ImportStatus.APPLYING
    apply_on(session, row, after=0, locale=locale)


def finish(session: Session, row: CustomerImport, status: ImportStatus, *, at: datetime) -> None:
    """End an import; the file itself is not needed any more."""
    session.flush()  # the counts read the table
    row.counts = count_verdicts(session, row.id)
    row.status, row.finished_at = status, at
    session.execute(sa.delete(ImportChunk).where(ImportChunk.import_id == row.id))


def count_verdicts(session: Session, import_id: int) -> dict[str, int]:
    """Return how many lines there are of each verdict."""
    query = (
        sa.select(ImportLine.verdict, sa.func.count())
        .where(ImportLine.import_id == import_id)
        .group_by(ImportLine.verdict)
    )
    return {verdict: count for verdict, count in session.execute(query)}  # noqa: C416 - a Row is no tuple


def list_lines(
    session: Session,
    import_id: int,
    *,
    verdict: Verdict | None = None,
    after: int = 0,
    limit: int | None = None,
) -> sa.ScalarResult[ImportLine]:
    """Return the lines in the order of the file, as a result that is still being read."""
    query = sa.select(ImportLine).where(ImportLine.import_id == import_id, ImportLine.number > after)
    if verdict is not None:
        query = query.where(ImportLine.verdict == verdict)
    query = query.order_by(ImportLine.number).limit(limit)
    return session.scalars(query.execution_options(yield_per=200))


def forget_imports(session: Session, *, at: datetime) -> int:
    """Delete imports that nobody will look at any more, with the people in their lines; return how many."""
    old = session.scalars(
        sa.select(CustomerImport).where(CustomerImport.created_at < at - KEPT).order_by(CustomerImport.id)
    ).all()
    for row in old:
        session.delete(row)
    return len(old)


def forget_person(session: Session, email: str) -> None:
    """Delete the lines with this address."""
    session.execute(sa.delete(ImportLine).where(ImportLine.email == email))
