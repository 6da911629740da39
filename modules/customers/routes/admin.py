"""Pages of admins: all customers of the platform."""

from typing import Any

from flask import flash, render_template, url_for
from flask_login import current_user

from modules.customers.routes import customer_pages, customer_table
from modules.customers.schemas.customer import CustomerForm
from modules.customers.services import customer_service, privacy_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to

bp = module_blueprint("customers", FrontendType.ADMIN)
FORM = "customers/admin/customer_form.html"


@bp.get("/customers")
@requires("customers:customer:read")
def customer_list() -> str:
    """List the customers."""
    table = customer_table.load_table(db.session())
    return render_template("customers/admin/customer_list.html", table=table)


@bp.get("/customers.csv")
@requires("customers:customer:export")
def customer_export() -> Any:
    """Download the list."""
    return customer_table.export(db.session())


@bp.get("/customers/new")
@requires("customers:customer:create")
def customer_new() -> str:
    """Ask for a new customer."""
    return render_template(FORM, form=SchemaForm(CustomerForm, **customer_pages.form_options()))


@bp.post("/customers")
@requires("customers:customer:create")
def customer_create() -> Any:
    """Create a customer."""
    return customer_pages.create(db.session(), FORM, "admin", platform_id=current_platform.id, vendor_id=None)


@bp.get("/customers/<int:customer_id>")
@requires("customers:customer:read")
def customer_detail(customer_id: int) -> str:
    """Show a customer's profile."""
    return customer_pages.show_detail(db.session(), "customers/admin/customer_detail.html", customer_id)


@bp.get("/customers/<int:customer_id>/edit")
@requires("customers:customer:update")
def customer_edit(customer_id: int) -> str:
    """Show the form with what is known."""
    session = db.session()
    customer = customer_service.get_customer(session, customer_id)
    values = customer_pages.profile_values(session, customer)
    form = SchemaForm(CustomerForm, values=values, **customer_pages.form_options())
    return render_template(FORM, form=form, customer=customer)


@bp.post("/customers/<int:customer_id>")
@requires("customers:customer:update")
def customer_update(customer_id: int) -> Any:
    """Change a customer."""
    return customer_pages.update(db.session(), FORM, "admin", customer_id, vendor_id=None)


@bp.get("/customers/<int:customer_id>/data.json")
@requires("customers:customer:export")
def customer_data(customer_id: int) -> Any:
    """Download what is kept about one person."""
    session = db.session()
    return customer_pages.person_download(session, customer_service.get_customer(session, customer_id))


@bp.get("/customers/<int:customer_id>/anonymisation")
@requires("customers:customer:anonymise")
def anonymisation_new(customer_id: int) -> str:
    """Say what anonymising means, and ask."""
    customer = customer_service.get_customer(db.session(), customer_id)
    return render_template("customers/admin/anonymisation.html", customer=customer)


@bp.post("/customers/<int:customer_id>/anonymisation")
@requires("customers:customer:anonymise")
def anonymisation_create(customer_id: int) -> Any:
    """Take the person out of the row."""
    session = db.session()
    customer = customer_service.get_customer(session, customer_id)
    privacy_service.anonymise(session, customer, actor_id=current_user.id, at=clock.now())
    flash(_("The customer was anonymised."), "success")
    return go_to(url_for("customers_admin.customer_list"))


@bp.post("/customers/<int:customer_id>/notes")
@requires("customers:customer:update")
def note_create(customer_id: int) -> Any:
    """Write a note."""
    return customer_pages.add_note(db.session(), "admin", customer_id)


@bp.post("/customers/<int:customer_id>/notes/<int:note_id>/removal")
@requires("customers:customer:update")
def note_delete(customer_id: int, note_id: int) -> Any:
    """Delete a note."""
    return customer_pages.delete_note(db.session(), "admin", customer_id, note_id)
