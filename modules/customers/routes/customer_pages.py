"""What the pages of admins and of vendors share: forms, profile, notes."""

from typing import Any

from flask import Response, flash, jsonify, render_template, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from modules.customers.schemas.country import country_choices, country_name
from modules.customers.schemas.customer import CustomerForm, NoteForm
from modules.customers.services import customer_service, privacy_service, record_service, timeline_service
from wizamart import clock
from wizamart.exceptions import InvalidInput
from wizamart.i18n import available_locales, gettext as _, language_name, lazy_gettext
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to

SOURCES = {
    "admin": lazy_gettext("entered by an admin"),
    "vendor": lazy_gettext("entered by a vendor"),
    "storefront": lazy_gettext("by the customer"),
}


def form_options() -> dict[str, Any]:
    """Return the choices that a customer's form needs."""
    return {
        "choices": {
            "addresses.country": country_choices(),
            "locale": available_locales(),
        }
    }


def profile_values(session: Session, customer: Any, *, vendor_id: int | None = None) -> dict[str, Any]:
    """Return what a form shows of a customer."""
    names = ("recipient", "company", "line1", "line2", "postal_code", "city", "country")
    return {
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "locale": customer.locale,
        "marketing_consent": customer.marketing_consent,
        "addresses": [{name: getattr(address, name) for name in names} for address in customer.addresses],
        "tags": record_service.tags_of(session, [customer.id], vendor_id=vendor_id)[customer.id],
    }


def show_detail(session: Session, template: str, customer_id: int, *, vendor_id: int | None = None) -> str:
    """Render a customer's profile."""
    customer = customer_service.get_customer(session, customer_id, vendor_id=vendor_id)
    return render_template(
        template,
        customer=customer,
        tags=record_service.tags_of(session, [customer.id], vendor_id=vendor_id)[customer.id],
        notes=record_service.list_notes(session, customer, vendor_id=vendor_id),
        consents=record_service.list_consents(session, customer),
        entries=timeline_service.list_entries(
            session, platform_id=customer.platform_id, customer_id=customer.id
        ),
        is_editable=not customer.is_anonymised
        and (vendor_id is None or customer_service.is_vendors_own(session, customer, vendor_id=vendor_id)),
        note_form=SchemaForm(NoteForm),
        country_name=country_name,
        language_name=language_name,
        sources=SOURCES,
    )


def create(session: Session, template: str, frontend: str, *, platform_id: int, vendor_id: int | None) -> Any:
    """Create the customer that a form describes, or show the form with what is wrong."""
    form = SchemaForm.from_request(CustomerForm, **form_options())
    try:
        customer = customer_service.create_customer(
            session,
            form.validate_or_raise(),
            platform_id=platform_id,
            vendor_id=vendor_id,
            at=clock.now(),
            actor_id=current_user.id,
            source=frontend,
        )
    except InvalidInput as error:
        return _form_again(template, form, error)
    flash(_("%(name)s was added.", name=customer.name), "success")
    return go_to(url_for(f"customers_{frontend}.customer_detail", customer_id=customer.id))


def update(session: Session, template: str, frontend: str, customer_id: int, *, vendor_id: int | None) -> Any:
    """Change a customer as a form says, or show the form with what is wrong."""
    customer = customer_service.get_customer(session, customer_id, vendor_id=vendor_id)
    form = SchemaForm.from_request(CustomerForm, **form_options())
    try:
        customer_service.update_customer(
            session,
            customer,
            form.validate_or_raise(),
            at=clock.now(),
            actor_id=current_user.id,
            source=frontend,
            vendor_id=vendor_id,
        )
    except InvalidInput as error:
        return _form_again(template, form, error, customer=customer)
    flash(_("The changes were saved."), "success")
    return go_to(url_for(f"customers_{frontend}.customer_detail", customer_id=customer.id))


def add_note(session: Session, frontend: str, customer_id: int, *, vendor_id: int | None = None) -> Any:
    """Write the note that was sent; an empty one is told and not kept."""
    customer = customer_service.get_customer(session, customer_id, vendor_id=vendor_id)
    form = SchemaForm.from_request(NoteForm)
    if form.is_valid:
        record_service.add_note(
            session,
            customer,
            text=form.value.text,
            author_id=current_user.id,
            author_name=current_user.display_name,
            at=clock.now(),
            vendor_id=vendor_id,
        )
    else:
        flash(_("A note needs a text of at most 4000 characters."), "danger")
    return go_to(url_for(f"customers_{frontend}.customer_detail", customer_id=customer.id))


def delete_note(
    session: Session, frontend: str, customer_id: int, note_id: int, *, vendor_id: int | None = None
) -> Any:
    """Delete a note."""
    customer = customer_service.get_customer(session, customer_id, vendor_id=vendor_id)
    record_service.delete_note(session, customer, note_id, vendor_id=vendor_id)
    flash(_("The note was deleted."), "success")
    return go_to(url_for(f"customers_{frontend}.customer_detail", customer_id=customer_id))


def person_download(session: Session, customer: Any) -> Response:
    """Return what is kept about a person as a file."""
    response = jsonify(privacy_service.export_person(session, customer))
    response.headers["Content-Disposition"] = f'attachment; filename="customer-{customer.id}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _form_again(template: str, form: SchemaForm[Any], error: InvalidInput, **context: Any) -> Any:
    """Show the form with the errors at their fields."""
    if form.is_valid:
        form.add_errors(error.errors)
    return render_template(template, form=form, **context), 422
