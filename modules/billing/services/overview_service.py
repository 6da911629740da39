"""Numbers over all of billing, each by one query."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.billing.models.invoice import Invoice
from modules.billing.models.subscription import Subscription
from modules.billing.models.tier import Tier
from modules.billing.schemas.lifecycle import ENTITLING
from modules.billing.services import invoice_service
from modules.billing.services.renewal_service import owing_invoices
from wizamart.i18n import npgettext


def count_rows(session: Session, platform_id: int) -> dict[str, int]:
    """Return what switching the module off would hide."""
    kinds: tuple[Any, ...] = (Tier, Subscription, Invoice)
    tiers, subscriptions, invoices = (
        session.scalar(sa.select(sa.func.count()).select_from(kind).where(kind.platform_id == platform_id))
        or 0
        for kind in kinds
    )
    return {
        npgettext("rows", "subscription tier", "subscription tiers", tiers): tiers,
        npgettext("rows", "subscription", "subscriptions", subscriptions): subscriptions,
        npgettext("rows", "invoice", "invoices", invoices): invoices,
    }


def count_running(session: Session, *, platform_id: int) -> int:
    """Return how many vendors have a running subscription."""
    query = (
        sa.select(sa.func.count())
        .select_from(Subscription)
        .where(Subscription.platform_id == platform_id, Subscription.status.in_(ENTITLING))
    )
    return session.scalar(query) or 0


def count_overdue(session: Session, *, platform_id: int, at: datetime) -> int:
    """Return how many invoices should have been paid by now."""
    day = invoice_service.today(session, platform_id, at)
    overdue = owing_invoices(platform_id, day).with_only_columns(Invoice.id).subquery()
    return session.scalar(sa.select(sa.func.count()).select_from(overdue)) or 0
