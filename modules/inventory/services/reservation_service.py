"""Goods held for somebody: reserved when an order is placed, taken when it ships, released otherwise."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, contains_eager, joinedload

from modules.inventory.models.product import Variant
from modules.inventory.models.stock import Level, Location, Movement, Reservation
from modules.inventory.schemas.states import MovementKind, ReservationStatus
from modules.inventory.services import location_service, stock_service
from modules.inventory.services.stock_service import Wanted


def reserve(
    session: Session,
    lines: Sequence[Wanted],
    *,
    reference: str,
    at: datetime,
    expires_at: datetime | None = None,
) -> Sequence[Reservation]:
    """Hold goods for a reference; asking twice for the same reference holds them once.

    :raises OutOfStock: when there is too little of something; then nothing is held.
    """
    wanted: Counter[int] = Counter()
    for line in lines:
        wanted[line.variant_id] += line.quantity
    variants = stock_service.lock_variants(session, wanted)
    known = list_reservations(session, reference)
    if known:
        return known
    for variant_id, quantity in sorted(wanted.items()):
        if quantity > 0:
            _hold(session, variants[variant_id], quantity, reference=reference, at=at, expires_at=expires_at)
    return list_reservations(session, reference)


def _hold(
    session: Session,
    variant: Variant,
    quantity: int,
    *,
    reference: str,
    at: datetime,
    expires_at: datetime | None,
) -> None:
    """Hold pieces where they lie, at the default location first; what is back-ordered is held there too."""
    levels = list_levels_by_preference(session, variant)
    available = sum(max(level.available, 0) for level in levels)
    if available < quantity and not variant.product.allows_backorder:
        raise stock_service.out_of_stock(variant, available, quantity)
    parts: list[tuple[Level, int]] = []
    missing = quantity
    for level in levels:
        part = min(max(level.available, 0), missing)
        if part:
            parts.append((level, part))
            missing -= part
    if missing:
        default = location_service.get_default_location(session, vendor_id=variant.vendor_id, at=at)
        parts.append((stock_service.level_of(session, variant, default.id), missing))
    for level, part in parts:
        level.reserved += part
        session.add(
            Reservation(
                platform_id=variant.platform_id,
                vendor_id=variant.vendor_id,
                variant_id=variant.id,
                location_id=level.location_id,
                reference=reference,
                quantity=part,
                taken=0,
                status=ReservationStatus.ACTIVE,
                expires_at=expires_at,
                created_at=at,
            )
        )
    session.flush()  # what is available is read from the tables
    stock_service.tell_change(session, variant, -quantity)


def hold_available(session: Session, variant: Variant, quantity: int, *, reference: str, at: datetime) -> int:
    """Hold as many more pieces of a locked variant as there are; returns how many."""
    levels = list_levels_by_preference(session, variant)
    available = sum(max(level.available, 0) for level in levels)
    part = quantity if variant.product.allows_backorder else min(quantity, available)
    if part:
        _hold(session, variant, part, reference=reference, at=at, expires_at=None)
    return part


def list_levels_by_preference(session: Session, variant: Variant) -> Sequence[Level]:
    """Return a variant's levels as they are now, that of the default location first."""
    query = (
        sa.select(Level)
        .join(Location, Location.id == Level.location_id)
        .where(Level.variant_id == variant.id)
        .order_by(Location.is_default.desc(), Level.on_hand.desc(), Level.id)
        .execution_options(populate_existing=True)
    )
    return session.scalars(query).all()


def list_reservations(session: Session, reference: str) -> Sequence[Reservation]:
    """Return what was ever held for a reference."""
    query = sa.select(Reservation).where(Reservation.reference == reference).order_by(Reservation.id)
    return session.scalars(query.execution_options(populate_existing=True)).all()


def list_open(session: Session, product_id: int, *, limit: int = 100) -> Sequence[Reservation]:
    """Return what is held of a product now, what ends first coming first, with variant and location."""
    query = (
        sa.select(Reservation)
        .join(Variant, Variant.id == Reservation.variant_id)
        .where(Variant.product_id == product_id, Reservation.status == ReservationStatus.ACTIVE)
        .order_by(Reservation.expires_at.is_(None), Reservation.expires_at, Reservation.id)
        .options(contains_eager(Reservation.variant), joinedload(Reservation.location))
        .limit(limit)
    )
    return session.scalars(query).all()


