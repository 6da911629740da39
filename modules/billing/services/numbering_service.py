"""Numbers without gaps: one counter row a platform, series and year, counted up in the document's transaction."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.billing.models.invoice import InvoiceCounter
from wizamart.database import upsert_into


def take_number(session: Session, *, platform_id: int, series: str, year: int) -> int:
    """Return the next number. Others wait until this transaction ends; if it rolls back, the number is free again."""
    taken = _count_up(session, platform_id, series, year)
    if taken is None:
        _create_counter(session, platform_id, series, year)
        taken = _count_up(session, platform_id, series, year)
    assert taken is not None  # noqa: S101 - the row was made a moment ago
    return taken


def format_number(series: str, year: int, number: int) -> str:
    """Return a number as it stands on the document."""
    return f"{series}-{year}-{number:05d}"


def _count_up(session: Session, platform_id: int, series: str, year: int) -> int | None:
    statement = (
        sa.update(InvoiceCounter)
        .where(
            InvoiceCounter.platform_id == platform_id,
            InvoiceCounter.series == series,
            InvoiceCounter.year == year,
        )
        .values(last_number=InvoiceCounter.last_number + 1)
        .returning(InvoiceCounter.last_number)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(statement)


def _create_counter(session: Session, platform_id: int, series: str, year: int) -> None:
    """Make the row if nobody else does at this moment."""
    session.execute(
        upsert_into(InvoiceCounter, session)
        .values(platform_id=platform_id, series=series, year=year, last_number=0)
        .on_conflict_do_nothing()
    )
