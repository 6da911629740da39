"""Subscriptions: started, changed with proration, cancelled, renewed; every step goes through the state machine."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.billing import events
from modules.billing.exceptions import (
    AlreadySubscribed,
    NothingToChange,
    SubscriptionNotFound,
    TierNotOffered,
    TransitionRefused,
)
from modules.billing.models.invoice import Invoice
from modules.billing.models.subscription import Subscription
from modules.billing.models.tier import Tier
from modules.billing.schemas.lifecycle import Interval, SubscriptionStatus, check_step, period_end
from modules.billing.schemas.proration import Proration, prorate
from modules.billing.services import invoice_service
from modules.billing.services.invoice_service import Item
from modules.core.services import audit_service
from wizamart import audit
from wizamart.i18n import gettext as _
from wizamart.money import Money
from wizamart.platforms import Vendor


def find_subscription(session: Session, *, platform_id: int, vendor_id: int) -> Subscription | None:
    """Return a vendor's subscription, if it has one."""
    query = sa.select(Subscription).where(
        Subscription.platform_id == platform_id, Subscription.vendor_id == vendor_id
    )
    return session.scalars(query).one_or_none()


def read_vendors(session: Session, targets: Mapping[str, Collection[str]]) -> dict[str, str]:
    """Return the vendors of the subscriptions among the targets of the audit trail, by the subscriptions' ids."""
    vendor = sa.select(Vendor.name).where(Vendor.id == Subscription.vendor_id).scalar_subquery()
    return audit_service.read_names(session, targets, "subscription", key=Subscription.id, name=vendor)


def get_subscription(session: Session, subscription_id: int) -> Subscription:
    """Return a subscription of the session's tenant.

    :raises SubscriptionNotFound: when there is none, or it is another tenant's.
    """
    query = sa.select(Subscription).where(Subscription.id == subscription_id)
    subscription = session.scalars(query).one_or_none()
    if subscription is None:
        raise SubscriptionNotFound
    return subscription


def lock_subscription(session: Session, subscription_id: int) -> Subscription:
    """Read a subscription afresh and hold it until the transaction ends.

    :raises SubscriptionNotFound: when there is none in this scope.
    """
    query = (
        sa.select(Subscription)
        .where(Subscription.id == subscription_id)
        .with_for_update(of=Subscription)
        .execution_options(populate_existing=True)
    )
    subscription = session.scalars(query).one_or_none()
    if subscription is None:
        raise SubscriptionNotFound
    return subscription


def start_subscription(
    session: Session,
    tier: Tier,
    *,
    vendor_id: int,
    interval: Interval,
    at: datetime,
    with_trial: bool = True,
    actor_id: int | None = None,
) -> Subscription:
    """Subscribe a vendor, with the trial unless it had one; without a trial the first invoice is issued.

    :raises AlreadySubscribed: when it has a running subscription.
    :raises TierNotOffered: when the tier was withdrawn.
    """
    if not tier.is_offered:
        raise TierNotOffered
    known = find_subscription(session, platform_id=tier.platform_id, vendor_id=vendor_id)
    if known is not None:
        return _resume(session, known, tier, interval, actor_id=actor_id, at=at)
    config = invoice_service.read_config(session, tier.platform_id)
    days = config.trial_days if tier.trial_days is None else tier.trial_days
    has_trial = with_trial and days > 0
    subscription = Subscription(
        platform_id=tier.platform_id,
        vendor_id=vendor_id,
        tier=tier,
        status=SubscriptionStatus.TRIAL if has_trial else SubscriptionStatus.ACTIVE,
        interval=interval,
        period_start=at,
        period_end=at + timedelta(days=days) if has_trial else period_end(at, interval),
        anchor_day=at.day,
        created_at=at,
    )
    session.add(subscription)
    session.flush()  # the invoice names its id
    _record(session, subscription, "billing.subscribe", None, actor_id=actor_id, at=at)
    tell(session, events.subscription_started, subscription)
    if not has_trial:
        issue_for_period(session, subscription, at=at, actor_id=actor_id)
    return subscription


