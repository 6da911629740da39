"""A vendor's subscription: what it includes, how much is used, changing and cancelling it."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from modules.billing.exceptions import SubscriptionNotFound
from modules.billing.routes.blueprints import vendor as bp
from modules.billing.routes.subscriptions import read_choice
from modules.billing.routes.tiers import feature_label
from modules.billing.schemas.lifecycle import Interval
from modules.billing.services import subscription_service, tier_service, usage_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.permissions import requires
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.htmx import go_to


def _find() -> Any:
    return subscription_service.find_subscription(
        db.session(), platform_id=current_platform.id, vendor_id=current_vendor.id
    )


def _get() -> Any:
    subscription = _find()
    if subscription is None:
        raise SubscriptionNotFound
    return subscription


@bp.get("/billing")
@requires("billing:subscription:read")
def subscription_detail() -> str:
    """Show the vendor's subscription and the tiers it can have."""
    subscription = _find()
    interval = request.args.get("interval", subscription.interval if subscription else "month")
    return render_template(
        "billing/vendor/subscription_detail.html",
        subscription=subscription,
        tiers=tier_service.list_tiers(db.session(), platform_id=current_platform.id, only_offered=True),
        interval=Interval.YEAR if interval == Interval.YEAR else Interval.MONTH,
        feature_label=feature_label,
        usage=usage_service.usage_of(
            db.session(),
            platform_id=current_platform.id,
            vendor_id=current_vendor.id,
            limits=subscription.tier.limits if subscription and subscription.is_running else {},
        ),
    )


@bp.post("/billing")
@requires("billing:subscription:change")
def subscription_create() -> Any:
    """Subscribe."""
    tier, interval = read_choice(request.form)
    subscription_service.start_subscription(
        db.session(),
        tier,
        vendor_id=current_vendor.id,
        interval=interval,
        at=clock.now(),
        actor_id=current_user.id,
    )
    flash(_("Welcome to %(tier)s.", tier=tier.name), "success")
    return go_to(url_for("billing_vendor.subscription_detail"))


@bp.get("/billing/change")
@requires("billing:subscription:change")
def subscription_change_preview() -> Any:
    """Show what a change of tier costs; without a choice, where one is made."""
    subscription = _get()
    if "tier_id" not in request.args:
        return redirect(url_for("billing_vendor.subscription_detail"))
    tier, interval = read_choice(request.args)
    return render_template(
        "billing/shared/change_preview.html",
        layout="layouts/vendor.html",
        subscription=subscription,
        tier=tier,
        interval=interval,
        cost=subscription_service.preview_change(subscription, tier, interval, at=clock.now()),
        action=url_for("billing_vendor.subscription_change"),
        back=url_for("billing_vendor.subscription_detail"),
    )


@bp.post("/billing/change")
@requires("billing:subscription:change")
def subscription_change() -> Any:
    """Change the tier."""
    tier, interval = read_choice(request.form)
    subscription_service.change_tier(
        db.session(), _get(), tier, interval, at=clock.now(), actor_id=current_user.id
    )
    flash(_("The tier is now %(tier)s.", tier=tier.name), "success")
    return go_to(url_for("billing_vendor.subscription_detail"))


@bp.post("/billing/cancellation")
@requires("billing:subscription:change")
def subscription_cancel() -> Any:
    """Cancel at the end of the period, or take it back."""
    now = clock.now()
    if request.form.get("when") == "never":
        subscription_service.keep(db.session(), _get(), at=now, actor_id=current_user.id)
        flash(_("The subscription goes on."), "success")
    else:
        subscription_service.cancel(db.session(), _get(), at=now, actor_id=current_user.id)
        flash(_("The subscription is cancelled."), "success")
    return go_to(url_for("billing_vendor.subscription_detail"))
