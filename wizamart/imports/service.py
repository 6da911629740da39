"""Imports: keep the file, show what becomes of its lines, begin, cancel, go on, forget.

The work itself is a chain of tasks, each a short transaction that names the next: a file of any length keeps no other
writer waiting, and a worker that dies loses the step it was at, which the next worker does again.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import chain, count
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart import queue
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.imports.exceptions import ImportNotFound, ImportNotReady, ImportNotRunning
from wizamart.imports.importer import Importer
from wizamart.imports.models import ImportFile
from wizamart.imports.states import ImportStatus, Verdict

CHUNK_BYTES: Final = 256 * 1024
READ, JUDGE, APPLY = "read", "judge", "apply"


def select_imports(importer: Importer, *, vendor_id: int | None) -> sa.Select[Any]:
    """Return the statement of the imports of a vendor, or of the platform itself."""
    return sa.select(importer.file).where(importer.file.vendor_id == vendor_id)


def get_import(session: Session, importer: Importer, import_id: int, *, vendor_id: int | None) -> Any:
    """Return an import of whoever asks; in a writing transaction nobody else changes it until that ends.

    :raises ImportNotFound: when there is none, or it is another's.
    """
    query = select_imports(importer, vendor_id=vendor_id).where(importer.file.id == import_id)
    if not session.info.get("read_only"):
        query = query.with_for_update()
    found = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise ImportNotFound
    return found


def create_import(
    session: Session,
    importer: Importer,
    pieces: Iterable[bytes],
    *,
    file_name: str,
    platform_id: int,
    vendor_id: int | None,
    user_id: int | None,
    locale: str,
    at: datetime,
    more: Mapping[str, Any] | None = None,
) -> Any:
    """Keep an uploaded file, and have it read; `more` are values of the module's own columns.

    :raises InvalidInput: when it is empty.
    """
    chunks = _in_chunks(pieces)
    first = next(chunks, b"")
    if not first:
        raise InvalidInput({"file": [_("The file is empty.")]})
    row = importer.file(
        platform_id=platform_id,
        vendor_id=vendor_id,
        file_name=file_name[-200:],
        status=ImportStatus.READING,
        size=0,
        created_by_user_id=user_id,
        created_at=at,
        **(more or {}),
    )
    session.add(row)
    session.flush()  # the pieces need the id
    for position, content in enumerate(chain([first], chunks)):
        piece = {**owner_of(importer, row), "position": position, "content": content}
        session.execute(sa.insert(importer.chunk), [piece])
        row.size += len(content)
    go_on(session, importer, row, READ, locale=locale)
    return row


def owner_of(importer: Importer, row: ImportFile) -> dict[str, Any]:
    """Return what the rows of an import's pieces and lines say of whose they are."""
    owner = {"platform_id": row.platform_id, "import_id": row.id}
    return {**owner, "vendor_id": row.vendor_id} if hasattr(importer.line, "vendor_id") else owner


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


def chunks_from(session: Session, importer: Importer, row: ImportFile, offset: int) -> Iterator[bytes]:
    """Yield the file from so many bytes on; a reader that has seen enough leaves no cursor open."""
    chunk = importer.chunk
    first, skipped = divmod(offset, CHUNK_BYTES)
    for position in count(first):
        query = sa.select(chunk.content).where(chunk.import_id == row.id, chunk.position == position)
        piece = session.scalar(query)
        if piece is None:
            return
        yield piece[skipped:]
        skipped = 0


def go_on(
    session: Session, importer: Importer, row: ImportFile, step: str, *, locale: str | None, **more: Any
) -> None:
    """Have the next part done by a task of its own: each holds the database for a short time."""
    queued = queue.enqueue(
        session,
        importer.task_name(step),
        {"import_id": row.id, **more},
        platform_id=row.platform_id,
        vendor_id=row.vendor_id,
        user_id=row.created_by_user_id,
        locale=locale,
    )
    row.task_id = queued.id


def before_all_units(importer: Importer) -> Any:
    """Return what stands before the first unit: 0 or the empty text."""
    return importer.unit.type.python_type()


def count_verdicts(session: Session, importer: Importer, import_id: int) -> dict[str, int]:
    """Return how many lines there are of each verdict; those that are not judged yet stand under the empty one."""
    line = importer.line
    query = sa.select(line.verdict, sa.func.count()).where(line.import_id == import_id).group_by(line.verdict)
    return {verdict: number for verdict, number in session.execute(query)}  # noqa: C416 - a Row is no tuple


