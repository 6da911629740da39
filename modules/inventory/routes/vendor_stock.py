"""The vendor's stock: levels, movements and the ledger of a product; locations."""

from __future__ import annotations  # so that naming a type of a service does not load it

import secrets
from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.inventory.routes.blueprints import vendor as bp
from modules.inventory.routes.stock_pages import read_location_table, read_stock
from modules.inventory.schemas import stock as stock_forms
from modules.inventory.services import location_service, movement_service, product_service
from wizamart import clock
from wizamart.countries import country_choices
from wizamart.database import db
from wizamart.exceptions import InvalidInput, RuleViolation
from wizamart.feature_gate import current_gate, requires_feature
from wizamart.i18n import gettext as _
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.platform_context import current_vendor
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.templating import url_if


@bp.get("/products/<int:product_id>/stock")
@requires("inventory:stock:read")
def stock_detail(product_id: int) -> str:
    """Show where a product lies, and why."""
    product = product_service.get_product(db.session(), product_id)
    form = _movement_form(product, values={"variant_id": request.args.get("variant", type=whole_number)})
    return _stock_page(product, form)


@bp.post("/products/<int:product_id>/stock")
@requires("inventory:stock:update")
def stock_update(product_id: int) -> Any:
    """Write a movement into the ledger."""
    session = db.session()
    product = product_service.get_product(session, product_id)
    form = _movement_form(product, sent=True)
    if form.is_valid:
        try:
            movement_service.enter(
                session,
                form.value,
                actor_id=current_user.id,
                at=clock.now(),
                form_key=request.form.get("form_key", "")[:64] or None,
            )
        except InvalidInput as error:
            form.add_errors(error.errors)
        except RuleViolation as refusal:
            form.add_error("quantity", refusal)
        else:
            flash(_("The movement was recorded."), "success")
            return go_to(url_for("inventory_vendor.stock_detail", product_id=product.id))
    return _stock_page(product, form), 422


def _movement_form(
    product: Any, *, sent: bool = False, values: Any = None
) -> SchemaForm[stock_forms.MovementForm]:
    locations = location_service.list_locations(db.session())
    variants = product.live_variants
    choices = {
        "variant_id": [(one.id, f"{one.option_text or one.product.title} ({one.sku})") for one in variants],
        "location_id": [(one.id, one.name) for one in locations],
        "target_id": [(one.id, one.name) for one in locations],
    }
    if sent:
        return SchemaForm.from_request(stock_forms.MovementForm, choices=choices)
    first = {"variant_id": variants[0].id if len(variants) == 1 else None}
    first |= {"location_id": locations[0].id if locations else None}
    chosen = {name: value for name, value in (values or {}).items() if value}
    return SchemaForm(stock_forms.MovementForm, values={**first, **chosen}, choices=choices)


def _stock_page(product: Any, form: SchemaForm[stock_forms.MovementForm]) -> str:
    return render_template(
        "inventory/vendor/stock_detail.html",
        product=product,
        form=form,
        form_key=secrets.token_urlsafe(16),
        **read_stock(db.session(), product),
    )


@bp.get("/locations")
@requires("inventory:location:read")
@requires_feature("inventory.locations")
def location_list() -> str:
    """Show the vendor's locations."""
    return render_template(
        "inventory/vendor/location_list.html", table=read_location_table(db.session(), with_vendors=False)
    )


@bp.get("/locations/new")
@requires("inventory:location:create")
def location_new() -> str:
    """Show an empty form."""
    _check_another()
    return render_template("inventory/vendor/location_form.html", form=_location_form(), location=None)


def _check_another() -> None:
    """Let a vendor say where its goods lie, which the catalogue needs; only further locations are sold apart."""
    if location_service.list_locations(db.session()):
        current_gate().check("inventory.locations")


def _location_form(location: Any = None, *, sent: bool = False) -> SchemaForm[stock_forms.LocationForm]:
    return SchemaForm(
        stock_forms.LocationForm,
        request.form if sent else None,
        obj=location,
        choices={"country": country_choices()},
        guarded=location is not None,
    )


@bp.post("/locations")
@requires("inventory:location:create")
def location_create() -> Any:
    """Create a location."""
    _check_another()
    form = _location_form(sent=True)
    if form.is_valid:
        try:
            made = location_service.create_location(
                db.session(), form.value, vendor_id=current_vendor.id, at=clock.now()
            )
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(_("%(title)s was created.", title=made.name), "success")
            return go_to(url_if("inventory_vendor.location_list") or url_for("inventory_vendor.product_list"))
    return render_template("inventory/vendor/location_form.html", form=form, location=None), 422


@bp.get("/locations/<int:location_id>")
@requires("inventory:location:read")
@requires_feature("inventory.locations")
def location_edit(location_id: int) -> str:
    """Show a location's form."""
    location = location_service.get_location(db.session(), location_id)
    form = _location_form(location)
    return render_template("inventory/vendor/location_form.html", form=form, location=location)


@bp.post("/locations/<int:location_id>")
@requires("inventory:location:update")
@requires_feature("inventory.locations")
def location_update(location_id: int) -> Any:
    """Change a location."""
    location = location_service.get_location(db.session(), location_id)
    form = _location_form(location, sent=True)
    if form.is_valid:
        try:
            location_service.update_location(db.session(), location, form.value)
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(_("Saved."), "success")
            return go_to(url_for("inventory_vendor.location_list"))
    return render_template("inventory/vendor/location_form.html", form=form, location=location), 422


@bp.post("/locations/<int:location_id>/deletion")
@requires("inventory:location:delete")
@requires_feature("inventory.locations")
def location_delete(location_id: int) -> Any:
    """Delete a location that was never used."""
    location = location_service.get_location(db.session(), location_id)
    try:
        location_service.delete_location(db.session(), location)
    except RuleViolation as refusal:
        flash(str(refusal), "danger")
    else:
        flash(_("%(title)s was deleted.", title=location.name), "success")
    return go_to(url_for("inventory_vendor.location_list"))
