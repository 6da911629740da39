"""Catching up with orders: what happened to them while nobody listened is booked afterwards, once.

The hook `inventory.order_facts` is asked with `(session, *, platform_id, since, after, limit)` and returns dicts with
what `OrderFacts` names, for placed orders that are open or have changed since then, from the id after `after` on. The
provider locks them, so nothing happens to them before this transaction ends. What they say is compared with the ledger
and the reservations: only the difference is booked, so it does not matter how often that is done.
"""

import functools
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory import events
from modules.inventory.models.product import Variant
from modules.inventory.models.stock import Movement
from modules.inventory.schemas.order_facts import Change, OrderFacts, Pieces, compare
from modules.inventory.schemas.states import MovementKind
from modules.inventory.services import departure_service, order_service, reservation_service, stock_service
from wizamart.module_system import catching_up
from wizamart.module_system.manager import current_manager

HOOK: Final = "inventory.order_facts"
TASK: Final = "inventory.catch_up"
AT_ONCE: Final = 50

ask_for_catching_up = functools.partial(catching_up.ask, TASK)


def catch_up(session: Session, *, platform_id: int, since: datetime, after: int, at: datetime) -> int | None:
    """Compare the next orders with the stock and book what is missing; returns the last id, None at the end."""
    facts = _ask(session, platform_id=platform_id, since=since, after=after)
    _lock(session, facts)
    for order in facts:
        _settle(session, order, at=at)
    return facts[-1].order_id if len(facts) == AT_ONCE else None


def is_answered(session: Session, *, platform_id: int) -> bool:
    """Tell whether a module in effect knows of orders; while theirs is off, nothing happens to them either."""
    manager = current_manager()
    return bool(manager.contributions.providers(HOOK, manager.state_of(session, platform_id)))


def _ask(session: Session, *, platform_id: int, since: datetime, after: int) -> list[OrderFacts]:
    manager = current_manager()
    state = manager.state_of(session, platform_id)
    found = [
        OrderFacts.model_validate(one)
        for provider in manager.contributions.providers(HOOK, state)
        for one in provider.provide(session, platform_id=platform_id, since=since, after=after, limit=AT_ONCE)
    ]
    return sorted(found, key=lambda order: order.order_id)


def _lock(session: Session, orders: Sequence[OrderFacts]) -> None:
    """Lock the variants of all orders at once, in the order that everybody keeps."""
    ids: set[int] = set()
    for order in orders:
        reference = order_service.reference_of_order(order.order_id)
        variants = order_service.list_line_variants(session, order.lines, vendor_id=order.vendor_id)
        ids |= {variant.id for variant in variants if variant is not None}
        ids |= {row.variant_id for row in reservation_service.list_reservations(session, reference)}
    stock_service.lock_variants(session, ids)


def _settle(session: Session, order: OrderFacts, *, at: datetime) -> None:
    reference = order_service.reference_of_order(order.order_id)
    booked = _booked(session, reference)
    wanted = _wanted(session, order)
    ids = sorted({*booked, *wanted})
    for variant_id, variant in stock_service.lock_variants(session, ids).items():
        if variant_id not in booked and variant.product.created_at > order.placed_at:
            continue  # what was sold before it stood on the shelf was never counted there
        change = compare(wanted.get(variant_id, Pieces()), booked.get(variant_id, Pieces()))
        _book(session, order, variant, change, at=at)


def _wanted(session: Session, order: OrderFacts) -> dict[int, Pieces]:
    """Return what an order says, by variant."""
    wanted: defaultdict[int, Pieces] = defaultdict(Pieces)
    variants = order_service.list_line_variants(session, order.lines, vendor_id=order.vendor_id)
    for line, variant in zip(order.lines, variants, strict=True):
        if variant is not None:
            pieces = wanted[variant.id]
            pieces.open += line.quantity - line.sent if order.is_open else 0
            pieces.sent += line.sent
            pieces.returned += line.returned
    return dict(wanted)


def _booked(session: Session, reference: str) -> dict[int, Pieces]:
    """Return what the reservations and the ledger know of an order, by variant."""
    booked: defaultdict[int, Pieces] = defaultdict(Pieces)
    for row in reservation_service.list_reservations(session, reference):
        booked[row.variant_id].open += row.open_quantity
    query = (
        sa.select(Movement.variant_id, Movement.kind, sa.func.sum(Movement.quantity))
        .where(
            Movement.reference == reference,
            Movement.kind.in_([MovementKind.SALE.value, MovementKind.RETURN.value]),
        )
        .group_by(Movement.variant_id, Movement.kind)
    )
    for variant_id, kind, quantity in session.execute(query):
        if kind == MovementKind.SALE:
            booked[variant_id].sent -= int(quantity)
        else:
            booked[variant_id].returned += int(quantity)
    return dict(booked)


def _book(session: Session, order: OrderFacts, variant: Variant, change: Change, *, at: datetime) -> None:
    reference = order_service.reference_of_order(order.order_id)
    missing = 0
    if change.take:
        missing += departure_service.book(session, variant, change.take, reference=reference, at=at)
    if change.bring_back:
        order_service.bring_back(session, variant, change.bring_back, reference=reference, at=at)
    if change.release:
        reservation_service.release(session, reference, variant_id=variant.id)
    if change.hold:
        held = reservation_service.hold_available(session, variant, change.hold, reference=reference, at=at)
        missing += change.hold - held
    if missing:
        payload = events.GoodsMissing(
            platform_id=variant.platform_id,
            vendor_id=variant.vendor_id,
            product_id=variant.product_id,
            variant_id=variant.id,
            sku=variant.sku,
            title=variant.title,
            order_id=order.order_id,
            number=order.number,
            missing=missing,
        )
        owner = {"platform_id": variant.platform_id, "vendor_id": variant.vendor_id}
        events.goods_missing.emit(session, payload, **owner)
