"""One person's data, and taking the person out of it."""

from typing import Any

from flask import Response, flash, jsonify
from flask_login import current_user

from modules.customers.routes.area import Area
from modules.customers.services import customer_service, privacy_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import RuleViolation
from wizamart.i18n import gettext as _
from wizamart.platform_context import current_platform
from wizamart.web.htmx import go_to


def download(customer_id: int) -> Response:
    """Return what is kept about a customer as a file."""
    customer = customer_service.get_customer(db.session(), customer_id)
    return person_file(customer, email=_reached(customer))


def person_file(customer: Any, *, email: str | None) -> Response:
    """Return what is kept about a person as a file, with what vendors have entered under the address."""
    told = privacy_service.export_person(db.session(), customer, platform_id=current_platform.id, email=email)
    name = f"customer-{customer.id}" if customer else "customer"
    response = jsonify(told)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _reached(customer: Any) -> str | None:
    """Return the address under which vendors' entries are the same person's: a vendor's entry stands for itself."""
    return customer.email if customer.owner_vendor_id is None else None


def ask(area: Area, customer_id: int) -> str:
    """Return the page that says what anonymising means."""
    return _ask(area, customer_service.get_customer(db.session(), customer_id))


def _ask(area: Area, customer: Any, refusal: str = "") -> str:
    email = _reached(customer)
    entries = privacy_service.list_vendor_entries(db.session(), email) if email else ()
    vendors = [name for _entry, name in entries]
    return area.render("anonymisation.html", customer=customer, vendors=vendors, refusal=refusal)


def anonymise(area: Area, customer_id: int) -> Any:
    """Take the person out, or say what stands against it."""
    session = db.session()
    customer = customer_service.get_customer(session, customer_id)
    try:
        with session.begin_nested():
            privacy_service.anonymise(
                session, customer, actor_id=current_user.id, at=clock.now(), email=_reached(customer)
            )
    except RuleViolation as refusal:
        return _ask(area, customer, str(refusal)), refusal.status
    flash(_("The customer was anonymised."), "success")
    return go_to(area.url("customer_list"))
