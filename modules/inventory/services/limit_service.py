"""How many products a vendor's subscription lets it have."""

from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.exceptions import ProductLimitReached
from modules.inventory.models.product import Product
from modules.inventory.schemas.states import ProductStatus
from wizamart.feature_gate import UNLIMITED, Entitlements
from wizamart.module_system.manager import current_manager
from wizamart.platforms import Vendor

LIMIT: Final = "products"


@dataclass(slots=True)
class Places:
    """How many more products a vendor may have, None without a limit; and what is said when none is left."""

    left: int | None
    limit: int | None = None
    tier: str | None = None

    def take(self, count: int = 1) -> None:
        """Use so many of them.

        :raises ProductLimitReached: with the tier that opens more, where there is one.
        """
        if self.left is None:
            return
        if self.left < count:
            raise ProductLimitReached(limit=self.limit, tier=self.tier)
        self.left -= count


def count_products(session: Session, *, vendor_id: int) -> int:
    """Return how many products count against the limit: all but the archived ones."""
    query = sa.select(sa.func.count()).select_from(Product)
    query = query.where(Product.vendor_id == vendor_id, Product.status != ProductStatus.ARCHIVED)
    return session.scalar(query) or 0


def take_place(session: Session, *, platform_id: int, vendor_id: int) -> None:
    """Use one of the places that the vendor's subscription has left; counted once a session, for imports.

    :raises ProductLimitReached: with the tier that opens more, where there is one.
    """
    known: dict[int, Places] = session.info.setdefault("inventory_places", {})
    if vendor_id not in known:
        hold_places(session, vendor_id=vendor_id)
        known[vendor_id] = find_places(session, platform_id=platform_id, vendor_id=vendor_id)
    known[vendor_id].take()


def hold_places(session: Session, *, vendor_id: int) -> None:
    """Let nobody else use a place of the vendor before this transaction ends; two would both find the last one free.

    Rows that name the vendor may still be added.
    """
    session.execute(sa.select(Vendor.id).where(Vendor.id == vendor_id).with_for_update(key_share=True))


def find_places(session: Session, *, platform_id: int, vendor_id: int) -> Places:
    """Return how many more products a vendor may have."""
    bound = _entitlements_of(session, platform_id=platform_id, vendor_id=vendor_id)
    limit = bound.limits.get(LIMIT)
    if limit is None:
        return Places(None)
    left = limit - count_products(session, vendor_id=vendor_id)
    return Places(left, limit, bound.raised_by.get(LIMIT))


def _entitlements_of(session: Session, *, platform_id: int, vendor_id: int) -> Entitlements:
    """Ask whoever sells subscriptions here; unlimited where nobody does."""
    manager = current_manager()
    state = manager.state_of(session, platform_id)
    answers = manager.contributions.collect("framework.entitlements", state, session, platform_id, vendor_id)
    found = next((answer for _code, answer in answers), None)
    return found if isinstance(found, Entitlements) else UNLIMITED
