"""Stock as a ledger: every change is a movement, and a level is the sum of its movements.

Each function locks the variants it touches, in the order of their ids (a row lock on PostgreSQL, the writing
transaction on SQLite), so no two transactions can sell the same piece and none waits for the other in a circle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from modules.inventory import events
from modules.inventory.config import InventoryConfig
from modules.inventory.exceptions import NothingMoved, OutOfStock, VariantNotFound
from modules.inventory.models.product import Product, Variant
from modules.inventory.models.stock import Level, Movement
from modules.inventory.schemas.states import MovementKind
from modules.inventory.services import location_service
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.module_system.config_service import get_module_config


@dataclass(frozen=True, slots=True)
class Wanted:
    """Some pieces of a variant."""

    variant_id: int
    quantity: int


def get_config(session: Session, platform_id: int) -> InventoryConfig:
    """Return the inventory's settings on a platform."""
    config = get_module_config(session, platform_id, "inventory")
    return config if isinstance(config, InventoryConfig) else InventoryConfig.model_validate({})


def receive(
    session: Session,
    variant_id: int,
    quantity: int,
    *,
    location_id: int,
    at: datetime,
    actor_id: int | None = None,
    reason: str = "",
    reference: str | None = None,
) -> Movement:
    """Put goods that came in on the shelf."""
    variant = _lock_one(session, variant_id, quantity)
    kind = MovementKind.RECEIPT
    return move(
        session,
        variant,
        location_id,
        kind,
        quantity,
        at=at,
        actor_id=actor_id,
        reason=reason,
        reference=reference,
    )


def sell(
    session: Session,
    variant_id: int,
    quantity: int,
    *,
    location_id: int,
    at: datetime,
    actor_id: int | None = None,
    reason: str = "",
    reference: str | None = None,
) -> Movement:
    """Take goods off the shelf that were sold; what is reserved for others is not for sale.

    :raises OutOfStock: when fewer are available there, unless the product allows back-orders.
    """
    variant = _lock_one(session, variant_id, quantity)
    level = level_of(session, variant, location_id)
    if level.available < quantity and not variant.product.allows_backorder:
        raise out_of_stock(variant, level.available, quantity)
    kind = MovementKind.SALE
    return move(
        session,
        variant,
        location_id,
        kind,
        -quantity,
        at=at,
        actor_id=actor_id,
        reason=reason,
        reference=reference,
    )


def return_(
    session: Session,
    variant_id: int,
    quantity: int,
    *,
    location_id: int,
    at: datetime,
    actor_id: int | None = None,
    reason: str = "",
    reference: str | None = None,
) -> Movement:
    """Put goods back on the shelf that a customer sent back."""
    variant = _lock_one(session, variant_id, quantity)
    kind = MovementKind.RETURN
    return move(
        session,
        variant,
        location_id,
        kind,
        quantity,
        at=at,
        actor_id=actor_id,
        reason=reason,
        reference=reference,
    )


def transfer(
    session: Session,
    variant_id: int,
    quantity: int,
    *,
    source_id: int,
    target_id: int,
    at: datetime,
    actor_id: int | None = None,
    reason: str = "",
) -> tuple[Movement, Movement]:
    """Carry goods from one location to another; what is reserved at the first stays there.

    :raises OutOfStock: when fewer are available at the first; back-orders cannot be carried.
    """
    variant = _lock_one(session, variant_id, quantity)
    if source_id == target_id:
        raise InvalidInput({"target_id": [_("Choose another location than the first.")]})
    level = level_of(session, variant, source_id)
    if level.available < quantity:
        raise out_of_stock(variant, level.available, quantity)
    kind = MovementKind.TRANSFER
    out = move(
        session, variant, source_id, kind, -quantity, at=at, actor_id=actor_id, reason=reason, quiet=True
    )
    into = move(
        session, variant, target_id, kind, quantity, at=at, actor_id=actor_id, reason=reason, quiet=True
    )
    return out, into


def correct(
    session: Session,
    variant_id: int,
    counted: int,
    *,
    location_id: int,
    reason: str,
    at: datetime,
    actor_id: int | None = None,
) -> Movement | None:
    """Set a level to what was counted; None when the ledger said so already.

    :raises InvalidInput: without a reason, or for a count below zero.
    """
    if counted < 0:
        raise InvalidInput({"quantity": [_("Nobody can count fewer than none.")]})
    if not reason.strip():
        raise InvalidInput({"reason": [_("Say why the stock is corrected.")]})
    variant = lock_variants(session, [variant_id])[variant_id]
    level = level_of(session, variant, location_id)
    difference = counted - level.on_hand
    if not difference:
        return None
    kind = MovementKind.CORRECTION
    return move(session, variant, location_id, kind, difference, at=at, actor_id=actor_id, reason=reason)


def _lock_one(session: Session, variant_id: int, quantity: int) -> Variant:
    if quantity < 1:
        raise NothingMoved({"quantity": [str(NothingMoved.message)]})
    return lock_variants(session, [variant_id])[variant_id]


