"""Subscriptions of vendors, as admins see them."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from modules.billing.routes.blueprints import admin as bp
from modules.billing.routes.tiers import feature_label
from modules.billing.schemas import forms
from modules.billing.schemas.lifecycle import Interval, SubscriptionStatus
from modules.billing.services import listing_service, subscription_service, tier_service, usage_service
from modules.tenancy.services import vendor_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import BadRequest, RuleViolation
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.exports import export_table
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Filter, Table


def _options() -> dict[str, Any]:
    tiers = tier_service.list_tiers(db.session(), platform_id=current_platform.id)
    found = listing_service.SUBSCRIPTION_EXPRESSIONS
    return {
        "columns": [
            Column("vendor", lazy_gettext("Vendor"), sort=found["vendor"], value=lambda row: row.vendor.name),
            Column("tier", lazy_gettext("Tier"), sort=found["tier"], value=lambda row: row.tier.name),
            Column("interval", lazy_gettext("Interval"), sort=found["interval"]),
            Column("status", lazy_gettext("Status"), sort=found["status"]),
            Column("period_end", lazy_gettext("Renews or ends"), sort=found["period_end"]),
        ],
        "search": [found["vendor"], found["vendor_code"]],
        "filters": [
            Filter(
                "status",
                lazy_gettext("Any status"),
                found["status"],
                choices=[(status.value, status.label) for status in SubscriptionStatus],
            ),
            Filter(
                "tier",
                lazy_gettext("Any tier"),
                found["tier_id"],
                choices=[(tier.id, tier.name) for tier in tiers],
            ),
        ],
        "default_sort": "vendor",
    }


@bp.get("/subscriptions")
@requires("billing:subscription:read")
def subscription_list() -> str:
    """Show the subscriptions."""
    table = Table.from_select(db.session(), listing_service.subscriptions(), **_options())
    return render_template("billing/admin/subscription_list.html", table=table)


@bp.get("/subscriptions.csv")
@requires("billing:subscription:read")
def subscription_export() -> Any:
    """Download the subscriptions."""
    return export_table(db.session(), listing_service.subscriptions(), name="subscriptions", **_options())


def _start_form() -> SchemaForm[forms.SubscriptionForm]:
    tiers = tier_service.list_tiers(db.session(), platform_id=current_platform.id, only_offered=True)
    sent = request.form if request.method == "POST" else None
    choices = {
        "vendor_id": vendor_service.list_choices(db.session(), current_platform.id),
        "tier_id": [(tier.id, tier.name) for tier in tiers],
    }
    return SchemaForm(forms.SubscriptionForm, sent, choices=choices)


@bp.get("/subscriptions/new")
@requires("billing:subscription:create")
def subscription_new() -> str:
    """Ask whom to subscribe to what."""
    return render_template("billing/admin/subscription_new.html", form=_start_form())


def _start(values: forms.SubscriptionForm) -> Any:
    return subscription_service.start_subscription(
        db.session(),
        tier_service.get_tier(db.session(), values.tier_id),
        vendor_id=values.vendor_id,
        interval=values.interval,
        with_trial=values.with_trial,
        at=clock.now(),
        actor_id=current_user.id,
    )


@bp.post("/subscriptions")
@requires("billing:subscription:create")
def subscription_create() -> Any:
    """Subscribe a vendor."""
    form = _start_form()
    if form.is_valid:
        try:
            with db.session().begin_nested():  # a refusal takes back what was begun before it
                subscription = _start(form.value)
        except RuleViolation as refusal:
            form.add_error("", refusal)
        else:
            flash(_("The subscription has begun."), "success")
            return go_to(url_for("billing_admin.subscription_detail", subscription_id=subscription.id))
    return render_template("billing/admin/subscription_new.html", form=form), 422


@bp.get("/subscriptions/<int:subscription_id>")
@requires("billing:subscription:read")
def subscription_detail(subscription_id: int) -> str:
    """Show a subscription."""
    return _show(subscription_service.get_subscription(db.session(), subscription_id))


def _show(subscription: Any, form: SchemaForm[forms.OverrideForm] | None = None) -> str:
    ids = {"platform_id": current_platform.id, "vendor_id": subscription.vendor_id}
    overrides = tier_service.list_overrides(db.session(), **ids)
    return render_template(
        "billing/admin/subscription_detail.html",
        subscription=subscription,
        overrides=[(override, feature_label(override.feature)) for override in overrides],
        tiers=tier_service.list_tiers(db.session(), platform_id=current_platform.id, only_offered=True),
        intervals=list(Interval),
        usage=usage_service.usage_of(db.session(), limits=subscription.tier.limits, **ids),
        form=form or _override_form(),
    )


@bp.get("/subscriptions/<int:subscription_id>/change")
@requires("billing:subscription:update")
def subscription_change_preview(subscription_id: int) -> Any:
    """Show what a change of tier costs; without a choice, where one is made."""
    subscription = subscription_service.get_subscription(db.session(), subscription_id)
    if "tier_id" not in request.args:
        return redirect(url_for("billing_admin.subscription_detail", subscription_id=subscription.id))
    tier, interval = read_choice(request.args)
    cost = subscription_service.preview_change(subscription, tier, interval, at=clock.now())
    return render_template(
        "billing/shared/change_preview.html",
        layout="layouts/admin.html",
        subscription=subscription,
        tier=tier,
        interval=interval,
        cost=cost,
        action=url_for("billing_admin.subscription_change", subscription_id=subscription.id),
        back=url_for("billing_admin.subscription_detail", subscription_id=subscription.id),
    )


def read_choice(values: Any) -> tuple[Any, Interval]:
    """Return the tier and the interval that a form or an address names."""
    tier_id = values.get("tier_id", type=whole_number)
    if tier_id is None or values.get("interval") not in set(Interval):
        raise BadRequest
    return tier_service.get_tier(db.session(), tier_id), Interval(values["interval"])


@bp.post("/subscriptions/<int:subscription_id>/change")
@requires("billing:subscription:update")
def subscription_change(subscription_id: int) -> Any:
    """Change the tier."""
    subscription = subscription_service.get_subscription(db.session(), subscription_id)
    tier, interval = read_choice(request.form)
    subscription_service.change_tier(
        db.session(), subscription, tier, interval, at=clock.now(), actor_id=current_user.id
    )
    flash(_("The tier is now %(tier)s.", tier=tier.name), "success")
    return go_to(url_for("billing_admin.subscription_detail", subscription_id=subscription.id))


@bp.post("/subscriptions/<int:subscription_id>/cancellation")
@requires("billing:subscription:update")
def subscription_cancel(subscription_id: int) -> Any:
    """Cancel, at the end of the period or at once; or take it back."""
    subscription = subscription_service.get_subscription(db.session(), subscription_id)
    when = request.form.get("when")
    if when == "never":
        subscription_service.keep(db.session(), subscription, at=clock.now(), actor_id=current_user.id)
        flash(_("The subscription goes on."), "success")
    else:
        subscription_service.cancel(
            db.session(), subscription, at=clock.now(), at_once=when == "now", actor_id=current_user.id
        )
        flash(_("The subscription is cancelled."), "success")
    return go_to(url_for("billing_admin.subscription_detail", subscription_id=subscription.id))


def _override_form() -> SchemaForm[forms.OverrideForm]:
    features = sorted(
        (feature, feature_label(feature))
        for found in tier_service.sellable_features().values()
        for feature in found
    )
    is_sent = request.method == "POST" and "feature" in request.form
    return SchemaForm(forms.OverrideForm, request.form if is_sent else None, choices={"feature": features})


@bp.post("/subscriptions/<int:subscription_id>/features")
@requires("billing:subscription:update")
def override_create(subscription_id: int) -> Any:
    """Give the vendor a feature."""
    subscription = subscription_service.get_subscription(db.session(), subscription_id)
    form = _override_form()
    if not form.is_valid:
        return _show(subscription, form), 422
    tier_service.grant_feature(
        db.session(),
        form.value.feature,
        reason=form.value.reason,
        platform_id=current_platform.id,
        vendor_id=subscription.vendor_id,
        actor_id=current_user.id,
        at=clock.now(),
    )
    return go_to(url_for("billing_admin.subscription_detail", subscription_id=subscription.id))


@bp.post("/subscriptions/<int:subscription_id>/features/<feature>/deletion")
@requires("billing:subscription:update")
def override_delete(subscription_id: int, feature: str) -> Any:
    """Take a given feature back."""
    subscription = subscription_service.get_subscription(db.session(), subscription_id)
    tier_service.withdraw_feature(
        db.session(),
        feature,
        platform_id=current_platform.id,
        vendor_id=subscription.vendor_id,
        actor_id=current_user.id,
        at=clock.now(),
    )
    return go_to(url_for("billing_admin.subscription_detail", subscription_id=subscription.id))
