"""How much of its limits a vendor uses; modules that keep what is limited tell how many there are.

They provide `billing.usage`: called with `(session, *, platform_id, vendor_id)`, it returns `{limit: number}`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.billing.schemas.features import LIMITS
from wizamart.i18n import LazyText, lazy_gettext
from wizamart.module_system.manager import current_manager
from wizamart.permissions import RoleAssignment

LABELS: Mapping[str, LazyText] = {
    "products": lazy_gettext("Products"),
    "orders": lazy_gettext("Orders a month"),
    "staff": lazy_gettext("People"),
}


@dataclass(frozen=True, slots=True)
class Usage:
    """One limit: None as `limit` means no bound, None as `used` that nobody counts it here."""

    label: LazyText
    used: int | None
    limit: int | None


def usage_of(session: Session, *, platform_id: int, vendor_id: int, limits: Mapping[str, int]) -> list[Usage]:
    """Return how much is used of each limit."""
    manager = current_manager()
    used = {"staff": count_people(session, vendor_id=vendor_id)}
    answers = manager.contributions.collect(
        "billing.usage",
        manager.state_of(session, platform_id),
        session,
        platform_id=platform_id,
        vendor_id=vendor_id,
    )
    for _code, counted in answers:
        used |= counted
    return [Usage(LABELS[name], used.get(name), limits.get(name)) for name in LIMITS]


def count_people(session: Session, *, vendor_id: int) -> int:
    """Return how many people work for a vendor."""
    query = sa.select(sa.func.count(RoleAssignment.user_id.distinct())).where(
        RoleAssignment.vendor_id == vendor_id
    )
    return session.scalar(query) or 0