def lock_variants(session: Session, variant_ids: Iterable[int]) -> dict[int, Variant]:
    """Lock variants in the order of their ids and return them as they are now.

    :raises VariantNotFound: when one is not in scope.
    """
    wanted = sorted(set(variant_ids))
    query = (
        sa.select(Variant)
        .where(Variant.id.in_(wanted))
        .order_by(Variant.id)
        .options(joinedload(Variant.product, innerjoin=True))
        .with_for_update(of=Variant)
        .execution_options(populate_existing=True)
    )
    found = {variant.id: variant for variant in session.scalars(query)}
    if len(found) < len(wanted):
        raise VariantNotFound
    return found


def level_of(session: Session, variant: Variant, location_id: int) -> Level:
    """Return the level of a locked variant at a location of its vendor, created with the first movement."""
    query = sa.select(Level).where(Level.variant_id == variant.id, Level.location_id == location_id)
    level = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if level is None:
        location = location_service.get_location(session, location_id)
        if location.vendor_id != variant.vendor_id:
            raise VariantNotFound
        level = Level(
            platform_id=variant.platform_id,
            vendor_id=variant.vendor_id,
            variant_id=variant.id,
            location_id=location_id,
            on_hand=0,
            reserved=0,
            is_backorderable=variant.product.allows_backorder,
        )
        session.add(level)
        session.flush()  # the next look at it reads the table
    return level


def move(
    session: Session,
    variant: Variant,
    location_id: int,
    kind: MovementKind,
    quantity: int,
    *,
    at: datetime,
    actor_id: int | None = None,
    reason: str = "",
    reference: str | None = None,
    quiet: bool = False,
) -> Movement:
    """Write a line of the ledger and its level together; the variant is locked. `quiet` tells nobody.

    :raises OutOfStock: when the level would fall below zero, unless the product allows back-orders.
    """
    level = level_of(session, variant, location_id)
    balance = level.on_hand + quantity
    if balance < 0 and quantity < 0 and not variant.product.allows_backorder:
        raise out_of_stock(variant, level.on_hand, -quantity)
    level.on_hand = balance
    level.is_backorderable = variant.product.allows_backorder
    movement = Movement(
        platform_id=variant.platform_id,
        vendor_id=variant.vendor_id,
        variant_id=variant.id,
        location_id=location_id,
        kind=kind.value,
        quantity=quantity,
        balance=balance,
        reason=reason,
        reference=reference,
        actor_id=actor_id,
        occurred_at=at,
    )
    session.add(movement)
    session.flush()  # the sum below reads the tables
    if not quiet:
        tell_change(session, variant, quantity)
    return movement


def out_of_stock(variant: Variant, available: int, wanted: int) -> OutOfStock:
    """Return the refusal with its numbers."""
    return OutOfStock(title=variant.title, sku=variant.sku, available=max(available, 0), wanted=wanted)


def tell_change(session: Session, variant: Variant, difference: int) -> None:
    """Tell what is available now, and that it is low if this change has made it so."""
    available = available_of(session, [variant.id])[variant.id]
    threshold = variant.low_stock_threshold
    if threshold is None:
        threshold = get_config(session, variant.platform_id).low_stock_threshold
    tell_available(session, variant, difference, available=available, threshold=threshold)


def tell_available(
    session: Session, variant: Variant, difference: int, *, available: int, threshold: int
) -> None:
    """Tell what is available after a change by so many pieces, where that is known already."""
    payload = events.StockChanged(
        platform_id=variant.platform_id,
        vendor_id=variant.vendor_id,
        product_id=variant.product_id,
        variant_id=variant.id,
        sku=variant.sku,
        title=variant.title,
        available=available,
        threshold=threshold,
    )
    owner = {"platform_id": variant.platform_id, "vendor_id": variant.vendor_id}
    events.stock_changed.emit(session, payload, **owner)
    if difference < 0 and available <= threshold < available - difference:
        events.stock_low.emit(session, payload, **owner)


def available_of(session: Session, variant_ids: Sequence[int]) -> dict[int, int]:
    """Return what can be promised of each variant, over all locations."""
    query = (
        sa.select(Level.variant_id, sa.func.sum(Level.on_hand - Level.reserved))
        .where(Level.variant_id.in_(list(variant_ids)))
        .group_by(Level.variant_id)
    )
    known = {variant_id: int(total) for variant_id, total in session.execute(query)} if variant_ids else {}
    return {variant_id: known.get(variant_id, 0) for variant_id in variant_ids}


def available_by_product(session: Session, product_ids: Sequence[int]) -> dict[int, int]:
    """Return what can be promised of each product, over its variants that are still sold."""
    query = (
        sa.select(Variant.product_id, sa.func.sum(Level.on_hand - Level.reserved))
        .join(Level, Level.variant_id == Variant.id)
        .where(Variant.product_id.in_(list(product_ids)), Variant.archived_at.is_(None))
        .group_by(Variant.product_id)
    )
    known = {product_id: int(total) for product_id, total in session.execute(query)} if product_ids else {}
    return {product_id: known.get(product_id, 0) for product_id in product_ids}


def list_levels(session: Session, product: Product) -> Sequence[Level]:
    """Return the levels of a product's variants."""
    ids = [variant.id for variant in product.variants]
    return session.scalars(sa.select(Level).where(Level.variant_id.in_(ids))).all()
