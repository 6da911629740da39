"""Numbers over many payments, each by one query."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.models.account import ProviderAccount
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.schemas.ledger import EntryKind, Payee, PaymentStatus
from modules.payments.services.listing_service import status_expression
from wizamart.i18n import npgettext


def count_rows(session: Session, platform_id: int) -> dict[str, int]:
    """Return what switching the module off would hide."""
    payments, accounts = (
        session.scalar(sa.select(sa.func.count()).select_from(kind).where(kind.platform_id == platform_id))
        or 0
        for kind in (Payment, ProviderAccount)
    )
    return {
        npgettext("rows", "payment", "payments", payments): payments,
        npgettext("rows", "provider account", "provider accounts", accounts): accounts,
    }


def captured_by_day(
    session: Session, *, platform_id: int, currency: str, until: datetime, days: int = 14
) -> list[int]:
    """Return what vendors' customers paid on each of the last days, refunds taken off, oldest first, in minor units."""
    start = (until - timedelta(days=days - 1)).replace(hour=0, minute=0, second=0, microsecond=0)
    day = sa.func.date(LedgerEntry.occurred_at)
    gone = (EntryKind.REFUNDED, EntryKind.CAPTURE_REVERSED)
    come = (EntryKind.CAPTURED, EntryKind.REFUND_REVERSED)
    sign = sa.case((LedgerEntry.kind.in_(gone), -LedgerEntry.amount_minor), else_=LedgerEntry.amount_minor)
    query = (
        sa.select(day, sa.func.sum(sign))
        .join(Payment, Payment.id == LedgerEntry.payment_id)
        .where(
            LedgerEntry.platform_id == platform_id,
            LedgerEntry.kind.in_([*come, *gone]),
            LedgerEntry.currency == currency,
            LedgerEntry.occurred_at >= start,
            Payment.payee == Payee.VENDOR,
        )
        .group_by(day)
    )
    sums = {str(when): int(total) for when, total in session.execute(query)}
    return [sums.get((start + timedelta(days=offset)).date().isoformat(), 0) for offset in range(days)]


def count_to_capture(session: Session, *, platform_id: int) -> int:
    """Return how many payments are held and wait for somebody to take them."""
    query = (
        sa.select(sa.func.count())
        .select_from(Payment)
        .where(Payment.platform_id == platform_id, status_expression() == PaymentStatus.AUTHORIZED)
    )
    return session.scalar(query) or 0
