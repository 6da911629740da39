"""Customers as both portals show them: list, form, profile, notes."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, redirect
from flask_login import current_user

from modules.customers.exceptions import CustomerShared
from modules.customers.routes import customer_table
from modules.customers.routes.area import Area
from modules.customers.schemas import customer as customer_forms
from modules.customers.services import address_service, customer_service, record_service, timeline_service
from wizamart import clock
from wizamart.countries import country_choices, country_name
from wizamart.database import db, hold_row
from wizamart.exceptions import InvalidInput
from wizamart.i18n import available_locales, gettext as _, language_name, lazy_gettext
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to

SOURCES = {
    "admin": lazy_gettext("entered by an admin"),
    "vendor": lazy_gettext("entered by a vendor"),
    "storefront": lazy_gettext("by the customer"),
    "import": lazy_gettext("from an imported file"),
}


def customer_form(**options: Any) -> SchemaForm[customer_forms.CustomerForm]:
    """Return the form of a customer."""
    return SchemaForm(customer_forms.CustomerForm, choices=_choices(), **options)


def _choices() -> dict[str, Any]:
    return {"addresses.country": country_choices(), "locale": available_locales()}


def profile_values(customer: Any, *, vendor_id: int | None = None) -> dict[str, Any]:
    """Return what a form shows of a customer."""
    return {
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "locale": customer.locale,
        "marketing_consent": customer.marketing_consent,
        "addresses": [address_values(address) for address in customer.addresses],
        "tags": record_service.tags_of(db.session(), [customer.id], vendor_id=vendor_id)[customer.id],
    }


def about_values(customer: Any) -> dict[str, Any]:
    """Return what customers see of themselves in their form."""
    return {name: getattr(customer, name) for name in ("name", "phone", "locale", "marketing_consent")}


def address_values(address: Any) -> dict[str, Any]:
    """Return what a form shows of an address."""
    return {name: getattr(address, name) for name in (*address_service.WRITTEN, "is_billing", "is_shipping")}


def show_list(area: Area) -> str:
    """Return the list."""
    return area.render("customer_list.html", table=customer_table.load_table(db.session(), area))


def export(area: Area) -> Any:
    """Return the list as CSV, with what an import reads."""
    return customer_table.export(db.session(), area)


def show_new(area: Area) -> str:
    """Return an empty form."""
    return area.render("customer_form.html", form=customer_form(), customer=None)


def create(area: Area) -> Any:
    """Create the customer that the form describes, or show it with what is wrong."""
    form = SchemaForm.from_request(customer_forms.CustomerForm, choices=_choices())
    try:
        customer = customer_service.create_customer(
            db.session(),
            form.validate_or_raise(),
            platform_id=current_platform.id,
            vendor_id=area.vendor_id,
            at=clock.now(),
            actor_id=current_user.id,
            source=area.frontend,
        )
    except InvalidInput as error:
        return _form_again(area, form, error, None)
    flash(_("%(name)s was added.", name=customer.name), "success")
    return go_to(area.url("customer_detail", customer_id=customer.id))


def show_detail(area: Area, customer_id: int) -> Any:
    """Return a customer's profile; a row that was merged leads to the one that is left."""
    session, vendor_id = db.session(), area.vendor_id
    customer = customer_service.get_customer(session, customer_id, vendor_id=vendor_id)
    if customer.merged_into_id is not None:
        return redirect(area.url("customer_detail", customer_id=customer.merged_into_id))
    is_own = vendor_id is None or customer_service.is_vendors_own(session, customer, vendor_id=vendor_id)
    return area.render(
        "customer_detail.html",
        customer=customer,
        tags=record_service.tags_of(session, [customer.id], vendor_id=vendor_id)[customer.id],
        notes=record_service.list_notes(session, customer, vendor_id=vendor_id),
        consents=record_service.list_consents(session, customer) if is_own else [],
        entries=timeline_service.list_entries(
            session, platform_id=customer.platform_id, customer_id=customer.id
        ),
        is_own=is_own,
        is_editable=is_own and not customer.is_gone,
        note_form=SchemaForm(customer_forms.NoteForm),
        country_name=country_name,
        language_name=language_name,
        sources=SOURCES,
    )


def show_edit(area: Area, customer_id: int) -> str:
    """Return the form with what is known; a vendor's only of a customer who is its alone."""
    session, vendor_id = db.session(), area.vendor_id
    customer = customer_service.get_customer(session, customer_id, vendor_id=vendor_id)
    if vendor_id is not None and not customer_service.is_vendors_own(session, customer, vendor_id=vendor_id):
        raise CustomerShared
    form = customer_form(values=profile_values(customer, vendor_id=vendor_id), guarded=True)
    return area.render("customer_form.html", form=form, customer=customer)


def update(area: Area, customer_id: int) -> Any:
    """Change a customer as the form says, or show it with what is wrong."""
    session = db.session()
    customer = customer_service.get_customer(session, customer_id, vendor_id=area.vendor_id)
    hold_row(customer)
    values = profile_values(customer, vendor_id=area.vendor_id)
    form = SchemaForm.from_request(
        customer_forms.CustomerForm, choices=_choices(), values=values, guarded=True
    )
    try:
        customer_service.update_customer(
            session,
            customer,
            form.validate_or_raise(),
            at=clock.now(),
            actor_id=current_user.id,
            source=area.frontend,
            vendor_id=area.vendor_id,
        )
    except InvalidInput as error:
        return _form_again(area, form, error, customer)
    flash(_("The changes were saved."), "success")
    return go_to(area.url("customer_detail", customer_id=customer.id))


def add_note(area: Area, customer_id: int) -> Any:
    """Write the note that was sent; an empty one is told and not kept."""
    session = db.session()
    customer = customer_service.get_customer(session, customer_id, vendor_id=area.vendor_id)
    form = SchemaForm.from_request(customer_forms.NoteForm)
    if form.is_valid:
        record_service.add_note(
            session,
            customer,
            text=form.value.text,
            author_id=current_user.id,
            author_name=current_user.display_name,
            at=clock.now(),
            vendor_id=area.vendor_id,
        )
    else:
        flash(_("A note needs a text of at most 4000 characters."), "danger")
    return go_to(area.url("customer_detail", customer_id=customer.id))


def delete_note(area: Area, customer_id: int, note_id: int) -> Any:
    """Delete a note."""
    session = db.session()
    customer = customer_service.get_customer(session, customer_id, vendor_id=area.vendor_id)
    record_service.delete_note(session, customer, note_id, vendor_id=area.vendor_id)
    flash(_("The note was deleted."), "success")
    return go_to(area.url("customer_detail", customer_id=customer_id))


def _form_again(
    area: Area, form: SchemaForm[customer_forms.CustomerForm], error: InvalidInput, customer: Any
) -> Any:
    """Show the form with the errors at their fields."""
    if form.is_valid:
        form.add_errors(error.errors)
    return area.render("customer_form.html", form=form, customer=customer), 422
