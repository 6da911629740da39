"""Invoices to vendors, as admins see them."""

from __future__ import annotations  # so that naming a type of a service does not load it

from datetime import date
from typing import Any

from flask import flash, render_template, url_for
from flask_login import current_user

from modules.billing.routes import invoice_table
from modules.billing.routes.blueprints import admin as bp
from modules.billing.schemas import forms
from modules.billing.services import invoice_service, listing_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.exports import export_table
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Table


def _today() -> date:
    return invoice_service.today(db.session(), current_platform.id, clock.now())


@bp.get("/billing-invoices")
@requires("billing:invoice:read")
def invoice_list() -> str:
    """Show the invoices."""
    day = _today()
    options = invoice_table.options(day, with_vendor=True)
    table = Table.from_select(db.session(), listing_service.invoices(), **options)
    return render_template("billing/admin/invoice_list.html", table=table, day=day)


@bp.get("/billing-invoices.csv")
@requires("billing:invoice:read")
def invoice_export() -> Any:
    """Download the invoices."""
    options = invoice_table.export_options(_today())
    return export_table(db.session(), listing_service.invoices(), name="invoices", **options)


@bp.get("/billing-invoices/<int:invoice_id>")
@requires("billing:invoice:read")
def invoice_detail(invoice_id: int) -> str:
    """Show one invoice, ready to be printed."""
    day = _today()
    form = SchemaForm(forms.SettlementForm, values={"paid_on": day})
    return _show(invoice_service.get_invoice(db.session(), invoice_id), form, day)


def _show(invoice: Any, form: SchemaForm[forms.SettlementForm], day: date) -> str:
    return render_template("billing/admin/invoice_detail.html", invoice=invoice, form=form, day=day)


@bp.post("/billing-invoices/<int:invoice_id>/settlement")
@requires("billing:invoice:update")
def invoice_settle(invoice_id: int) -> Any:
    """Write down that it was paid."""
    invoice = invoice_service.get_invoice(db.session(), invoice_id)
    form = SchemaForm.from_request(forms.SettlementForm)
    if not form.is_valid:
        return _show(invoice, form, _today()), 422
    invoice_service.settle(
        db.session(),
        invoice,
        paid_on=form.value.paid_on,
        reference=form.value.reference,
        at=clock.now(),
        actor_id=current_user.id,
    )
    flash(_("Invoice %(number)s is paid.", number=invoice.number), "success")
    return go_to(url_for("billing_admin.invoice_detail", invoice_id=invoice.id))


@bp.post("/billing-invoices/<int:invoice_id>/credit-note")
@requires("billing:invoice:credit")
def credit_note_create(invoice_id: int) -> Any:
    """Take an invoice back."""
    invoice = invoice_service.get_invoice(db.session(), invoice_id)
    note = invoice_service.issue_credit_note(db.session(), invoice, at=clock.now(), actor_id=current_user.id)
    flash(_("Credit note %(number)s is issued.", number=note.number), "success")
    return go_to(url_for("billing_admin.invoice_detail", invoice_id=note.id))
