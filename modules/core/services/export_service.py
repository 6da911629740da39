"""Files of lists that are made in the background: asked for, kept for a week, and given to nobody but who asked."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.core.exceptions import ExportNotFound, TooManyExports
from modules.core.models.export import Export, ExportPiece
from modules.core.schemas.export import TASK, ExportStatus
from wizamart import queue
from wizamart.auth.models import User

KEPT: Final = timedelta(days=7)
MOST_AT_ONCE: Final = 3


def create_export(
    session: Session,
    address: str,
    *,
    host_url: str,
    permission: str,
    platform_id: int,
    vendor_id: int | None,
    user_id: int,
    locale: str,
    at: datetime,
) -> Export:
    """Have the file at an address made; one that is being made is not made twice.

    :raises TooManyExports: when enough of the person's files are being made.
    """
    # Of two clicks at once the second waits and finds what the first asked for; rows that name the person may be added.
    session.execute(sa.select(User.id).where(User.id == user_id).with_for_update(key_share=True))
    working = _list_working(session, user_id=user_id, vendor_id=vendor_id)
    for one in working:
        if one.address == address:
            return one
    if len(working) >= MOST_AT_ONCE:
        raise TooManyExports(most=MOST_AT_ONCE)
    row = Export(
        platform_id=platform_id,
        vendor_id=vendor_id,
        user_id=user_id,
        host_url=host_url,
        address=address,
        permission=permission,
        locale=locale,
        status=ExportStatus.WORKING,
        created_at=at,
    )
    session.add(row)
    session.flush()  # the task needs the id
    owner = {"platform_id": platform_id, "vendor_id": vendor_id, "user_id": user_id, "locale": locale}
    row.task_id = queue.enqueue(session, TASK, {"export_id": row.id}, **owner).id
    return row


def _list_working(session: Session, *, user_id: int, vendor_id: int | None) -> list[Export]:
    query = sa.select(Export).where(*_theirs(user_id, vendor_id), Export.status == ExportStatus.WORKING)
    rows = session.scalars(query).all()
    stopped = list_stopped(session, rows)
    return [row for row in rows if row.id not in stopped]


def _theirs(user_id: int, vendor_id: int | None) -> tuple[Any, ...]:
    """Return the conditions of what somebody asked for in one portal."""
    return Export.user_id == user_id, Export.vendor_id.is_(None) if vendor_id is None else (
        Export.vendor_id == vendor_id
    )


def get_export(
    session: Session, export_id: int, *, user_id: int, vendor_id: int | None, at: datetime
) -> Export:
    """Return a file that the person asked for in this portal.

    :raises ExportNotFound: when there is none, it is another's, or its time is over.
    """
    row = session.scalar(
        sa.select(Export).where(
            Export.id == export_id, *_theirs(user_id, vendor_id), Export.created_at > at - KEPT
        )
    )
    if row is None:
        raise ExportNotFound
    return row


def list_exports(session: Session, *, user_id: int, vendor_id: int | None, at: datetime) -> Sequence[Export]:
    """Return the files that the person asked for in this portal, the newest first."""
    query = sa.select(Export).where(*_theirs(user_id, vendor_id), Export.created_at > at - KEPT)
    return session.scalars(query.order_by(Export.id.desc()).limit(100)).all()


def ends_at(row: Export) -> datetime:
    """Return until when the file is kept."""
    return row.created_at + KEPT


def list_stopped(session: Session, rows: Iterable[Export]) -> set[int]:
    """Return the ids of the files that nobody works on any more, though they are not done."""
    tasks = {row.id: row.task_id or 0 for row in rows if row.status == ExportStatus.WORKING}
    stopped = queue.list_stopped(session, set(tasks.values()))
    return {export_id for export_id, task_id in tasks.items() if task_id in stopped}


def percent_of(session: Session, row: Export) -> int:
    """Return how much of the file is written."""
    task = session.get(queue.Task, row.task_id or 0)
    return queue.progress_of(task)[0] if task is not None else 0


def find_working(session: Session, export_id: int) -> Export | None:
    """Return a file that is still to be made."""
    query = sa.select(Export).where(Export.id == export_id, Export.status == ExportStatus.WORKING)
    return session.scalar(query)


def keep_file(
    session: Session, row: Export, pieces: Iterable[bytes], *, file_name: str, at: datetime
) -> None:
    """Keep a file that is made; pieces of a try that failed are written over."""
    session.execute(sa.delete(ExportPiece).where(ExportPiece.export_id == row.id))
    row.size = 0
    for position, content in enumerate(pieces):
        owner = {"platform_id": row.platform_id, "export_id": row.id}
        session.execute(sa.insert(ExportPiece), [{**owner, "position": position, "content": content}])
        row.size += len(content)
    row.file_name, row.status, row.finished_at = file_name[-200:], ExportStatus.DONE, at


def note_failure(row: Export, problem: str, *, at: datetime) -> None:
    """Write down why there will be no file."""
    row.problem, row.status, row.finished_at = problem, ExportStatus.FAILED, at


def read_pieces(session: Session, row: Export) -> Iterator[bytes]:
    """Yield the file piece by piece."""
    query = sa.select(ExportPiece.content).where(ExportPiece.export_id == row.id)
    yield from session.scalars(query.order_by(ExportPiece.position).execution_options(yield_per=4))


def delete_export(session: Session, row: Export, *, at: datetime) -> None:
    """Delete a file, or stop making it."""
    task = session.get(queue.Task, row.task_id or 0)
    if row.status == ExportStatus.WORKING and task is not None and not queue.has_stopped(session, task.id):
        queue.cancel(session, task, at=at)
    session.delete(row)


def delete_ended(session: Session, *, at: datetime) -> int:
    """Delete the platform's files whose time is over, and return how many."""
    query = sa.delete(Export).where(Export.created_at <= at - KEPT).returning(Export.id)
    return len(session.scalars(query.execution_options(synchronize_session=False)).all())
