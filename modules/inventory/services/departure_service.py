"""Goods that have left before anybody booked it: they are gone, whatever the levels say."""

from datetime import datetime

from sqlalchemy.orm import Session

from modules.inventory.models.product import Variant
from modules.inventory.schemas.states import MovementKind
from modules.inventory.services import location_service, reservation_service, stock_service
from wizamart.i18n import gettext as _


def book(session: Session, variant: Variant, quantity: int, *, reference: str, at: datetime) -> int:
    """Take pieces off the shelf of a locked variant that were sent already; returns how many it did not promise.

    First what was held for the reference, then what nobody was promised, then the rest. Pieces that the ledger does
    not know of at all are written in by a correction, so that a level never falls below zero.
    """
    rows = reservation_service.list_reservations(session, reference)
    parts = reservation_service.use_held(session, variant, quantity, rows)
    rest = quantity - sum(part for _place, part in parts)
    free, unpromised = _find_on_shelf(session, variant, rest)
    for location_id, part in [*parts, *free]:
        stock_service.move(
            session, variant, location_id, MovementKind.SALE, -part, at=at, reference=reference
        )
    unknown = rest - sum(part for _place, part in free)
    if unknown:
        _write_in(session, variant, unknown, reference=reference, at=at)
    return 0 if variant.product.allows_backorder else rest - unpromised


def _find_on_shelf(session: Session, variant: Variant, quantity: int) -> tuple[list[tuple[int, int]], int]:
    """Return how many pieces lie where, as far as they go, and how many of them nobody was promised."""
    levels = reservation_service.list_levels_by_preference(session, variant)
    parts: dict[int, int] = {}
    unpromised = 0
    for level in levels:
        part = min(max(level.available, 0), quantity)
        parts[level.location_id] = part
        unpromised += part
        quantity -= part
    for level in levels:
        part = min(max(level.on_hand - parts[level.location_id], 0), quantity)
        parts[level.location_id] += part
        quantity -= part
    return [(location_id, part) for location_id, part in parts.items() if part], unpromised


def _write_in(session: Session, variant: Variant, quantity: int, *, reference: str, at: datetime) -> None:
    """Book the departure of pieces that no level has: on back-order, or as a correction before it."""
    place = location_service.get_default_location(session, vendor_id=variant.vendor_id, at=at).id
    if not variant.product.allows_backorder:
        reason = _("Sent, though the ledger knew of too few")
        kind = MovementKind.CORRECTION
        stock_service.move(
            session, variant, place, kind, quantity, at=at, reason=reason, reference=reference, quiet=True
        )
    kind = MovementKind.SALE
    stock_service.move(session, variant, place, kind, -quantity, at=at, reference=reference)
