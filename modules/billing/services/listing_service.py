"""Lists of billing: their statements, and the expressions they are searched, filtered and ordered by."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.billing.models.invoice import Invoice, Settlement
from modules.billing.models.subscription import Subscription
from modules.billing.models.tier import Tier
from modules.billing.schemas.documents import DocumentKind, InvoiceStatus
from wizamart.platforms import Vendor

TIER_EXPRESSIONS: Final[Mapping[str, Any]] = {
    name: getattr(Tier, name) for name in ("name", "code", "price_month", "price_year", "rank", "is_offered")
}
SUBSCRIPTION_EXPRESSIONS: Final[Mapping[str, Any]] = {
    "vendor": Vendor.name,
    "vendor_code": Vendor.code,
    "tier": Tier.rank,
    "tier_id": Subscription.tier_id,
    "interval": Subscription.interval,
    "status": Subscription.status,
    "period_end": Subscription.period_end,
}
INVOICE_EXPRESSIONS: Final[Mapping[str, Any]] = {
    "number": Invoice.number,
    "vendor": Vendor.name,
    "issued_on": Invoice.issued_on,
    "due_on": Invoice.due_on,
    "gross_minor": Invoice.gross_minor,
}


def tiers() -> sa.Select[Any]:
    """Return the tiers of the session's platform."""
    return sa.select(Tier)


def subscriptions() -> sa.Select[Any]:
    """Return the subscriptions with their vendors."""
    return (
        sa.select(Subscription)
        .join(Subscription.vendor)
        .join(Tier, Tier.id == Subscription.tier_id)
        .options(sa.orm.contains_eager(Subscription.vendor))
    )


def invoices() -> sa.Select[Any]:
    """Return the documents with their vendors."""
    return (
        sa.select(Invoice)
        .join(Invoice.vendor)
        .outerjoin(Settlement, Settlement.invoice_id == Invoice.id)
        .options(sa.orm.contains_eager(Invoice.vendor), sa.orm.contains_eager(Invoice.settlement))
    )


def status_expression(day: date) -> sa.ColumnElement[str]:
    """Return the status as the database computes it: the same rules as `Invoice.status_on`."""
    credit = sa.orm.aliased(Invoice)
    is_credited = sa.exists().where(credit.credits_id == Invoice.id)
    return sa.case(
        (Invoice.kind == DocumentKind.CREDIT_NOTE, InvoiceStatus.CREDIT_NOTE.value),
        (is_credited, InvoiceStatus.CREDITED.value),
        (sa.or_(Settlement.id.is_not(None), Invoice.gross_minor == 0), InvoiceStatus.PAID.value),
        (Invoice.due_on < day, InvoiceStatus.OVERDUE.value),
        else_=InvoiceStatus.OPEN.value,
    )


def search_invoices(session: Session, text: str, *, platform_id: int, limit: int) -> Sequence[Invoice]:
    """Return the latest documents whose number contains the text."""
    query = sa.select(Invoice).where(
        Invoice.platform_id == platform_id, Invoice.number.icontains(text, autoescape=True)
    )
    return session.scalars(query.order_by(Invoice.id.desc()).limit(limit)).all()
