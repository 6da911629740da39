"""Lists of payments and accounts: their statements, and the expressions they are searched, filtered and ordered by."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.payments.models.account import ProviderAccount
from modules.payments.models.message import WebhookMessage
from modules.payments.models.payment import LedgerEntry, Payment
from modules.payments.schemas.dispute import DISPUTED, ENDS, LOST, WON, Dispute, DisputeState, disputes_in
from modules.payments.schemas.ledger import EntryKind, Payee, PaymentStatus
from wizamart.platforms import Vendor


def _sum_of(kind: EntryKind) -> sa.ScalarSelect[int]:
    return (
        sa.select(sa.func.coalesce(sa.func.sum(LedgerEntry.amount_minor), 0))
        .where(LedgerEntry.payment_id == Payment.id, LedgerEntry.kind == kind)
        .correlate(Payment)
        .scalar_subquery()
    )


def _has(kind: EntryKind) -> sa.Exists:
    return (
        sa.select(LedgerEntry.id)
        .where(LedgerEntry.payment_id == Payment.id, LedgerEntry.kind == kind)
        .correlate(Payment)
        .exists()
    )


def _waits_for_customer() -> sa.Exists:
    """Return whether a request asks something of the customer and was not declined since."""
    waiting, declined = sa.orm.aliased(LedgerEntry), sa.orm.aliased(LedgerEntry)
    is_over = (
        sa.select(declined.id)
        .where(
            declined.payment_id == waiting.payment_id,
            declined.attempt_id.is_not_distinct_from(waiting.attempt_id),
            declined.kind == EntryKind.DECLINED,
        )
        .correlate(waiting)
        .exists()
    )
    return (
        sa.select(waiting.id)
        .where(waiting.payment_id == Payment.id, waiting.kind == EntryKind.ACTION_REQUIRED, ~is_over)
        .correlate(Payment)
        .exists()
    )


def status_expression() -> sa.ColumnElement[str]:
    """Return the status as the database computes it: the same rules as `Balance.status`, for filters."""
    authorized = _sum_of(EntryKind.AUTHORIZED)
    captured = _sum_of(EntryKind.CAPTURED) - _sum_of(EntryKind.CAPTURE_REVERSED)
    refunded = _sum_of(EntryKind.REFUNDED) - _sum_of(EntryKind.REFUND_REVERSED)
    voided = _sum_of(EntryKind.VOIDED)
    is_held = authorized > captured + voided
    is_part = sa.or_(is_held, sa.and_(authorized == 0, captured < Payment.amount_minor))
    return sa.case(
        (sa.and_(refunded > 0, captured > refunded), PaymentStatus.PARTIALLY_REFUNDED.value),
        (refunded > 0, PaymentStatus.REFUNDED.value),
        (sa.and_(captured > 0, is_part), PaymentStatus.PARTIALLY_CAPTURED.value),
        (captured > 0, PaymentStatus.CAPTURED.value),
        (sa.and_(authorized > 0, is_held), PaymentStatus.AUTHORIZED.value),
        (authorized > 0, PaymentStatus.VOIDED.value),
        (_waits_for_customer(), PaymentStatus.ACTION_REQUIRED.value),
        (_has(EntryKind.DECLINED), PaymentStatus.FAILED.value),
        else_=PaymentStatus.PENDING.value,
    )


def open_disputes() -> sa.Select[Any]:
    """Return the ids of payments with a dispute that is not decided, once a line that tells of one."""
    told, end = sa.orm.aliased(LedgerEntry), sa.orm.aliased(LedgerEntry)
    is_over = (
        sa.select(end.id)
        .where(end.payment_id == told.payment_id, end.dispute == told.dispute, end.reason.in_(ENDS))
        .correlate(told)
        .exists()
    )
    return sa.select(told.payment_id).where(told.dispute != "", ~is_over)


def dispute_expression() -> sa.ColumnElement[str]:
    """Return how a payment's disputes stand: open (one of them), lost (one of them), won, or nothing."""

    def has_line(reason: str) -> sa.Exists:
        told = sa.orm.aliased(LedgerEntry)
        query = sa.select(told.id).where(told.payment_id == Payment.id, told.dispute != "")
        return query.where(told.reason == reason).correlate(Payment).exists()

    return sa.case(
        (Payment.id.in_(open_disputes()), DisputeState.OPEN.value),
        (has_line(LOST), DisputeState.LOST.value),
        (has_line(WON), DisputeState.WON.value),
        else_="",
    )