def _resume(
    session: Session,
    subscription: Subscription,
    tier: Tier,
    interval: Interval,
    *,
    actor_id: int | None,
    at: datetime,
) -> Subscription:
    """Take a cancelled subscription up again; there is no second trial."""
    subscription = lock_subscription(session, subscription.id)
    if subscription.is_running:
        raise AlreadySubscribed
    before = _visible(subscription)
    step(subscription, SubscriptionStatus.ACTIVE)
    subscription.tier, subscription.interval = tier, interval
    subscription.period_start, subscription.period_end = at, period_end(at, interval)
    subscription.anchor_day = at.day
    subscription.ends_with_period, subscription.cancelled_at = False, None
    _record(session, subscription, "billing.subscribe", before, actor_id=actor_id, at=at)
    tell(session, events.subscription_started, subscription)
    issue_for_period(session, subscription, at=at, actor_id=actor_id)
    return subscription


def preview_change(subscription: Subscription, tier: Tier, interval: Interval, *, at: datetime) -> Proration:
    """Return what a change would cost now; during the trial nothing, since nothing is paid yet.

    :raises TierNotOffered, NothingToChange, TransitionRefused: when it cannot be made.
    """
    if not subscription.is_running:
        status = subscription.state.label
        raise TransitionRefused(current=status, wanted=SubscriptionStatus.ACTIVE.label)
    if (tier.id, interval) == (subscription.tier_id, subscription.rhythm):
        raise NothingToChange
    if not tier.is_offered:
        raise TierNotOffered
    if subscription.state is SubscriptionStatus.TRIAL:
        nothing = Money(0, tier.currency)
        days = max(0, (subscription.period_end.date() - at.date()).days)
        return Proration(nothing, nothing, days, days)
    return prorate(
        subscription.price,
        tier.price(interval),
        start=subscription.period_start,
        end=subscription.period_end,
        at=at,
        restarts=interval is not subscription.rhythm,
    )


def change_tier(
    session: Session,
    subscription: Subscription,
    tier: Tier,
    interval: Interval,
    *,
    at: datetime,
    actor_id: int | None = None,
) -> Invoice | None:
    """Change tier or interval at once; what is to pay is invoiced, what is left over is kept for the next invoice.

    :raises TierNotOffered, NothingToChange, TransitionRefused: when it cannot be made.
    """
    subscription = lock_subscription(session, subscription.id)
    cost = preview_change(subscription, tier, interval, at=at)
    before, old_name = _visible(subscription), subscription.tier.name
    subscription.tier, subscription.interval = tier, interval
    subscription.ends_with_period = False
    if cost.restarts:
        subscription.period_start, subscription.period_end = at, period_end(at, interval)
        subscription.anchor_day = at.day
    _record(session, subscription, "billing.change_tier", before, actor_id=actor_id, at=at)
    tell(session, events.subscription_changed, subscription)
    if cost.net.minor <= 0:
        subscription.credit_minor += -cost.net.minor
        return None
    items = [
        Item(
            _("%(tier)s for %(days)s days", tier=tier.name, days=cost.days_left)
            if not cost.restarts
            else _period_text(subscription),
            cost.charge.minor,
        )
    ]
    if cost.credit:
        text = _("Unused part of %(tier)s", tier=old_name)
        items.append(Item(text, -cost.credit.minor))
    return _issue(session, subscription, items, f"change:{at.isoformat()}", at=at, actor_id=actor_id)


