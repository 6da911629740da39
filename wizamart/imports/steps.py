"""The steps of an import, each a part of the work that is short enough for one transaction."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart import csv_reader, queue
from wizamart.csv_reader import FileRefused, Place, Record
from wizamart.exceptions import InvalidInput, WizamartError
from wizamart.i18n import gettext as _
from wizamart.imports import service
from wizamart.imports.exceptions import LineRefused, NotAllGood
from wizamart.imports.importer import Importer, Plan
from wizamart.imports.models import ImportFile
from wizamart.imports.service import APPLY, JUDGE, READ
from wizamart.imports.states import ImportStatus, Verdict

READ_LINES: Final = 1000
READ_BYTES: Final = 2 * 1024 * 1024
BATCH_UNITS: Final = 200
BATCH_LINES: Final = 500
MOST_LINES: Final = 1000
# So many lines are brought in or given up in one transaction where somebody wants all or nothing; a longer file has
# all its lines checked before and is then brought in batch by batch, or nobody else could write for minutes.
ATOMIC_LINES: Final = 2000


def read_next(
    session: Session, importer: Importer, row: ImportFile, *, at: datetime, locale: str | None
) -> None:
    """Read the next part of a file into lines; a file that cannot be read is refused with the reason."""
    if row.status != ImportStatus.READING:
        return
    try:
        if not row.read_bytes:
            _open(session, importer, row)
        is_done = _read_lines(session, importer, row, at=at)
    except FileRefused as refusal:
        service.forget_lines(session, importer, row)
        row.status, row.problem, row.finished_at = ImportStatus.REFUSED, str(refusal), at
        is_done = True
    else:
        if is_done:
            importer.complete(session, row)
            service.go_on(
                session, importer, row, JUDGE, after=service.before_all_units(importer), locale=locale
            )
        else:
            service.go_on(session, importer, row, READ, locale=locale)
    if is_done and not importer.keeps_file:
        service.forget_file(session, importer, row)


def work_off(session: Session, importer: Importer, row: ImportFile, *, at: datetime) -> None:
    """Do at once, in this transaction, what the import's tasks would do: for the small files of a demonstration."""
    steps: dict[str, Callable[..., None]] = {
        importer.task_name(READ): read_next,
        importer.task_name(JUDGE): judge_next,
        importer.task_name(APPLY): apply_next,
    }
    while ImportStatus(row.status).is_running and row.task_id is not None:
        task = queue.get_task(session, row.task_id)
        more = {name: value for name, value in task.payload.items() if name != "import_id"}
        steps[task.name](session, importer, row, at=at, locale=task.locale, **more)


def _open(session: Session, importer: Importer, row: ImportFile) -> None:
    """Find out what the file is, and begin.

    :raises FileRefused: when it is none that the importer reads.
    """
    service.forget_lines(session, importer, row)

    def chunks() -> Any:
        return service.chunks_from(session, importer, row, 0)

    row.encoding = csv_reader.detect_encoding(chunks)
    row.delimiter, headings = csv_reader.sniff(chunks, row.encoding, importer.known_headings())
    importer.recognise(row, headings)


def _read_lines(session: Session, importer: Importer, row: ImportFile, *, at: datetime) -> bool:
    """Read the next lines; returns whether they were the last.

    :raises FileRefused: where nothing can be made of the rest, or there are no lines at all.
    """
    start = Place(row.read_bytes, row.read_lines)
    records = csv_reader.read_records(
        lambda: service.chunks_from(session, importer, row, start.offset),
        row.encoding,
        row.delimiter,
        importer.columns_of(row),
        start=start,
        verbatim=importer.verbatim(row),
    )
    read = importer.reader(session, row, at=at)
    unread = {**service.owner_of(importer, row), "values": {}, "verdict": "", "reason": ""}
    batch: list[dict[str, Any]] = []
    is_done = True
    for record in records:
        stored = {**unread, "number": record.number, **_as_line(record, importer, read)}
        batch.append(stored)
        row.read_bytes, row.read_lines = record.end.offset, record.end.lines
        if len(batch) >= READ_LINES or row.read_bytes - start.offset >= READ_BYTES:
            is_done = False
            break
    if batch:
        session.execute(sa.insert(importer.line), batch)
    row.lines += len(batch)
    if is_done and not row.lines:
        raise FileRefused(_("The file has headings, but no lines below them."))
    if is_done:
        row.read_bytes = row.size
    return is_done


def _as_line(
    record: Record, importer: Importer, read: Callable[[Record], Mapping[str, Any]]
) -> dict[str, Any]:
    """Return what a record says, or why it is refused at first sight."""
    reason = record.problem
    if not reason:
        try:
            return dict(read(record))
        except LineRefused as refusal:
            reason = str(refusal)
    return {**importer.shown(record), "verdict": Verdict.REFUSED.value, "reason": reason}


