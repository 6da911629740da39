"""Pages of admins: every vendor's products and stock to read, the category tree to keep."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, url_for

from modules.inventory.pictures import allow_pictures
from modules.inventory.routes import category_texts, tax_rates
from modules.inventory.routes.blueprints import admin as bp
from modules.inventory.routes.product_table import read_products
from modules.inventory.routes.stock_pages import read_location_table, read_stock
from modules.inventory.schemas import stock as stock_forms
from modules.inventory.services import category_service, listing_service, product_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput, RuleViolation
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.platforms import vendor_names
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Table

__all__ = ["bp", "category_texts", "tax_rates"]


@bp.get("/products")
@requires("inventory:product:read")
def product_list() -> str:
    """Show all vendors' products."""
    context = read_products(db.session(), with_vendors=True)
    return render_template("inventory/admin/product_list.html", **context)


@bp.get("/products/<int:product_id>")
@requires("inventory:product:read")
def product_detail(product_id: int) -> str:
    """Show a product with its stock and ledger."""
    session = db.session()
    product = product_service.get_product(session, product_id)
    allow_pictures(product.images)
    vendor_name = vendor_names(session, [product.vendor_id]).get(product.vendor_id, "")
    return render_template(
        "inventory/admin/product_detail.html",
        product=product,
        vendor_name=vendor_name,
        **read_stock(session, product),
    )


@bp.get("/locations")
@requires("inventory:location:read")
def location_list() -> str:
    """Show all vendors' locations."""
    session = db.session()
    return render_template(
        "inventory/admin/location_list.html", table=read_location_table(session, with_vendors=True)
    )


@bp.get("/categories")
@requires("inventory:category:read")
def category_list() -> str:
    """Show the tree of categories."""
    table = Table.from_select(
        db.session(),
        listing_service.select_categories(),
        columns=[
            Column("name", lazy_gettext("Category"), sort=listing_service.CATEGORY_PATH),
            Column("products", lazy_gettext("Products"), align="end"),
        ],
        search=listing_service.CATEGORY_SEARCH,
        default_sort="name",
        per_page=100,
    )
    counts = category_service.count_products(db.session(), [category.id for category in table.rows])
    return render_template("inventory/admin/category_list.html", table=table, counts=counts)


def _form(*, sent: bool = False, obj: Any = None) -> SchemaForm[stock_forms.CategoryForm]:
    own = f"{obj.path}/" if obj is not None else None
    choices = {
        "parent_id": [
            (one.id, one.full_name)
            for one in category_service.list_categories(db.session())
            if own is None or not f"{one.path}/".startswith(own)
        ]
    }
    if sent:
        return SchemaForm.from_request(
            stock_forms.CategoryForm, obj=obj, choices=choices, guarded=obj is not None
        )
    return SchemaForm(stock_forms.CategoryForm, obj=obj, choices=choices, guarded=obj is not None)


def _page(form: SchemaForm[stock_forms.CategoryForm], category: Any) -> str:
    return render_template("inventory/admin/category_form.html", form=form, category=category)


@bp.get("/categories/new")
@requires("inventory:category:create")
def category_new() -> str:
    """Show an empty form."""
    return _page(_form(), None)


@bp.post("/categories")
@requires("inventory:category:create")
def category_create() -> Any:
    """Create a category."""
    form = _form(sent=True)
    if form.is_valid:
        try:
            made = category_service.create_category(
                db.session(),
                form.value.name,
                platform_id=current_platform.id,
                parent_id=form.value.parent_id,
                description=form.value.description,
                at=clock.now(),
            )
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(_("%(title)s was created.", title=made.name), "success")
            return go_to(url_for("inventory_admin.category_list"))
    return _page(form, None), 422


@bp.get("/categories/<int:category_id>")
@requires("inventory:category:read")
def category_edit(category_id: int) -> str:
    """Show a category's form."""
    category = category_service.get_category(db.session(), category_id)
    return _page(_form(obj=category), category)


@bp.post("/categories/<int:category_id>")
@requires("inventory:category:update")
def category_update(category_id: int) -> Any:
    """Rename or move a category."""
    category = category_service.get_category(db.session(), category_id)
    form = _form(sent=True, obj=category)
    if form.is_valid:
        try:
            category_service.update_category(
                db.session(),
                category,
                form.value.name,
                parent_id=form.value.parent_id,
                description=form.value.description,
                at=clock.now(),
            )
        except InvalidInput as error:
            form.add_errors(error.errors)
        else:
            flash(_("Saved."), "success")
            return go_to(url_for("inventory_admin.category_list"))
    return _page(form, category), 422


@bp.post("/categories/<int:category_id>/deletion")
@requires("inventory:category:delete")
def category_delete(category_id: int) -> Any:
    """Delete a category that has none below it."""
    category = category_service.get_category(db.session(), category_id)
    try:
        category_service.delete_category(db.session(), category)
    except RuleViolation as refusal:
        flash(str(refusal), "danger")
    else:
        flash(_("%(title)s was deleted.", title=category.name), "success")
    return go_to(url_for("inventory_admin.category_list"))
