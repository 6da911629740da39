"""Stock-takes: count a location, see the differences, book them.

A count stands beside what the ledger expected when it was made, so what moves before and after it does no harm: booked
is the difference, not the number that was counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, contains_eager, joinedload

from modules.inventory.exceptions import (
    CountImpossible,
    OutOfStock,
    StockTakeClosed,
    StockTakeNotFound,
    StockTakeOpen,
)
from modules.inventory.models.product import Product, Variant
from modules.inventory.models.stock import Level, Location, Movement
from modules.inventory.models.stock_take import StockCount, StockTake
from modules.inventory.schemas.states import MovementKind, StockTakeStatus
from modules.inventory.services import location_service, stock_service

MOST_PIECES: Final = 10_000_000


@dataclass(frozen=True, slots=True)
class Counted:
    """A variant and how many pieces of it were found, at a moment."""

    variant_id: int
    quantity: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Summary:
    """How far a stock-take is, and what its differences come to."""

    lines: int
    differing: int
    surplus: int
    missing: int


def start(session: Session, location_id: int, *, note: str, actor_id: int | None, at: datetime) -> StockTake:
    """Start counting a location.

    :raises LocationNotFound: when there is no such location in scope.
    :raises StockTakeOpen: when somebody counts it already.
    """
    location = location_service.get_location(session, location_id)
    take = StockTake(
        platform_id=location.platform_id,
        vendor_id=location.vendor_id,
        location_id=location.id,
        status=StockTakeStatus.COUNTING,
        note=note,
        started_at=at,
        started_by_user_id=actor_id,
    )
    try:
        with session.begin_nested():
            session.add(take)
    except IntegrityError as error:
        raise StockTakeOpen from error
    return take


def get_stock_take(session: Session, take_id: int, *, for_change: bool = False) -> StockTake:
    """Return a stock-take in scope, with `for_change` locked and still open.

    :raises StockTakeNotFound: when there is none.
    :raises StockTakeClosed: when it is to be changed and is booked or cancelled.
    """
    query = sa.select(StockTake).where(StockTake.id == take_id).options(joinedload(StockTake.location))
    if for_change:
        query = query.with_for_update(of=StockTake).execution_options(populate_existing=True)
    take = session.scalars(query).one_or_none()
    if take is None:
        raise StockTakeNotFound
    if for_change and not take.is_open:
        raise StockTakeClosed
    return take


def count(
    session: Session,
    take: StockTake,
    lines: Iterable[Counted],
    *,
    actor_id: int | None,
    keep_equal: bool = False,
) -> int:
    """Note what was counted; a variant counted again replaces its count. Returns how many were noted.

    With `keep_equal` the same number again is no new count: a file that is sent twice changes nothing.
    """
    wanted = {line.variant_id: line for line in lines if 0 <= line.quantity <= MOST_PIECES}
    known = {row.variant_id: row for row in _counts_of(session, take, wanted)}
    expected = _expected(session, take, list(wanted.values()))
    for variant_id, line in wanted.items():
        row = known.get(variant_id)
        if row is None:
            row = StockCount(
                platform_id=take.platform_id,
                vendor_id=take.vendor_id,
                stock_take_id=take.id,
                variant_id=variant_id,
            )
            session.add(row)
        elif keep_equal and row.counted == line.quantity:
            continue
        row.counted, row.expected = line.quantity, expected[variant_id]
        row.counted_at, row.counted_by_user_id = line.at, actor_id
    return len(wanted)


def forget(session: Session, take: StockTake, variant_ids: Sequence[int]) -> None:
    """Take counts back that were entered by mistake."""
    for row in _counts_of(session, take, variant_ids):
        session.delete(row)


def _counts_of(session: Session, take: StockTake, variant_ids: Iterable[int]) -> Sequence[StockCount]:
    query = sa.select(StockCount).where(StockCount.stock_take_id == take.id)
    return session.scalars(query.where(StockCount.variant_id.in_(list(variant_ids)))).all()


def _expected(session: Session, take: StockTake, lines: Sequence[Counted]) -> dict[int, int]:
    """Return what the ledger says lay at the location when each line was counted."""
    ids = [line.variant_id for line in lines]
    at_place = (Movement.variant_id.in_(ids), Movement.location_id == take.location_id)
    expected = dict.fromkeys(ids, 0)
    moments = {line.at for line in lines}
    if len(moments) > 1:
        when = {line.variant_id: line.at for line in lines}
        rows = sa.select(Movement.variant_id, Movement.quantity, Movement.occurred_at).where(*at_place)
        for variant_id, quantity, occurred_at in session.execute(rows):
            expected[variant_id] += quantity if occurred_at <= when[variant_id] else 0
        return expected
    query = sa.select(Movement.variant_id, sa.func.sum(Movement.quantity)).where(*at_place)
    query = query.where(Movement.occurred_at <= (next(iter(moments)) if moments else take.started_at))
    return expected | {
        variant_id: int(total) for variant_id, total in session.execute(query.group_by(Movement.variant_id))
    }


def summarise(session: Session, take: StockTake) -> Summary:
    """Return how much is counted, and the pieces that are too many and too few."""
    difference = StockCount.counted - StockCount.expected
    query = sa.select(
        sa.func.count(),
        sa.func.coalesce(sa.func.sum(sa.case((difference != 0, 1), else_=0)), 0),
        sa.func.coalesce(sa.func.sum(sa.case((difference > 0, difference), else_=0)), 0),
        sa.func.coalesce(sa.func.sum(sa.case((difference < 0, -difference), else_=0)), 0),
    ).where(StockCount.stock_take_id == take.id)
    return Summary(*(int(number) for number in session.execute(query).one()))


def book(session: Session, take: StockTake, *, reason: str, actor_id: int | None, at: datetime) -> int:
    """Write every difference into the ledger as a correction, all or none, and finish; returns how many.

    :raises CountImpossible: when a level would fall below zero.
    """
    query = sa.select(StockCount).where(
        StockCount.stock_take_id == take.id, StockCount.counted != StockCount.expected
    )
    differing = session.scalars(query.order_by(StockCount.variant_id)).all()
    variants = stock_service.lock_variants(session, [row.variant_id for row in differing])
    for row in differing:
        variant = variants[row.variant_id]
        try:
            stock_service.move(
                session,
                variant,
                take.location_id,
                MovementKind.CORRECTION,
                row.difference,
                at=at,
                actor_id=actor_id,
                reason=reason,
                reference=f"stock-take:{take.id}",
            )
        except OutOfStock as error:
            raise CountImpossible(sku=variant.sku) from error
    _finish(take, StockTakeStatus.BOOKED, actor_id=actor_id, at=at)
    return len(differing)


def cancel(take: StockTake, *, actor_id: int | None, at: datetime) -> None:
    """Give a stock-take up: nothing is booked, the counts stay to be read."""
    _finish(take, StockTakeStatus.CANCELLED, actor_id=actor_id, at=at)


def _finish(take: StockTake, status: StockTakeStatus, *, actor_id: int | None, at: datetime) -> None:
    take.status = status
    take.finished_at = at
    take.finished_by_user_id = actor_id


def select_sheet(take: StockTake) -> sa.Select[Any]:
    """Return the statement of the count sheet: variant, what the ledger says now, and its count where there is one."""
    level = sa.and_(Level.variant_id == Variant.id, Level.location_id == take.location_id)
    counted = sa.and_(StockCount.variant_id == Variant.id, StockCount.stock_take_id == take.id)
    sheet = (
        sa.select(Variant, sa.func.coalesce(Level.on_hand, 0).label("on_hand"), StockCount)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(Level, level)
        .outerjoin(StockCount, counted)
        .where(sa.or_(Variant.archived_at.is_(None), Level.on_hand != 0))
        .options(contains_eager(Variant.product))
    )
    return cast("sa.Select[Any]", sheet)


SHEET_SEARCH: Final = (Product.search_text,)
SHEET_SORTS: Final[dict[str, Any]] = {"title": [Product.title, Variant.position], "sku": Variant.sku}


def narrow_sheet(value: str) -> sa.ColumnElement[bool]:
    """Return the condition of the lines that are `open`, `counted` or `differing`."""
    if value == "open":
        return StockCount.id.is_(None)
    if value == "counted":
        return StockCount.id.is_not(None)
    return StockCount.counted != StockCount.expected


def select_stock_takes() -> sa.Select[Any]:
    """Return the statement of the stock-takes in scope, with their locations."""
    return (
        sa.select(StockTake)
        .join(Location, Location.id == StockTake.location_id)
        .options(contains_eager(StockTake.location))
    )


STARTED_AT: Final = StockTake.started_at
STATUS: Final = StockTake.status
