"""Counts out of a file: SKU and quantity, and where it is known the moment of counting."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.orm import Session

from modules.inventory.models.stock_take import StockTake
from modules.inventory.services import product_service, stock_take_service
from modules.inventory.services.stock_take_service import MOST_PIECES, Counted
from wizamart.csv_reader import FileRefused, Record, detect_encoding, read_records, sniff
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _

LARGEST_FILE: Final = 5_000_000
HEADINGS: Final = frozenset({"sku", "counted", "counted_at"})
BATCH: Final = 500


@dataclass(slots=True)
class Outcome:
    """How many counts a file held, and which lines say nothing."""

    noted: int = 0
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_counts(
    session: Session, take: StockTake, content: bytes, *, actor_id: int | None, at: datetime
) -> Outcome:
    """Note the counts of a CSV file with the columns sku, counted and, if it has it, counted_at (ISO 8601).

    Lines without a count are passed over: a sheet may be sent half filled in.

    :raises InvalidInput: when the file cannot be read, or lacks a column.
    """
    outcome = Outcome()
    batch: list[tuple[int, str, int, datetime]] = []
    for line in _lines(content, outcome, at=at):
        batch.append(line)
        if len(batch) == BATCH:
            _note(session, take, batch, outcome, actor_id=actor_id)
            batch = []
    _note(session, take, batch, outcome, actor_id=actor_id)
    return outcome


def _lines(content: bytes, outcome: Outcome, *, at: datetime) -> Iterator[tuple[int, str, int, datetime]]:
    for record in _records(content):
        sku, text = record.values.get("sku", "").strip(), record.values.get("counted", "").strip()
        if record.problem:
            outcome.problems.append((record.number, record.problem))
        elif not text:
            continue
        elif not (text.isascii() and text.isdigit() and int(text) <= MOST_PIECES):
            outcome.problems.append((record.number, _("“%(text)s” is no quantity.", text=text[:40])))
        elif (moment := _moment(record.values.get("counted_at", ""), at)) is None:
            outcome.problems.append((record.number, _("The moment of counting cannot be read.")))
        else:
            yield record.number, sku, int(text), moment


def _records(content: bytes) -> Iterator[Record]:
    try:
        encoding = detect_encoding(lambda: [content])
        delimiter, headings = sniff(lambda: [content], encoding, HEADINGS)
        if not {"sku", "counted"} <= set(headings):
            raise InvalidInput({"file": [_("The file needs the columns “sku” and “counted”.")]})
        yield from read_records(lambda: [content], encoding, delimiter, headings)
    except FileRefused as error:
        raise InvalidInput({"file": [str(error)]}) from error


def _moment(text: str, at: datetime) -> datetime | None:
    """Return the moment of counting, now if none is given, None if it cannot be read or lies ahead."""
    if not text.strip():
        return at
    try:
        moment = datetime.fromisoformat(text.strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if moment <= at else None


def _note(
    session: Session,
    take: StockTake,
    batch: Sequence[tuple[int, str, int, datetime]],
    outcome: Outcome,
    *,
    actor_id: int | None,
) -> None:
    skus = [sku for _number, sku, _quantity, _moment in batch]
    known = product_service.find_variants_by_sku(session, skus, vendor_id=take.vendor_id) if batch else {}
    lines = []
    for number, sku, quantity, moment in batch:
        if sku in known:
            lines.append(Counted(known[sku].id, quantity, moment))
        else:
            outcome.problems.append((number, _("There is no variant with the SKU “%(sku)s”.", sku=sku[:120])))
    outcome.noted += stock_take_service.count(session, take, lines, actor_id=actor_id, keep_equal=True)
