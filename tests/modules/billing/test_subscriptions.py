"""Subscriptions: their life, what they cost, and what they open."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.billing.exceptions import AlreadySubscribed, NothingToChange, TierNotOffered, TransitionRefused
from modules.billing.models.invoice import Invoice
from modules.billing.models.tier import Tier
from modules.billing.schemas.lifecycle import Interval, SubscriptionStatus
from modules.billing.services import (
    entitlement_service,
    invoice_service,
    renewal_service,
    subscription_service,
    tier_service,
)
from tests.modules.billing.conftest import NOON
from wizamart.module_system import service as module_service
from wizamart.module_system.config_service import set_module_config

DAY = timedelta(days=1)


def subscribe(session, vendor, tier, **options):
    return subscription_service.start_subscription(
        session,
        session.merge(tier, load=False),
        **{"vendor_id": vendor.id, "interval": Interval.MONTH, "at": NOON, "with_trial": False, **options},
    )


def renew(session, platform, at):
    return renewal_service.renew_due(session, platform_id=platform.id, at=at)


def invoices(session):
    return session.scalars(sa.select(Invoice).order_by(Invoice.id)).all()


def test_a_platform_begins_with_four_tiers_and_keeps_its_own(in_scope, platform, tiers):
    assert list(tiers) == ["essential", "professional", "business", "enterprise"]
    assert {tier.currency for tier in tiers.values()} == {"EUR"}
    with in_scope() as session:
        session.delete(session.get_one(Tier, tiers["business"].id))
        module_service.disable_module(session, platform.id, "billing")
        module_service.enable_module(session, platform.id, "billing")
        kept = [tier.code for tier in tier_service.list_tiers(session, platform_id=platform.id)]

    assert kept == ["essential", "professional", "enterprise"]


def test_a_trial_costs_nothing_and_then_becomes_active_with_an_invoice(in_scope, platform, vendor, tiers):
    with in_scope() as session:
        subscription = subscribe(session, vendor, tiers["essential"], with_trial=True)
        assert subscription.state is SubscriptionStatus.TRIAL
        assert subscription.period_end == NOON + 14 * DAY
        assert not invoices(session)
        renew(session, platform, NOON + 13 * DAY)
        assert subscription.state is SubscriptionStatus.TRIAL

        for _run in range(2):
            renew(session, platform, NOON + 14 * DAY)

        assert subscription.state is SubscriptionStatus.ACTIVE
        [invoice] = invoices(session)
        assert invoice.net_minor == tiers["essential"].price_month


def test_periods_that_were_missed_are_made_up_for(in_scope, platform, vendor, tiers):
    with in_scope() as session:
        subscription = subscribe(session, vendor, tiers["essential"])

        done = renew(session, platform, NOON + 95 * DAY)

        assert done.renewed == 3
        assert subscription.period_end > NOON + 95 * DAY
        assert len(invoices(session)) == 4


def test_cancelling_takes_effect_with_the_period(in_scope, platform, vendor, tiers):
    with in_scope() as session:
        subscription = subscribe(session, vendor, tiers["essential"])
        subscription_service.cancel(session, subscription, at=NOON)
        assert subscription.is_running

        renew(session, platform, NOON + 40 * DAY)

        assert subscription.state is SubscriptionStatus.CANCELLED
        assert len(invoices(session)) == 1
        with pytest.raises(TransitionRefused):
            subscription_service.cancel(session, subscription, at=NOON)


def test_a_cancellation_can_be_taken_back(in_scope, platform, vendor, tiers):
    with in_scope() as session:
        subscription = subscribe(session, vendor, tiers["essential"])
        subscription_service.cancel(session, subscription, at=NOON)
        subscription_service.keep(session, subscription, at=NOON)

        done = renew(session, platform, NOON + 31 * DAY)

        assert (done.renewed, done.ended) == (1, 0)
        assert subscription.is_running


def test_who_cancelled_can_come_back_but_gets_no_second_trial(in_scope, vendor, tiers):
    with in_scope() as session:
        subscription = subscribe(session, vendor, tiers["essential"], with_trial=True)
        subscription_service.cancel(session, subscription, at=NOON, at_once=True)

        again = subscribe(session, vendor, tiers["business"], with_trial=True)

        assert again.id == subscription.id
        assert again.state is SubscriptionStatus.ACTIVE
        assert len(invoices(session)) == 1
        with pytest.raises(AlreadySubscribed):
            subscribe(session, vendor, tiers["business"])


def test_an_upgrade_is_invoiced_for_the_days_left(in_scope, vendor, tiers):
    with in_scope() as session:
        subscription = subscribe(session, vendor, tiers["essential"])
        business = session.merge(tiers["business"], load=False)

        invoice = subscription_service.change_tier(
            session, subscription, business, Interval.MONTH, at=NOON + 10 * DAY
        )

        assert subscription.tier.code == "business"
        assert [(line.text, line.net_minor) for line in invoice.lines] == [
            ("Business for 21 days", 13_481),
            ("Unused part of Essential", -1965),
        ]
        with pytest.raises(NothingToChange):
            subscription_service.change_tier(session, subscription, business, Interval.MONTH, at=NOON)


def test_what_a_downgrade_leaves_over_is_taken_off_the_next_invoice(in_scope, platform, vendor, tiers):
    with in_scope() as session:
        subscription = subscribe(session, vendor, tiers["professional"])
        essential = session.merge(tiers["essential"], load=False)
        change = subscription_service.change_tier(session, subscription, essential, Interval.MONTH, at=NOON)
        assert change is None
        assert subscription.credit_minor == 5000

        renew(session, platform, NOON + 31 * DAY)
        assert (invoices(session)[-1].net_minor, subscription.credit_minor) == (0, 2100)
        renew(session, platform, NOON + 62 * DAY)

        assert (invoices(session)[-1].net_minor, subscription.credit_minor) == (800, 0)


def test_a_change_during_the_trial_is_free(in_scope, vendor, tiers):
    with in_scope() as session:
        subscription = subscribe(session, vendor, tiers["essential"], with_trial=True)
        business = session.merge(tiers["business"], load=False)

        assert not subscription_service.change_tier(
            session, subscription, business, Interval.YEAR, at=NOON + DAY
        )

        assert subscription.period_end == NOON + 14 * DAY
        assert subscription.credit_minor == 0


def test_a_withdrawn_tier_is_not_sold(in_scope, vendor, tiers):
    with in_scope() as session:
        session.get_one(Tier, tiers["business"].id).is_offered = False
        with pytest.raises(TierNotOffered):
            subscribe(session, vendor, session.get_one(Tier, tiers["business"].id))


def test_an_overdue_invoice_makes_past_due_and_paying_makes_active(in_scope, platform, vendor, tiers):
    with in_scope() as session:
        subscription = subscribe(session, vendor, tiers["essential"])
        assert renew(session, platform, NOON + 14 * DAY).past_due == 0

        assert renew(session, platform, NOON + 15 * DAY).past_due == 1
        assert subscription.state is SubscriptionStatus.PAST_DUE

        [invoice] = invoices(session)
        invoice_service.settle(session, invoice, paid_on=NOON.date(), at=NOON + 16 * DAY)
        assert renew(session, platform, NOON + 16 * DAY).recovered == 1
        assert subscription.state is SubscriptionStatus.ACTIVE


@pytest.fixture
def sold(in_scope, tiers, monkeypatch):
    """Features that only this test sells."""
    monkeypatch.setattr(tier_service, "sellable_features", lambda: {"payments": ("basic", "advanced", "new")})
    monkeypatch.setattr(entitlement_service, "sellable_features", tier_service.sellable_features)
    with in_scope() as session:
        for code, features in {
            "essential": ["basic"],
            "professional": ["basic"],
            "business": ["basic", "advanced"],
            "enterprise": ["basic", "advanced"],
        }.items():
            session.get_one(Tier, tiers[code].id).features = features


def test_a_tier_opens_its_features_and_a_closed_one_names_the_tier_that_would(
    in_scope, platform, vendor, tiers, sold, count_queries
):
    with in_scope() as session:
        subscribe(session, vendor, tiers["essential"], with_trial=True)
        session.flush()

        with count_queries() as log:
            answer = entitlement_service.entitlements_of(session, platform.id, vendor.id)

    assert len(log) == 1, log
    assert answer.tier == "Essential"
    assert answer.includes("basic")
    assert not answer.includes("advanced")
    assert answer.opened_by["advanced"] == "Business"
    assert answer.raised_by == dict.fromkeys(answer.limits, "Professional")
    assert answer.limits == {"products": 100, "orders": 100, "staff": 2}
    assert answer.includes("subscription_management")
    assert answer.includes("dashboard")


def test_a_feature_given_on_top_is_open_until_it_is_taken_back(in_scope, platform, vendor, tiers, sold):
    ids = {"platform_id": platform.id, "vendor_id": vendor.id, "actor_id": None, "at": NOON}
    with in_scope() as session:
        subscribe(session, vendor, tiers["essential"], with_trial=True)
        for _time in range(2):
            tier_service.grant_feature(session, "advanced", reason="Promised", **ids)
        assert entitlement_service.entitlements_of(session, platform.id, vendor.id).includes("advanced")

        tier_service.withdraw_feature(session, "advanced", **ids)

        assert not entitlement_service.entitlements_of(session, platform.id, vendor.id).includes("advanced")


def test_who_never_subscribed_may_do_everything_unless_the_platform_says_which_tier_holds(
    in_scope, platform, vendor, tiers, sold
):
    with in_scope() as session:
        assert entitlement_service.entitlements_of(session, platform.id, vendor.id) is None

        set_module_config(session, platform.id, "billing", {"unsubscribed_tier": "essential"})

        answer = entitlement_service.entitlements_of(session, platform.id, vendor.id)
        assert not answer.includes("advanced")


def test_a_cancelled_subscription_opens_nothing_that_is_sold(in_scope, platform, vendor, tiers, sold):
    with in_scope() as session:
        subscription = subscribe(session, vendor, tiers["business"], with_trial=True)
        subscription_service.cancel(session, subscription, at=NOON, at_once=True)

        answer = entitlement_service.entitlements_of(session, platform.id, vendor.id)

    assert not answer.includes("basic")
    assert answer.includes("billing_history")