def list_disputed(
    session: Session, *, platform_id: int, payee: Payee | None, limit: int
) -> Sequence[Payment]:
    """Return payments with a dispute that is not decided, oldest first."""
    query = payments(payee=payee).where(Payment.platform_id == platform_id, Payment.id.in_(open_disputes()))
    return session.scalars(query.order_by(Payment.id).limit(limit)).all()


PAYMENT_EXPRESSIONS: Final[Mapping[str, Any]] = {
    "created_at": Payment.created_at,
    "reference": Payment.reference,
    "vendor": Vendor.name,
    "amount_minor": Payment.amount_minor,
    "gateway": Payment.gateway,
    "status": status_expression(),
    "disputes": dispute_expression(),
}
PAYMENT_TEXTS: Final[Sequence[Any]] = (Payment.reference, Payment.external_id, Payment.method_label)
ACCOUNT_EXPRESSIONS: Final[Mapping[str, Any]] = {
    name: getattr(ProviderAccount, name) for name in ("name", "gateway", "is_live", "is_enabled")
}


def payments(*, payee: Payee | None = None) -> sa.Select[Any]:
    """Return the payments with their vendors; with `payee`, only those that somebody like this receives."""
    query = sa.select(Payment).join(Payment.vendor).options(sa.orm.contains_eager(Payment.vendor))
    return query if payee is None else query.where(Payment.payee == payee)


def disputes_of(session: Session, payment_ids: Collection[int]) -> dict[int, list[Dispute]]:
    """Return the disputes of payments that have any, by payment; one query."""
    if not payment_ids:
        return {}
    query = sa.select(LedgerEntry).where(LedgerEntry.payment_id.in_(payment_ids), LedgerEntry.dispute != "")
    found: dict[int, list[LedgerEntry]] = {}
    for line in session.scalars(query.order_by(LedgerEntry.id)):
        found.setdefault(line.payment_id, []).append(line)
    return {payment_id: disputes_in(lines) for payment_id, lines in found.items()}


def withdrawn_minor(session: Session, payment_ids: Collection[int]) -> int:
    """Return what was taken from payments for disputes and did not come back, in minor units."""
    kind, amount = LedgerEntry.kind, LedgerEntry.amount_minor
    sign = sa.case(
        (kind == EntryKind.REFUNDED, amount), (kind == EntryKind.REFUND_REVERSED, -amount), else_=0
    )
    query = sa.select(sa.func.coalesce(sa.func.sum(sign), 0)).where(
        LedgerEntry.payment_id.in_(payment_ids), LedgerEntry.reason.in_([DISPUTED, WON])
    )
    return max(0, session.scalar(query) or 0)


def search_payments(
    session: Session, text: str, *, platform_id: int, payee: Payee | None, limit: int
) -> Sequence[Payment]:
    """Return the latest payments whose reference, number at the provider or card contains the text."""
    query = payments(payee=payee).where(
        Payment.platform_id == platform_id,
        sa.or_(*(expression.icontains(text, autoescape=True) for expression in PAYMENT_TEXTS)),
    )
    return session.scalars(query.order_by(Payment.id.desc()).limit(limit)).all()


def list_of_customer(
    session: Session, *, platform_id: int, customer_id: int, limit: int = 100
) -> Sequence[Payment]:
    """Return the latest payments of a customer."""
    query = payments(payee=Payee.VENDOR).where(
        Payment.platform_id == platform_id, Payment.customer_id == customer_id
    )
    return session.scalars(query.order_by(Payment.id.desc()).limit(limit)).all()


def messages_about(session: Session, payment: Payment) -> Sequence[WebhookMessage]:
    """Return what the provider sent about a payment, oldest first."""
    query = sa.select(WebhookMessage).where(WebhookMessage.payment_id == payment.id)
    return session.scalars(query.order_by(WebhookMessage.id)).all()