def release(
    session: Session,
    reference: str,
    *,
    status: ReservationStatus = ReservationStatus.RELEASED,
    variant_id: int | None = None,
) -> int:
    """Give back what is still held for a reference, or of it one variant; returns how many pieces."""
    variant_ids = {row.variant_id for row in list_reservations(session, reference)}
    if variant_id is not None:
        variant_ids &= {variant_id}
    variants = stock_service.lock_variants(session, variant_ids)
    released = 0
    for row in list_reservations(session, reference):
        if row.variant_id not in variants:
            continue
        quantity = row.open_quantity
        row.status = status if row.status == ReservationStatus.ACTIVE else row.status
        if quantity:
            level = stock_service.level_of(session, variants[row.variant_id], row.location_id)
            level.reserved -= quantity
            released += quantity
    session.flush()  # what is available is read from the tables
    for variant in variants.values() if released else ():
        stock_service.tell_change(session, variant, released)
    return released


def take(
    session: Session,
    reference: str,
    *,
    at: datetime,
    quantities: Mapping[int, int] | None = None,
    actor_id: int | None = None,
) -> list[Movement]:
    """Take what was held for a reference off the shelf: everything, or the pieces named by variant.

    What is not held any more (it expired, or was never reserved) is taken from what is available.

    :raises OutOfStock: when there is too little of something; then nothing is taken.
    """
    rows = list_reservations(session, reference)
    wanted = dict(quantities) if quantities is not None else _held(rows)
    wanted = {variant_id: quantity for variant_id, quantity in wanted.items() if quantity > 0}
    variants = stock_service.lock_variants(session, {*wanted, *(row.variant_id for row in rows)})
    rows = list_reservations(session, reference)
    movements = []
    for variant_id, quantity in sorted(wanted.items()):
        for location_id, part in _plan_taking(session, variants[variant_id], quantity, rows):
            movements.append(
                stock_service.move(
                    session,
                    variants[variant_id],
                    location_id,
                    MovementKind.SALE,
                    -part,
                    at=at,
                    actor_id=actor_id,
                    reference=reference,
                )
            )
    return movements


def _held(rows: Sequence[Reservation]) -> dict[int, int]:
    held: Counter[int] = Counter()
    for row in rows:
        held[row.variant_id] += row.open_quantity
    return dict(held)


def _plan_taking(
    session: Session, variant: Variant, quantity: int, rows: Sequence[Reservation]
) -> list[tuple[int, int]]:
    """Give up the reservations that are used, and say how many pieces come from which location."""
    parts = use_held(session, variant, quantity, rows)
    rest = quantity - sum(part for _location_id, part in parts)
    return parts + _plan_from_shelf(session, variant, rest) if rest else parts


def use_held(
    session: Session, variant: Variant, quantity: int, rows: Sequence[Reservation]
) -> list[tuple[int, int]]:
    """Give up reservations of a locked variant for pieces that leave; returns how many lie at which location."""
    parts: list[tuple[int, int]] = []
    for row in rows:
        part = min(row.open_quantity, quantity) if row.variant_id == variant.id else 0
        if not part:
            continue
        stock_service.level_of(session, variant, row.location_id).reserved -= part
        row.taken += part
        if row.taken == row.quantity:
            row.status = ReservationStatus.TAKEN
        parts.append((row.location_id, part))
        quantity -= part
    session.flush()  # what is available is read from the tables
    return parts


def _plan_from_shelf(session: Session, variant: Variant, quantity: int) -> list[tuple[int, int]]:
    levels = list_levels_by_preference(session, variant)
    available = sum(max(level.available, 0) for level in levels)
    if not levels or (available < quantity and not variant.product.allows_backorder):
        raise stock_service.out_of_stock(variant, available, quantity)
    parts = []
    for level in levels:
        part = min(max(level.available, 0), quantity)
        if part:
            parts.append((level.location_id, part))
            quantity -= part
    return [*parts, (levels[0].location_id, quantity)] if quantity else parts


def release_expired(session: Session, *, at: datetime) -> int:
    """Give back what was held too long; returns how many references that concerned."""
    query = (
        sa.select(Reservation.reference)
        .where(Reservation.status == ReservationStatus.ACTIVE, Reservation.expires_at <= at)
        .distinct()
        .order_by(Reservation.reference)
        .limit(500)
    )
    references = list(session.scalars(query))
    for reference in references:
        release(session, reference, status=ReservationStatus.EXPIRED)
    return len(references)
