"""Reading the ledger, and proving that levels are what it says."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.models.product import Variant
from modules.inventory.models.stock import Level, Location, Movement, Reservation
from modules.inventory.schemas.states import ReservationStatus

RECENT = 500


@dataclass(frozen=True, slots=True)
class Drift:
    """A level that is not the sum of its movements, or not of its reservations: a fault of the program."""

    variant_id: int
    location_id: int
    on_hand: int
    ledger: int
    reserved: int
    held: int


def verify_ledger(session: Session, *, recent_only: bool = False) -> list[Drift]:
    """Return the levels in scope that disagree with the ledger; with `recent_only` those that moved last."""
    ledger = (
        sa.select(sa.func.coalesce(sa.func.sum(Movement.quantity), 0))
        .where(Movement.variant_id == Level.variant_id, Movement.location_id == Level.location_id)
        .correlate(Level)
        .scalar_subquery()
    )
    held = (
        sa.select(sa.func.coalesce(sa.func.sum(Reservation.quantity - Reservation.taken), 0))
        .where(
            Reservation.variant_id == Level.variant_id,
            Reservation.location_id == Level.location_id,
            Reservation.status == ReservationStatus.ACTIVE,
        )
        .correlate(Level)
        .scalar_subquery()
    )
    query = sa.select(
        Level.variant_id,
        Level.location_id,
        Level.on_hand,
        ledger.label("ledger"),
        Level.reserved,
        held.label("held"),
    )
    if recent_only:
        last = sa.select(Movement.variant_id).order_by(Movement.id.desc()).limit(RECENT).subquery()
        query = query.where(Level.variant_id.in_(sa.select(last.c.variant_id)))
    rows = query.subquery()
    wrong = sa.select(rows).where(sa.or_(rows.c.on_hand != rows.c.ledger, rows.c.reserved != rows.c.held))
    return [Drift(*row) for row in session.execute(wrong)]


def select_movements(product_id: int) -> sa.Select[Any]:
    """Return the statement of a product's ledger."""
    return (
        sa.select(Movement)
        .join(Variant, Variant.id == Movement.variant_id)
        .join(Location, Location.id == Movement.location_id)
        .where(Variant.product_id == product_id)
        .options(sa.orm.contains_eager(Movement.variant), sa.orm.contains_eager(Movement.location))
    )


SORTS = {"at": Movement.occurred_at, "kind": Movement.kind, "quantity": Movement.quantity}
KIND = Movement.kind
LOCATION = Movement.location_id