def list_lines(
    session: Session,
    importer: Importer,
    import_id: int,
    *,
    verdict: Verdict | None = None,
    limit: int | None = None,
) -> sa.ScalarResult[Any]:
    """Return the lines in the order of the file, as a result that is still being read."""
    line = importer.line
    query = sa.select(line).where(line.import_id == import_id).order_by(line.number)
    if verdict is not None:
        query = query.where(line.verdict == verdict)
    return session.scalars(query.limit(limit).execution_options(yield_per=200))


def percent_of(row: ImportFile) -> int:
    """Return how far the work is: reading counts a fifth of the way to the preview, judging the rest."""
    if row.status == ImportStatus.APPLYING:
        return min(100, 100 * row.applied_lines // max(row.lines, 1))
    read = row.read_bytes / max(row.size, 1)
    judged = row.judged_lines / max(row.lines, 1) if read >= 1 else 0
    return int(min(99, 20 * min(read, 1) + 80 * judged))


def has_stopped(session: Session, row: ImportFile) -> bool:
    """Tell whether the task at work on an import has failed for good, or was cancelled by an operator."""
    if row.task_id is None or not ImportStatus(row.status).is_running:
        return False
    return queue.has_stopped(session, row.task_id)


def read_again(session: Session, importer: Importer, row: ImportFile, *, locale: str) -> None:
    """Read the file from its beginning, with other columns for example.

    :raises ImportNotReady: when it is being read, or was brought in.
    """
    if not importer.keeps_file or row.status not in {ImportStatus.READY, ImportStatus.REFUSED}:
        raise ImportNotReady
    row.status, row.problem, row.counts, row.finished_at = ImportStatus.READING, "", {}, None
    forget_lines(session, importer, row)
    go_on(session, importer, row, READ, locale=locale)


def forget_lines(session: Session, importer: Importer, row: ImportFile) -> None:
    """Delete what was read of the file so far."""
    session.execute(sa.delete(importer.line).where(importer.line.import_id == row.id))
    row.lines = row.read_bytes = row.read_lines = row.judged_lines = 0


def start_applying(
    session: Session,
    importer: Importer,
    row: ImportFile,
    *,
    is_all_or_nothing: bool,
    locale: str,
    at: datetime,
) -> None:
    """Bring the file in: the good lines, or with `is_all_or_nothing` nothing unless all lines are good.

    :raises ImportNotReady: when it was not read, or is brought in already.
    """
    if row.status != ImportStatus.READY:
        raise ImportNotReady
    row.is_all_or_nothing = is_all_or_nothing
    if is_all_or_nothing and row.counts.get(Verdict.REFUSED, 0):
        row.problem = _("Some lines were refused, and you chose to import all or nothing.")
        end(session, importer, row, ImportStatus.NOTHING_IMPORTED, at=at)
        return
    row.status = ImportStatus.APPLYING
    go_on(session, importer, row, APPLY, after=before_all_units(importer), locale=locale)


def end(session: Session, importer: Importer, row: ImportFile, status: ImportStatus, *, at: datetime) -> None:
    """End an import; the file itself is not needed any more."""
    session.flush()  # the counts read the table
    row.counts = count_verdicts(session, importer, row.id)
    row.status, row.finished_at = status, at
    forget_file(session, importer, row)


def forget_file(session: Session, importer: Importer, row: ImportFile) -> None:
    """Delete the pieces of the file."""
    session.execute(sa.delete(importer.chunk).where(importer.chunk.import_id == row.id))


def cancel(session: Session, importer: Importer, row: ImportFile, *, at: datetime) -> None:
    """Stop the work on a file, or drop it before it was brought in; what was brought in stays.

    :raises ImportNotRunning: when there is nothing to stop.
    """
    if not (ImportStatus(row.status).is_running or row.status == ImportStatus.READY):
        raise ImportNotRunning
    end(session, importer, row, ImportStatus.CANCELLED, at=at)


def resume(session: Session, row: ImportFile, *, at: datetime) -> None:
    """Go on where the work has stopped.

    :raises ImportNotRunning: when it has not, or so long ago that nobody knows where it was.
    """
    if not has_stopped(session, row) or row.task_id is None:
        raise ImportNotRunning
    try:
        task = queue.get_task(session, row.task_id)
    except queue.TaskNotFound as purged:
        raise ImportNotRunning from purged
    queue.retry_task(session, task, at=at)


def forget_imports(session: Session, importer: Importer, *, at: datetime) -> int:
    """Delete the imports in scope that nobody will look at any more, with their lines; return how many."""
    query = sa.delete(importer.file).where(importer.file.created_at < at - importer.kept)
    gone = session.scalars(
        query.returning(importer.file.id).execution_options(synchronize_session=False)
    ).all()
    return len(gone)
