"""Pages of vendors: the customers who deal with them."""

from typing import Any

from flask import render_template

from modules.customers.exceptions import CustomerShared
from modules.customers.routes import customer_pages, customer_table
from modules.customers.schemas.customer import CustomerForm
from modules.customers.services import customer_service
from wizamart.database import db
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import requires
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.forms import SchemaForm

bp = module_blueprint("customers", FrontendType.VENDOR)
FORM = "customers/vendor/customer_form.html"


@bp.get("/customers")
@requires("customers:customer:read")
def customer_list() -> str:
    """List the vendor's customers."""
    table = customer_table.load_table(db.session(), vendor_id=current_vendor.id)
    return render_template("customers/vendor/customer_list.html", table=table)


@bp.get("/customers.csv")
@requires("customers:customer:export")
def customer_export() -> Any:
    """Download the list."""
    return customer_table.export(db.session(), vendor_id=current_vendor.id)


@bp.get("/customers/new")
@requires("customers:customer:create")
def customer_new() -> str:
    """Ask for a new customer."""
    return render_template(FORM, form=SchemaForm(CustomerForm, **customer_pages.form_options()))


@bp.post("/customers")
@requires("customers:customer:create")
def customer_create() -> Any:
    """Create a customer."""
    return customer_pages.create(
        db.session(), FORM, "vendor", platform_id=current_platform.id, vendor_id=current_vendor.id
    )


@bp.get("/customers/<int:customer_id>")
@requires("customers:customer:read")
def customer_detail(customer_id: int) -> str:
    """Show the profile of one of the vendor's customers."""
    return customer_pages.show_detail(
        db.session(), "customers/vendor/customer_detail.html", customer_id, vendor_id=current_vendor.id
    )


@bp.get("/customers/<int:customer_id>/edit")
@requires("customers:customer:update")
def customer_edit(customer_id: int) -> str:
    """Show the form with what is known, of a customer who is the vendor's alone."""
    session, vendor_id = db.session(), current_vendor.id
    customer = customer_service.get_customer(session, customer_id, vendor_id=vendor_id)
    if not customer_service.is_vendors_own(session, customer, vendor_id=vendor_id):
        raise CustomerShared
    values = customer_pages.profile_values(session, customer, vendor_id=vendor_id)
    form = SchemaForm(CustomerForm, values=values, **customer_pages.form_options())
    return render_template(FORM, form=form, customer=customer)


@bp.post("/customers/<int:customer_id>")
@requires("customers:customer:update")
def customer_update(customer_id: int) -> Any:
    """Change a customer who is the vendor's alone."""
    return customer_pages.update(db.session(), FORM, "vendor", customer_id, vendor_id=current_vendor.id)


@bp.post("/customers/<int:customer_id>/notes")
@requires("customers:customer:update")
def note_create(customer_id: int) -> Any:
    """Write a note that only this vendor sees."""
    return customer_pages.add_note(db.session(), "vendor", customer_id, vendor_id=current_vendor.id)


@bp.post("/customers/<int:customer_id>/notes/<int:note_id>/removal")
@requires("customers:customer:update")
def note_delete(customer_id: int, note_id: int) -> Any:
    """Delete one of the vendor's notes."""
    return customer_pages.delete_note(
        db.session(), "vendor", customer_id, note_id, vendor_id=current_vendor.id
    )
