"""Catalogue imports: keep the file, show what becomes of its lines, begin, cancel and go on.

The work itself is a chain of tasks, each a short transaction that names the next: a file of any length keeps no other
writer waiting, and a worker that dies loses the step it was at, which the next worker does again.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.exceptions import ImportNotFound, ImportNotReady, ImportNotRunning
from modules.inventory.imports import formats
from modules.inventory.models.catalogue_import import CatalogueImport, ImportChunk, ImportLine
from modules.inventory.schemas.states import ImportStatus, Verdict
from modules.inventory.services import location_service
from wizamart import queue
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _

CHUNK_BYTES: Final = 256 * 1024
READ, JUDGE, APPLY = "inventory.read_import", "inventory.judge_import", "inventory.apply_import"
CREATED_AT: Final = CatalogueImport.created_at


def get_import(session: Session, import_id: int) -> CatalogueImport:
    """Return an import in scope; in a writing transaction nobody else changes it until that ends.

    :raises ImportNotFound: when there is none.
    """
    query = sa.select(CatalogueImport).where(CatalogueImport.id == import_id)
    if not session.info.get("read_only"):
        query = query.with_for_update()
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
    chunks = _in_chunks(pieces)
    first = next(chunks, b"")
    if not first:
        raise InvalidInput({"file": [_("The file is empty.")]})
    row = CatalogueImport(
        platform_id=platform_id,
        vendor_id=vendor_id,
        file_name=file_name[-200:],
        status=ImportStatus.READING,
        location_id=location_id,
        size=0,
        created_by_user_id=user_id,
        created_at=at,
    )
    session.add(row)
    session.flush()  # the pieces need the id
    owner = {"platform_id": platform_id, "vendor_id": vendor_id, "import_id": row.id}
    for position, content in enumerate(chain([first], chunks)):
        session.execute(sa.insert(ImportChunk), [{**owner, "position": position, "content": content}])
        row.size += len(content)
    go_on(session, row, READ, locale=locale)
    return row


def _in_chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the pieces of a file cut anew, all of one size but the last."""
    held = b""
    for piece in pieces:
        held += piece
        while len(held) >= CHUNK_BYTES:
            yield held[:CHUNK_BYTES]
            held = held[CHUNK_BYTES:]
    if held:
        yield held


def go_on(session: Session, row: CatalogueImport, task: str, *, locale: str | None, **more: Any) -> None:
    """Have the next part done by a task of its own: each holds the database for a short time."""
    queued = queue.enqueue(
        session,
        task,
        {"import_id": row.id, **more},
        platform_id=row.platform_id,
        vendor_id=row.vendor_id,
        user_id=row.created_by_user_id,
        locale=locale,
    )
    row.task_id = queued.id


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


def percent_of(row: CatalogueImport) -> int:
    """Return how far the work is: reading counts a fifth of the way to the preview, judging the rest."""
    if row.status == ImportStatus.APPLYING:
        return min(100, 100 * row.applied_lines // max(row.lines, 1))
    read = row.read_bytes / max(row.size, 1)
    judged = row.judged_lines / max(row.lines, 1) if read >= 1 else 0
    return int(min(99, 20 * min(read, 1) + 80 * judged))


def has_stopped(session: Session, row: CatalogueImport) -> bool:
    """Tell whether the task at work on an import has failed for good, or was cancelled by an operator."""
    if row.task_id is None or not ImportStatus(row.status).is_running:
        return False
    return queue.has_stopped(session, row.task_id)


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


def cancel(session: Session, row: CatalogueImport, *, at: datetime) -> None:
    """Stop the work on a file, or drop it before it was brought in; what was brought in stays.

    :raises ImportNotRunning: when there is nothing to stop.
    """
    if not (ImportStatus(row.status).is_running or row.status == ImportStatus.READY):
        raise ImportNotRunning
    row.status, row.finished_at = ImportStatus.CANCELLED, at
    row.counts = count_verdicts(session, row.id)
    session.execute(sa.delete(ImportChunk).where(ImportChunk.import_id == row.id))


def resume(session: Session, row: CatalogueImport, *, at: datetime) -> None:
    """Go on where the work has stopped.

    :raises ImportNotRunning: when it has not.
    """
    if not has_stopped(session, row) or row.task_id is None:
        raise ImportNotRunning
    queue.retry_task(session, queue.get_task(session, row.task_id), at=at)
