"""Numbers of invoices and credit notes: without gaps for each vendor, kind and year.

A row counts, in the document's own transaction: who asks second waits, and what is rolled back gives its number back.
"""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modules.orders.models.document import DocumentCounter
from modules.orders.schemas.document import DocumentKind

LETTERS: Final = {DocumentKind.INVOICE: "", DocumentKind.CREDIT_NOTE: "C"}


def next_sequence(session: Session, vendor_id: int, kind: DocumentKind, year: int) -> int:
    """Return the next number of a series; the first of a year is 1."""
    number = _advance(session, vendor_id, kind, year)
    if number is not None:
        return number
    try:
        with session.begin_nested():
            session.add(DocumentCounter(vendor_id=vendor_id, kind=kind, year=year, last_number=1))
    except IntegrityError:  # somebody else has begun the year meanwhile
        return _advance(session, vendor_id, kind, year) or 1
    return 1


def write_number(vendor_code: str, kind: DocumentKind, year: int, sequence: int) -> str:
    """Write a number: `HONEY-2026-00017`, credit notes `HONEY-C2026-00003`."""
    return f"{vendor_code.upper()}-{LETTERS[kind]}{year}-{sequence:05d}"


def _advance(session: Session, vendor_id: int, kind: DocumentKind, year: int) -> int | None:
    statement = (
        sa.update(DocumentCounter)
        .where(
            DocumentCounter.vendor_id == vendor_id,
            DocumentCounter.kind == kind,
            DocumentCounter.year == year,
        )
        .values(last_number=DocumentCounter.last_number + 1)
        .returning(DocumentCounter.last_number)
        .execution_options(synchronize_session=False)
    )
    return session.execute(statement).scalar_one_or_none()
