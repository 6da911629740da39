"""Payments that wait for a provider, as both portals show them: found, looked up, or settled by hand."""

from typing import Any

from flask import flash, request
from flask_login import current_user

from modules.payments import conductor
from modules.payments.exceptions import ProviderSilent
from modules.payments.routes.area import Area
from modules.payments.routes.payment_pages import KEY, load
from modules.payments.schemas import payment as payment_forms
from modules.payments.schemas.ledger import Payee
from modules.payments.services import attempt_service, listing_service, payment_service, reconcile_service
from wizamart import clock
from wizamart.database import db, unit_of_work
from wizamart.exceptions import RuleViolation
from wizamart.i18n import gettext as _, lazy_gettext, ngettext
from wizamart.money import Money
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Table


def show_stuck(area: Area) -> str:
    """Return the payments of which a provider owes an answer."""
    found = listing_service.PAYMENT_EXPRESSIONS
    vendor = Column("vendor", lazy_gettext("Vendor"), sort=found["vendor"])
    query = reconcile_service.stuck_payments(payee=None if area.is_admin else Payee.VENDOR, at=clock.now())
    table = Table.from_select(
        db.session(),
        query,
        columns=[
            Column("created_at", lazy_gettext("Date"), sort=found["created_at"]),
            Column("reference", lazy_gettext("Reference"), sort=found["reference"]),
            *([vendor] if area.is_admin else []),
            Column("gateway", lazy_gettext("Provider"), sort=found["gateway"]),
            Column("waits", lazy_gettext("What is waited for")),
            Column("amount_minor", lazy_gettext("Amount"), sort=found["amount_minor"], align="end"),
        ],
        search=listing_service.PAYMENT_TEXTS,
        default_sort="created_at",
    )
    return area.render("stuck_list.html", table=table)


def look_up(area: Area, payment_id: int) -> Any:
    """Ask the provider now; nothing is held meanwhile."""
    with unit_of_work(read_only=True):
        load(area, payment_id)
    try:
        count = conductor.look_up(payment_id)
    except ProviderSilent as trouble:
        text = _("No answer: %(trouble)s", trouble=trouble.trouble or str(trouble))
        flash(text, "warning")
    else:
        flash(
            ngettext("%(num)d new line was found.", "%(num)d new lines were found.", count)
            if count
            else _("The provider tells nothing new."),
            "success",
        )
    return go_to(area.url("payment_detail", payment_id=payment_id))


def settle(area: Area, payment_id: int, attempt_id: int) -> Any:
    """Write down what somebody knows of a request without an answer."""
    payment = load(area, payment_id)
    attempt_service.settle_by_hand(
        db.session(),
        attempt_id,
        payment_id=payment.id,
        is_done=request.form.get("is_done") == "true",
        actor_id=current_user.id,
        at=clock.now(),
        note=request.form.get("note", "")[:200],
    )
    flash(_("It is written down."), "success")
    return go_to(area.url("payment_detail", payment_id=payment.id))


def show_hand_form(area: Area, payment_id: int, form: Any = None) -> str:
    """Return the form for a refund that was made at the provider itself."""
    payment = load(area, payment_id)
    available = payment.balance.refundable
    form = form or SchemaForm(payment_forms.HandForm, values={"amount": available}, currency=payment.currency)
    return area.render(
        "hand_refund.html", payment=payment, form=form, available=available, key=area.new_key()
    )


def enter_refund(area: Area, payment_id: int) -> Any:
    """Write down a refund that was made at the provider itself."""
    payment = load(area, payment_id)
    form = SchemaForm.from_request(payment_forms.HandForm, currency=payment.currency)
    if form.is_valid:
        try:
            payment_service.enter_refund(
                db.session(),
                payment,
                amount=Money(form.value.amount, payment.currency),
                note=form.value.note,
                idempotency_key=request.form.get(KEY, "")[:64] or area.new_key(),
                actor_id=current_user.id,
                at=clock.now(),
            )
        except RuleViolation as refusal:
            form.add_error("amount", refusal)
        else:
            flash(_("It is written down."), "success")
            return go_to(area.url("payment_detail", payment_id=payment.id))
    return show_hand_form(area, payment_id, form), 422
