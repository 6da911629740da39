"""The address book of a customer in the shop."""

from typing import Any

from flask import flash, render_template, request, url_for

from modules.customers.routes import customer_pages
from modules.customers.routes.blueprints import storefront as bp
from modules.customers.routes.own import ensure_own, find_own, get_own
from modules.customers.schemas import customer as customer_forms
from modules.customers.services import address_service
from wizamart import clock
from wizamart.countries import country_choices, country_name
from wizamart.database import db
from wizamart.exceptions import RuleViolation
from wizamart.i18n import gettext as _
from wizamart.permissions import signed_in
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to

FORM = "customers/storefront/address_form.html"


@bp.get("/account/addresses")
@signed_in
def address_list() -> str:
    """Show the address book."""
    customer = find_own()
    return render_template(
        "customers/storefront/address_list.html", customer=customer, country_name=country_name
    )


@bp.get("/account/addresses/new")
@signed_in
def address_new() -> str:
    """Ask for an address."""
    customer = find_own()
    country = (customer.country if customer else None) or "LU"
    form = SchemaForm(
        customer_forms.AddressForm, values={"country": country}, choices={"country": country_choices()}
    )
    return render_template(FORM, form=form, address=None)


@bp.post("/account/addresses")
@signed_in
def address_create() -> Any:
    """Add an address."""
    form = SchemaForm.from_request(customer_forms.AddressForm, choices={"country": country_choices()})
    if not form.is_valid:
        return render_template(FORM, form=form, address=None), 422
    try:
        address_service.add_address(db.session(), ensure_own(at=clock.now()), form.value)
    except RuleViolation as refusal:
        form.add_error("", refusal)
        return render_template(FORM, form=form, address=None), refusal.status
    flash(_("The address is in your book."), "success")
    return go_to(url_for("customers_storefront.address_list"))


@bp.get("/account/addresses/<int:address_id>/edit")
@signed_in
def address_edit(address_id: int) -> str:
    """Show an address to be changed."""
    address = address_service.get_address(get_own(), address_id)
    values = customer_pages.address_values(address)
    form = SchemaForm(customer_forms.AddressForm, values=values, choices={"country": country_choices()})
    return render_template(FORM, form=form, address=address)


@bp.post("/account/addresses/<int:address_id>")
@signed_in
def address_update(address_id: int) -> Any:
    """Change an address."""
    customer = get_own()
    address = address_service.get_address(customer, address_id)
    form = SchemaForm.from_request(customer_forms.AddressForm, choices={"country": country_choices()})
    if not form.is_valid:
        return render_template(FORM, form=form, address=address), 422
    address_service.update_address(db.session(), customer, address, form.value)
    flash(_("The changes were saved."), "success")
    return go_to(url_for("customers_storefront.address_list"))


@bp.post("/account/addresses/<int:address_id>/choice")
@signed_in
def address_choose(address_id: int) -> Any:
    """Send bills or goods to an address from now on."""
    customer = get_own()
    address = address_service.get_address(customer, address_id)
    purpose = request.form.get("purpose")
    address_service.choose(
        db.session(), customer, address, billing=purpose == "billing", shipping=purpose == "shipping"
    )
    return go_to(url_for("customers_storefront.address_list"))


@bp.post("/account/addresses/<int:address_id>/removal")
@signed_in
def address_delete(address_id: int) -> Any:
    """Take an address out of the book."""
    customer = get_own()
    address = address_service.get_address(customer, address_id)
    address_service.delete_address(db.session(), customer, address)
    flash(_("The address was deleted."), "success")
    return go_to(url_for("customers_storefront.address_list"))
