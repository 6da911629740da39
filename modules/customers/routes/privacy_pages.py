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
from wizamart.web.htmx import go_to


def download(customer_id: int) -> Response:
    """Return what is kept about a customer as a file."""
    return person_file(customer_service.get_customer(db.session(), customer_id))


def person_file(customer: Any) -> Response:
    """Return what is kept about a person as a file."""
    response = jsonify(privacy_service.export_person(db.session(), customer))
    response.headers["Content-Disposition"] = f'attachment; filename="customer-{customer.id}.json"'
    response.headers["Cache-Control"] = "no-store"
    return response


def ask(area: Area, customer_id: int) -> str:
    """Return the page that says what anonymising means."""
    customer = customer_service.get_customer(db.session(), customer_id)
    return area.render("anonymisation.html", customer=customer, refusal="")


def anonymise(area: Area, customer_id: int) -> Any:
    """Take the person out, or say what stands against it."""
    session = db.session()
    customer = customer_service.get_customer(session, customer_id)
    try:
        with session.begin_nested():
            privacy_service.anonymise(session, customer, actor_id=current_user.id, at=clock.now())
    except RuleViolation as refusal:
        return area.render("anonymisation.html", customer=customer, refusal=str(refusal)), refusal.status
    flash(_("The customer was anonymised."), "success")
    return go_to(area.url("customer_list"))
