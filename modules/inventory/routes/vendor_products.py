"""The vendor's products: table, form, bulk changes, export."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from operator import itemgetter
from typing import Any

import flask
from flask import flash, render_template, request, url_for

from modules.inventory.pictures import allow_pictures
from modules.inventory.routes import product_form
from modules.inventory.routes.blueprints import vendor as bp
from modules.inventory.routes.product_table import list_narrowed, read_products, select_narrowed
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import export_service, product_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput, RuleViolation
from wizamart.i18n import gettext as _, ngettext
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.exports import export_rows
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column


@bp.get("/products")
@requires("inventory:product:read")
def product_list() -> str:
    """Show the vendor's products."""
    return render_template("inventory/vendor/product_list.html", **read_products(db.session()))


@bp.get("/products.csv")
@requires("inventory:product:read")
def product_export() -> flask.Response:
    """Send the products of the list with all that is theirs; as CSV, an import reads it back.

    The headings are the import's words in files for Excel too, from which people save CSV again.
    """
    session = db.session()
    rows = export_service.list_export_rows(
        session, vendor_id=current_vendor.id, narrowed=select_narrowed(session)
    )
    return export_rows(f"products-{current_vendor.code}", _export_columns(), rows)


def _export_columns() -> list[Column]:
    """Return the import's columns; what is a number in them is one in files for Excel too."""
    from modules.inventory.imports import own  # only those who ask for a file need the formats

    def read(name: str) -> Callable[[dict[str, str]], Any]:
        if name not in own.NUMBERS:
            return itemgetter(name)
        return lambda row: Decimal(row[name]) if row[name] else None

    return [Column(name, name, value=read(name)) for name in own.COLUMNS]


@bp.post("/products/status/<any(draft, active, archived):wanted>")
@requires("inventory:product:update")
def product_status(wanted: str) -> Any:
    """Show, hide or archive the selected products."""
    session = db.session()
    if request.form.get("everything"):
        products = list_narrowed(session)
    else:
        products = product_service.list_products(session, request.form.getlist("selected", type=whole_number))
    if wanted == ProductStatus.ACTIVE:
        products = _with_prices(products)
    status, changed = ProductStatus(wanted), 0
    try:
        for product in products:
            changed += product_service.set_status(session, product, status, at=clock.now())
    except RuleViolation as refusal:
        flash(str(refusal), "warning")
    flash(ngettext("%(num)d product changed.", "%(num)d products changed.", changed), "success")
    return go_to(url_for("inventory_vendor.product_list"))


def _with_prices(products: Sequence[Any]) -> list[Any]:
    """Return those that may be shown together, and say how many would be given away."""
    held = product_service.list_given_away(products)
    if held:
        flash(
            ngettext(
                "%(num)d product costs nothing and stays hidden. If that is meant, show it on its own page.",
                "%(num)d products cost nothing and stay hidden. If that is meant, show them on their own pages.",
                len(held),
            ),
            "warning",
        )
    return [product for product in products if product not in held]


@bp.get("/products/new")
@requires("inventory:product:create")
def product_new() -> str:
    """Show an empty form."""
    session = db.session()
    return product_form.page(session, product_form.empty_form(session), None)


@bp.post("/products")
@requires("inventory:product:create")
def product_create() -> Any:
    """Create a product."""

    def create(form: Any) -> Any:
        return product_service.create_product(
            db.session(),
            form,
            platform_id=current_platform.id,
            vendor_id=current_vendor.id,
            currency=current_platform.currency,
            at=clock.now(),
        )

    return _save(None, create)


@bp.get("/products/<int:product_id>")
@requires("inventory:product:read")
def product_edit(product_id: int) -> str:
    """Show a product's form."""
    session = db.session()
    product = product_service.get_product(session, product_id)
    allow_pictures(product.images)
    return product_form.page(session, product_form.form_of(session, product), product)


@bp.post("/products/<int:product_id>")
@requires("inventory:product:update")
def product_update(product_id: int) -> Any:
    """Change a product, unless somebody else has in the meantime."""
    session = db.session()
    product = product_service.get_product(session, product_id)
    version = request.form.get("version", type=whole_number)

    def update(form: Any) -> Any:
        product_service.update_product(session, product, form, at=clock.now(), version=version)
        return product

    return _save(product, update)


def _save(product: Any, act: Callable[[Any], Any]) -> Any:
    """Do what the form asks for: more rows, variants out of options, or saving; what is wrong is shown in it."""
    session = db.session()
    form, notice, status = product_form.sent_form(session, product), "", 422
    if "more" in request.form:
        status = 200
    elif product_form.wants_variants(form):
        form, notice = product_form.with_variants(session, form, product)
        status = 200 if notice else 422
    elif form.is_valid:
        try:
            saved = act(form.value)
        except InvalidInput as error:
            form.add_errors(error.errors)
        except RuleViolation as refusal:
            form.add_error("", refusal)
            status = refusal.status
        else:
            flash(_("Saved.") if product else _("%(title)s was created.", title=saved.title), "success")
            return go_to(url_for("inventory_vendor.product_edit", product_id=saved.id))
    return product_form.page(session, form, product, notice=notice), status