def cancel(
    session: Session,
    subscription: Subscription,
    *,
    at: datetime,
    at_once: bool = False,
    actor_id: int | None = None,
) -> Subscription:
    """End a subscription with the period that is paid, or at once.

    :raises TransitionRefused: when it is cancelled already.
    """
    subscription = lock_subscription(session, subscription.id)
    check_step(subscription.state, SubscriptionStatus.CANCELLED)
    before = _visible(subscription)
    if at_once:
        step(subscription, SubscriptionStatus.CANCELLED)
        subscription.cancelled_at = at
    else:
        subscription.ends_with_period = True
    if before != _visible(subscription):
        _record(session, subscription, "billing.cancel", before, actor_id=actor_id, at=at)
        tell(session, events.subscription_cancelled, subscription)
    return subscription


def keep(
    session: Session, subscription: Subscription, *, at: datetime, actor_id: int | None = None
) -> Subscription:
    """Take back a cancellation that has not come into effect."""
    subscription = lock_subscription(session, subscription.id)
    if subscription.is_running and subscription.ends_with_period:
        before = _visible(subscription)
        subscription.ends_with_period = False
        _record(session, subscription, "billing.keep", before, actor_id=actor_id, at=at)
        tell(session, events.subscription_changed, subscription)
    return subscription


def issue_for_period(
    session: Session, subscription: Subscription, *, at: datetime, actor_id: int | None = None
) -> Invoice:
    """Issue the invoice for the running period; a second call finds the first one's."""
    items = [Item(_period_text(subscription), subscription.price.minor)]
    key = f"period:{subscription.period_start.isoformat()}"
    return _issue(session, subscription, items, key, at=at, actor_id=actor_id)


def _issue(
    session: Session,
    subscription: Subscription,
    items: Sequence[Item],
    key: str,
    *,
    at: datetime,
    actor_id: int | None,
) -> Invoice:
    """Issue an invoice, what was left over taken off."""
    source_key = f"subscription:{subscription.id}:{key}"
    known = invoice_service.find_by_source(
        session, platform_id=subscription.platform_id, source_key=source_key
    )
    if known is not None:
        return known
    total = sum(item.unit_minor * item.quantity for item in items)
    used = min(subscription.credit_minor, total)
    if used:
        items = [*items, Item(_("Credit from earlier"), -used)]
        subscription.credit_minor -= used
    return invoice_service.issue_invoice(
        session,
        items,
        platform_id=subscription.platform_id,
        vendor_id=subscription.vendor_id,
        currency=subscription.tier.currency,
        source_key=source_key,
        period=(subscription.period_start.date(), subscription.period_end.date()),
        at=at,
        actor_id=actor_id,
    )


def _period_text(subscription: Subscription) -> str:
    interval = subscription.rhythm.label
    return _("Subscription %(tier)s, %(interval)s", tier=subscription.tier.name, interval=interval)


def step(subscription: Subscription, wanted: SubscriptionStatus) -> None:
    """Take a step of the state machine.

    :raises TransitionRefused: when there is no such step.
    """
    check_step(subscription.state, wanted)
    subscription.status = wanted


def _visible(subscription: Subscription) -> dict[str, Any]:
    return {
        "tier": subscription.tier.code,
        "interval": subscription.interval,
        "status": subscription.status,
        "ends_with_period": subscription.ends_with_period,
    }


def _record(
    session: Session,
    subscription: Subscription,
    action: str,
    before: dict[str, Any] | None,
    *,
    actor_id: int | None,
    at: datetime,
) -> None:
    audit.record(
        session,
        action=action,
        target=f"subscription:{subscription.id}",
        actor_id=actor_id,
        platform_id=subscription.platform_id,
        before=before,
        after=_visible(subscription),
        at=at,
    )


def tell(session: Session, event: Any, subscription: Subscription) -> None:
    """Emit an event with where the subscription stands."""
    event.emit(
        session,
        events.SubscriptionChanged(
            platform_id=subscription.platform_id,
            vendor_id=subscription.vendor_id,
            subscription_id=subscription.id,
            tier=subscription.tier.code,
            status=subscription.status,
        ),
        platform_id=subscription.platform_id,
        vendor_id=subscription.vendor_id,
    )
