"""How many products a vendor's subscription lets it have."""

from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.exceptions import ProductLimitReached
from modules.inventory.models.product import Product
from modules.inventory.schemas.states import ProductStatus
from wizamart.feature_gate import UNLIMITED, Entitlements
from wizamart.module_system.manager import current_manager

LIMIT: Final = "products"


def count_products(session: Session, *, vendor_id: int) -> int:
    """Return how many products count against the limit: all but the archived ones."""
    query = sa.select(sa.func.count()).select_from(Product)
    query = query.where(Product.vendor_id == vendor_id, Product.status != ProductStatus.ARCHIVED)
    return session.scalar(query) or 0


def take_place(session: Session, *, platform_id: int, vendor_id: int) -> None:
    """Use one of the places that the vendor's subscription has left; counted once a session, for imports.

    :raises ProductLimitReached: with the tier that opens more, where there is one.
    """
    known = session.info.setdefault("inventory_places", {})
    if vendor_id not in known:
        bound = _entitlements_of(session, platform_id=platform_id, vendor_id=vendor_id)
        limit = bound.limits.get(LIMIT)
        left = None if limit is None else limit - count_products(session, vendor_id=vendor_id)
        known[vendor_id] = (left, limit, bound.raised_by.get(LIMIT))
    left, limit, tier = known[vendor_id]
    if left is None:
        return
    if left < 1:
        raise ProductLimitReached(limit=limit, tier=tier)
    known[vendor_id] = (left - 1, limit, tier)


def _entitlements_of(session: Session, *, platform_id: int, vendor_id: int) -> Entitlements:
    """Ask whoever sells subscriptions here; unlimited where nobody does."""
    manager = current_manager()
    state = manager.state_of(session, platform_id)
    answers = manager.contributions.collect("framework.entitlements", state, session, platform_id, vendor_id)
    found = next((answer for _code, answer in answers), None)
    return found if isinstance(found, Entitlements) else UNLIMITED