def judge_next(
    session: Session, importer: Importer, row: ImportFile, *, after: Any, at: datetime, locale: str | None
) -> None:
    """Judge the next units of a file; after the last one it is ready."""
    if row.status != ImportStatus.READING:
        return
    units = _next_units(session, importer, row.id, after=after)
    if not units:
        row.counts = service.count_verdicts(session, importer, row.id)
        row.judged_lines, row.status = row.lines, ImportStatus.READY
        return
    good = {key: lines for key, lines in units.items() if lines}
    if good:
        batch = importer.load(session, row, good, is_preview=True, at=at)
        for lines in good.values():
            _note(lines, batch.plan(lines))
    row.judged_lines += sum(map(len, units.values()))
    service.go_on(session, importer, row, JUDGE, after=list(units)[-1], locale=locale)


def apply_next(
    session: Session, importer: Importer, row: ImportFile, *, after: Any, at: datetime, locale: str | None
) -> None:
    """Bring in the next units of a file; after the last one it is done."""
    if row.status != ImportStatus.APPLYING:
        return
    is_atomic = row.is_all_or_nothing and row.lines <= ATOMIC_LINES
    try:
        with session.begin_nested():
            while units := _next_units(session, importer, row.id, after=after):
                _apply(session, importer, row, units, is_atomic=is_atomic, at=at)
                after = list(units)[-1]
                if not is_atomic:
                    break
    except WizamartError as error:
        if not is_atomic:
            raise
        session.refresh(row)
        row.problem = _reason_of(error)
        service.end(session, importer, row, ImportStatus.NOTHING_IMPORTED, at=at)
        return
    if units:
        service.go_on(session, importer, row, APPLY, after=after, locale=locale)
        return
    row.applied_lines = row.lines
    service.end(session, importer, row, ImportStatus.DONE, at=at)


def _apply(
    session: Session,
    importer: Importer,
    row: ImportFile,
    units: dict[Any, list[Any]],
    *,
    is_atomic: bool,
    at: datetime,
) -> None:
    row.applied_lines += sum(map(len, units.values()))
    wanted = {
        key: lines for key, lines in units.items() if any(line.verdict in importer.applies for line in lines)
    }
    if not wanted:
        return
    batch = importer.load(session, row, wanted, is_preview=False, at=at)
    for lines in wanted.values():
        plan = batch.plan(lines)
        if is_atomic and plan.refused:
            number, reason = next(iter(plan.refused.items()))
            raise NotAllGood(line=number, reason=reason)
        try:
            with session.begin_nested():
                batch.apply(plan)
        except WizamartError as error:
            if is_atomic:
                raise
            plan.refused.update({line.number: _reason_of(error) for line in lines})
        _note(lines, plan)
    batch.save()
    session.flush()  # what is written leaves the session before the next lines come


def _next_units(session: Session, importer: Importer, import_id: int, *, after: Any) -> dict[Any, list[Any]]:
    """Return the next units with those of their lines that can be brought in; empty at the end.

    A unit with more lines than any can have is refused here, before its lines fill the memory.
    """
    line, unit = importer.line, importer.unit
    counted = (
        sa.select(unit, sa.func.count())
        .where(line.import_id == import_id, unit > after)
        .group_by(unit)
        .order_by(unit)
        .limit(BATCH_UNITS)
    )
    units: dict[Any, list[Any]] = {}
    total = 0
    for key, size in session.execute(counted).all():
        if units and total + size > BATCH_LINES:
            break
        units[key] = []
        if size > MOST_LINES:
            _refuse_unit(session, importer, import_id, key)
        else:
            total += size
    query = (
        sa.select(line)
        .where(line.import_id == import_id, unit.in_(list(units)), line.verdict != Verdict.REFUSED)
        .order_by(unit, line.number)
    )
    for found in session.scalars(query) if units else ():
        units[getattr(found, unit.key)].append(found)
    return units


def _refuse_unit(session: Session, importer: Importer, import_id: int, key: Any) -> None:
    reason = _("More than %(lines)s lines belong together here.", lines=MOST_LINES)
    session.execute(
        sa.update(importer.line)
        .where(importer.line.import_id == import_id, importer.unit == key)
        .values(verdict=Verdict.REFUSED, reason=reason)
        .execution_options(synchronize_session=False)
    )


def _note(lines: Sequence[Any], plan: Plan) -> None:
    """Write down what becomes of each line."""
    for line in lines:
        reason = plan.refused.get(line.number)
        line.verdict = Verdict.REFUSED if reason else plan.verdicts.get(line.number, Verdict.UNCHANGED)
        line.reason = reason or plan.remarks.get(line.number, "")


def _reason_of(error: WizamartError) -> str:
    if isinstance(error, InvalidInput) and error.errors:
        return " ".join(text for texts in error.errors.values() for text in texts)
    return str(error)
