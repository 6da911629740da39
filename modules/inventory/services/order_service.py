"""Orders of another module, as far as they concern the stock."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.models.product import Variant
from modules.inventory.models.stock import Movement
from modules.inventory.schemas.states import MovementKind
from modules.inventory.services import product_service, reservation_service, stock_service
from modules.inventory.services.stock_service import Wanted
from wizamart.numbers import is_row_number

PREFIX = "variant:"


def reference_of(variant: Variant) -> str:
    """Return the name under which orders refer to a variant."""
    return f"{PREFIX}{variant.id}"


def variant_id_of(reference: Any) -> int | None:
    """Return the id of the variant that a reference names; None where it names something else."""
    text = str(reference or "")
    number = text.removeprefix(PREFIX)
    return int(number) if text.startswith(PREFIX) and is_row_number(number) else None


def reserve_order(session: Session, event: Any, *, at: datetime) -> None:
    """Hold what an order needs, until it is shipped or cancelled: orders themselves say how long they wait.

    :raises OutOfStock: when there is too little.
    """
    wanted = _wanted(session, event)
    if not wanted:
        return
    reservation_service.reserve(
        session,
        [Wanted(variant_id, quantity) for variant_id, quantity in sorted(wanted.items())],
        reference=_order_reference(event),
        at=at,
    )


def take_order(session: Session, event: Any, *, at: datetime) -> None:
    """Take what an order ships: its lines, or all that is held for it if it names none."""
    wanted = _wanted(session, event)
    has_lines = bool(_value(event, "lines"))
    if has_lines and not wanted:
        return
    reservation_service.take(
        session,
        _order_reference(event),
        at=at,
        quantities=wanted if has_lines else None,
        actor_id=_value(event, "actor_id"),
    )


def release_order(session: Session, event: Any) -> None:
    """Give back what is still held for an order."""
    reservation_service.release(session, _order_reference(event))


def _value(source: Any, name: str) -> Any:
    """Return a value of a model or a mapping; None where it has none."""
    return source.get(name) if isinstance(source, dict) else getattr(source, name, None)


def reference_of_order(order: object) -> str:
    """Return the name under which an order's reservations and movements are found."""
    return f"order:{order}"[:120]


def _order_reference(event: Any) -> str:
    found = next((_value(event, name) for name in ("order_id", "id", "number") if _value(event, name)), None)
    if found is None:
        raise ValueError("the event of an order names no order")
    return reference_of_order(found)


def _wanted(session: Session, event: Any) -> dict[int, int]:
    """Return the pieces by variant."""
    lines = list(_value(event, "lines") or ())
    wanted: Counter[int] = Counter()
    variants = list_line_variants(session, lines, vendor_id=_value(event, "vendor_id"))
    for line, variant in zip(lines, variants, strict=True):
        if variant is not None:
            wanted[variant.id] += int(_value(line, "quantity") or 0)
    return dict(wanted)


def list_line_variants(
    session: Session, lines: Sequence[Any], *, vendor_id: int | None
) -> list[Variant | None]:
    """Return the variant of each line, by its reference, or else by its SKU; None where it is none of ours."""
    ids = {number for line in lines if (number := variant_id_of(_value(line, "reference")))}
    skus = [str(sku) for line in lines if (sku := _value(line, "sku"))]
    by_id = {one.id: one for one in product_service.list_variants(session, sorted(ids))}
    by_sku = product_service.find_variants_by_sku(session, skus, vendor_id=vendor_id) if skus else {}
    found: list[Variant | None] = []
    for line in lines:
        known = by_id.get(variant_id_of(_value(line, "reference")) or 0)
        is_theirs = known is not None and vendor_id in {None, known.vendor_id}
        found.append(known if is_theirs else by_sku.get(str(_value(line, "sku") or "")))
    return found


def bring_back_order(session: Session, event: Any, *, at: datetime) -> None:
    """Put what came back of an order on the shelf, as far as it was taken from there for this order."""
    reference = _order_reference(event)
    wanted = _wanted(session, event)
    for variant_id, variant in stock_service.lock_variants(session, wanted).items():
        bring_back(session, variant, wanted[variant_id], reference=reference, at=at)


def bring_back(session: Session, variant: Variant, quantity: int, *, reference: str, at: datetime) -> None:
    """Put pieces of a locked variant back where they were taken from for an order, never more than were taken."""
    kinds = [MovementKind.SALE.value, MovementKind.RETURN.value]
    query = (
        sa.select(Movement.location_id, -sa.func.sum(Movement.quantity))
        .where(Movement.reference == reference, Movement.variant_id == variant.id, Movement.kind.in_(kinds))
        .group_by(Movement.location_id)
        .order_by(Movement.location_id)
    )
    for location_id, taken in session.execute(query).all():
        part = min(int(taken), quantity)
        if part > 0:
            kind = MovementKind.RETURN
            stock_service.move(session, variant, location_id, kind, part, at=at, reference=reference)
            quantity -= part
