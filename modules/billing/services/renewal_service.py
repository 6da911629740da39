"""What time does to subscriptions: trials and periods end, invoices fall due. Running it twice does it once."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.billing import events
from modules.billing.models.invoice import Invoice, Settlement
from modules.billing.models.subscription import Subscription
from modules.billing.schemas.documents import DocumentKind
from modules.billing.schemas.lifecycle import SubscriptionStatus, period_end
from modules.billing.services import invoice_service, subscription_service

BATCH: Final = 200


@dataclass(slots=True)
class Renewals:
    """What a run has done."""

    renewed: int = 0
    ended: int = 0
    past_due: int = 0
    recovered: int = 0


def renew_due(session: Session, *, platform_id: int, at: datetime) -> Renewals:
    """Renew or end every subscription whose trial or period is over, then look at unpaid invoices."""
    done = Renewals()
    while ids := session.scalars(_due(platform_id, at).limit(BATCH)).all():
        for subscription_id in ids:
            _renew(session, subscription_service.lock_subscription(session, subscription_id), done, at=at)
        session.flush()  # the next batch is asked of the database
    _follow_invoices(session, done, platform_id=platform_id, at=at)
    return done


def _due(platform_id: int, at: datetime) -> sa.Select[int]:
    return (
        sa.select(Subscription.id)
        .where(
            Subscription.platform_id == platform_id,
            Subscription.status != SubscriptionStatus.CANCELLED,
            Subscription.period_end <= at,
        )
        .order_by(Subscription.id)
    )


def _renew(session: Session, subscription: Subscription, done: Renewals, *, at: datetime) -> None:
    if subscription.period_end > at or not subscription.is_running:
        return  # somebody else was quicker
    if subscription.ends_with_period:
        subscription_service.step(subscription, SubscriptionStatus.CANCELLED)
        subscription.cancelled_at = subscription.period_end
        subscription_service.tell(session, events.subscription_cancelled, subscription)
        done.ended += 1
        return
    if subscription.state is SubscriptionStatus.TRIAL:
        subscription_service.step(subscription, SubscriptionStatus.ACTIVE)
        subscription.anchor_day = subscription.period_end.day
    subscription.period_start = subscription.period_end
    subscription.period_end = period_end(
        subscription.period_start, subscription.rhythm, anchor_day=subscription.anchor_day
    )
    subscription_service.issue_for_period(session, subscription, at=at)
    subscription_service.tell(session, events.subscription_changed, subscription)
    done.renewed += 1


def _follow_invoices(session: Session, done: Renewals, *, platform_id: int, at: datetime) -> None:
    """Mark those with an overdue invoice as past due, and those who have paid as active again."""
    owing = owing_invoices(platform_id, invoice_service.today(session, platform_id, at))
    steps = (
        (SubscriptionStatus.ACTIVE, Subscription.vendor_id.in_(owing), SubscriptionStatus.PAST_DUE),
        (SubscriptionStatus.PAST_DUE, Subscription.vendor_id.not_in(owing), SubscriptionStatus.ACTIVE),
    )
    for current, condition, wanted in steps:
        query = sa.select(Subscription).where(
            Subscription.platform_id == platform_id, Subscription.status == current, condition
        )
        for subscription in session.scalars(query.with_for_update(of=Subscription)).all():
            subscription_service.step(subscription, wanted)
            subscription_service.tell(session, events.subscription_changed, subscription)
            if wanted is SubscriptionStatus.PAST_DUE:
                done.past_due += 1
            else:
                done.recovered += 1


def owing_invoices(platform_id: int, day: date) -> sa.Select[int]:
    """Return the vendors of invoices that should have been paid before this day."""
    credit = sa.orm.aliased(Invoice)
    return sa.select(Invoice.vendor_id).where(
        Invoice.platform_id == platform_id,
        Invoice.kind == DocumentKind.INVOICE,
        Invoice.gross_minor > 0,
        Invoice.due_on < day,
        ~sa.exists().where(Settlement.invoice_id == Invoice.id),
        ~sa.exists().where(credit.credits_id == Invoice.id),
    )
