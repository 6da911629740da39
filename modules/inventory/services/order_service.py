"""Orders of another module, as far as they concern the stock."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from modules.inventory.models.product import Variant
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
    """Hold what an order needs.

    :raises OutOfStock: when there is too little.
    """
    wanted = _wanted(session, event)
    if not wanted:
        return
    hours = stock_service.get_config(session, int(_value(event, "platform_id"))).reservation_hours
    reservation_service.reserve(
        session,
        [Wanted(variant_id, quantity) for variant_id, quantity in sorted(wanted.items())],
        reference=_order_reference(event),
        at=at,
        expires_at=at + timedelta(hours=hours) if hours else None,
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


def _order_reference(event: Any) -> str:
    found = next((_value(event, name) for name in ("order_id", "id", "number") if _value(event, name)), None)
    if found is None:
        raise ValueError("the event of an order names no order")
    return f"order:{found}"[:120]


def _wanted(session: Session, event: Any) -> dict[int, int]:
    """Return the pieces by variant; lines refer to a variant by its reference, or else by its SKU."""
    lines = list(_value(event, "lines") or ())
    vendor_id = _value(event, "vendor_id")
    ids = {number for line in lines if (number := variant_id_of(_value(line, "reference")))}
    skus = [str(sku) for line in lines if (sku := _value(line, "sku"))]
    by_id = {one.id: one for one in product_service.list_variants(session, sorted(ids))}
    by_sku = product_service.find_variants_by_sku(session, skus, vendor_id=vendor_id) if skus else {}
    wanted: Counter[int] = Counter()
    for line in lines:
        known = by_id.get(variant_id_of(_value(line, "reference")) or 0)
        variant = known if known and vendor_id in {None, known.vendor_id} else by_sku.get(_value(line, "sku"))
        if variant is not None:
            wanted[variant.id] += int(_value(line, "quantity") or 0)
    return dict(wanted)
