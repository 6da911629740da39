"""The vendor's products: table, form, bulk changes, CSV."""

from typing import Any

import flask
from flask import flash, render_template, request, url_for

from modules.inventory.imports.own import COLUMNS
from modules.inventory.pictures import allow_pictures
from modules.inventory.routes.blueprints import vendor as bp
from modules.inventory.routes.product_table import list_narrowed, read_products
from modules.inventory.schemas.product import ProductForm
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import category_service, export_service, product_service, stock_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _, ngettext
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.csv_export import csv_response
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column

BLANK_ROWS = 3
MORE_ROWS = 5


@bp.get("/products")
@requires("inventory:product:read")
def product_list() -> str:
    """Show the vendor's products."""
    return render_template("inventory/vendor/product_list.html", **read_products(db.session()))


@bp.get("/products.csv")
@requires("inventory:product:read")
def product_export() -> flask.Response:
    """Send the whole catalogue as our own CSV, which an import reads back."""
    rows = export_service.list_export_rows(db.session(), vendor_id=current_vendor.id)
    columns = [Column(name, name, value=lambda row, name=name: row[name]) for name in COLUMNS]
    return csv_response(f"products-{current_vendor.code}.csv", columns, rows)


@bp.post("/products/status/<any(draft, active, archived):wanted>")
@requires("inventory:product:update")
def product_status(wanted: str) -> Any:
    """Show, hide or archive the selected products."""
    session = db.session()
    if request.form.get("everything"):
        products = list_narrowed(session)
    else:
        products = product_service.list_products(session, request.form.getlist("selected", type=whole_number))
    status = ProductStatus(wanted)
    changed = sum(product_service.set_status(session, one, status, at=clock.now()) for one in products)
    flash(ngettext("%(num)d product changed.", "%(num)d products changed.", changed), "success")
    return go_to(url_for("inventory_vendor.product_list"))


@bp.get("/products/new")
@requires("inventory:product:create")
def product_new() -> str:
    """Show an empty form."""
    return _page(_form(), None)


@bp.post("/products")
@requires("inventory:product:create")
def product_create() -> Any:
    """Create a product."""
    form = _form(sent=True)
    if form.is_valid and "more" not in request.form:
        try:
            product = product_service.create_product(
                db.session(),
                form.value,
                platform_id=current_platform.id,
                vendor_id=current_vendor.id,
                currency=current_platform.currency,
                at=clock.now(),
            )
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(_("%(title)s was created.", title=product.title), "success")
            return go_to(url_for("inventory_vendor.product_edit", product_id=product.id))
    return _page(form, None), 200 if "more" in request.form else 422


@bp.get("/products/<int:product_id>")
@requires("inventory:product:read")
def product_edit(product_id: int) -> str:
    """Show a product's form."""
    product = product_service.get_product(db.session(), product_id)
    allow_pictures(product.images)
    return _page(_form(values=product_service.form_of(product), currency=product.currency), product)


@bp.post("/products/<int:product_id>")
@requires("inventory:product:update")
def product_update(product_id: int) -> Any:
    """Change a product."""
    product = product_service.get_product(db.session(), product_id)
    form = _form(sent=True, currency=product.currency)
    if form.is_valid and "more" not in request.form:
        try:
            product_service.update_product(db.session(), product, form.value, at=clock.now())
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(_("Saved."), "success")
            return go_to(url_for("inventory_vendor.product_edit", product_id=product.id))
    return _page(form, product), 200 if "more" in request.form else 422


def _form(
    *, sent: bool = False, values: dict[str, Any] | None = None, currency: str | None = None
) -> SchemaForm[ProductForm]:
    session = db.session()
    config = stock_service.get_config(session, current_platform.id)
    categories = category_service.list_categories(session)
    options: dict[str, Any] = {
        "choices": {
            "category_ids": [(category.id, category.full_name) for category in categories],
            "tax_class": [(code, tax_label(code)) for code in config.tax_classes],
        },
        "currency": currency or current_platform.currency,
    }
    if sent:
        return SchemaForm.from_request(ProductForm, **options)
    return SchemaForm(ProductForm, values=values or {"variants": []}, **options)


def tax_label(code: str) -> str:
    """Return a tax class with its rate of today."""
    config = stock_service.get_config(db.session(), current_platform.id)
    rate = config.rate_of(code, on=clock.now().date())
    names = {
        "standard": _("Standard rate"),
        "intermediate": _("Intermediate rate"),
        "reduced": _("Reduced rate"),
        "super_reduced": _("Super-reduced rate"),
        "exempt": _("Exempt"),
    }
    return f"{names.get(code, code)} ({rate.normalize():f} %)"


def _page(form: SchemaForm[ProductForm], product: Any) -> str:
    """Render the form; rows to add are there where the product has options, and more are given on request."""
    has_options = bool(form.data.get("option_names"))
    blank = MORE_ROWS if "more" in request.form else BLANK_ROWS if has_options else 0
    if not form.data.get("variants"):
        blank = max(blank, 1)
    return render_template("inventory/vendor/product_form.html", form=form, product=product, blank_rows=blank)
