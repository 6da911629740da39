"""Tiers: what is sold to vendors."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.billing.routes.blueprints import admin as bp
from modules.billing.schemas import forms
from modules.billing.services import listing_service, tier_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.module_system.manager import current_manager
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Table


@bp.get("/subscription-tiers")
@requires("billing:tier:read")
def tier_list() -> str:
    """Show the tiers."""
    sorts = listing_service.TIER_EXPRESSIONS
    columns = [
        Column("name", lazy_gettext("Tier"), sort=sorts["name"]),
        Column("price_month", lazy_gettext("Monthly"), sort=sorts["price_month"], align="end"),
        Column("price_year", lazy_gettext("Yearly"), sort=sorts["price_year"], align="end"),
        Column("features", lazy_gettext("Features"), align="end"),
        Column("rank", lazy_gettext("Rank"), sort=sorts["rank"], align="end"),
        Column("is_offered", lazy_gettext("Offered"), sort=sorts["is_offered"]),
    ]
    table = Table.from_select(
        db.session(),
        listing_service.tiers(),
        columns=columns,
        search=[sorts["name"], sorts["code"]],
        default_sort="rank",
    )
    return render_template("billing/admin/tier_list.html", table=table)


@bp.get("/subscription-tiers/new")
@requires("billing:tier:create")
def tier_new() -> str:
    """Ask for a new tier."""
    return _show(SchemaForm(forms.TierForm, currency=current_platform.currency), [])


@bp.post("/subscription-tiers")
@requires("billing:tier:create")
def tier_create() -> Any:
    """Add a tier."""
    form = SchemaForm.from_request(forms.TierForm, currency=current_platform.currency)
    chosen = request.form.getlist("features")
    if form.is_valid:
        try:
            tier_service.create_tier(
                db.session(),
                form.value,
                chosen,
                platform_id=current_platform.id,
                currency=current_platform.currency,
                actor_id=current_user.id,
                at=clock.now(),
            )
        except InvalidInput as refusal:
            form.add_errors(refusal.errors)
        else:
            flash(_("%(name)s is saved.", name=form.value.name), "success")
            return go_to(url_for("billing_admin.tier_list"))
    return _show(form, chosen), 422


@bp.get("/subscription-tiers/<int:tier_id>")
@requires("billing:tier:read")
def tier_edit(tier_id: int) -> str:
    """Show a tier, to be changed."""
    tier = tier_service.get_tier(db.session(), tier_id)
    return _show(
        SchemaForm(forms.TierForm, obj=tier, currency=tier.currency, guarded=True), tier.features, tier
    )


@bp.post("/subscription-tiers/<int:tier_id>")
@requires("billing:tier:update")
def tier_update(tier_id: int) -> Any:
    """Change a tier."""
    tier = tier_service.get_tier(db.session(), tier_id)
    form = SchemaForm.from_request(forms.TierForm, obj=tier, currency=tier.currency, guarded=True)
    chosen = request.form.getlist("features")
    if form.is_valid:
        try:
            tier_service.update_tier(
                db.session(), tier, form.value, chosen, actor_id=current_user.id, at=clock.now()
            )
        except InvalidInput as refusal:
            form.add_errors(refusal.errors)
        else:
            flash(_("%(name)s is saved.", name=tier.name), "success")
            return go_to(url_for("billing_admin.tier_list"))
    return _show(form, chosen, tier), 422


def _show(form: SchemaForm[forms.TierForm], chosen: list[str], tier: Any = None) -> str:
    registry = current_manager().registry
    groups = [
        (registry[code].name, [(feature, feature_label(feature)) for feature in features])
        for code, features in tier_service.sellable_features().items()
    ]
    return render_template("billing/admin/tier_form.html", form=form, chosen=chosen, tier=tier, groups=groups)


def feature_label(feature: str) -> str:
    """Return a feature's code in words; modules may translate the words."""
    return _(feature.rpartition(".")[2].replace("_", " ").replace("-", " ").capitalize())
