"""One entry of a bank statement: what it is, what it may pay, and what is done with it."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, request
from flask_login import current_user

from modules.payments.routes.area import Area
from modules.payments.schemas import transfer as transfer_forms
from modules.payments.services import listing_service, matching_service
from modules.payments.statements.states import EntryState
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import RuleViolation
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.numbers import whole_number
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Table


def _load(area: Area, entry_id: int) -> Any:
    return matching_service.get_entry(db.session(), entry_id, vendor_id=area.vendor_id)


def show(
    area: Area,
    entry_id: int,
    form: SchemaForm[transfer_forms.SetAsideForm] | None = None,
    refusal: object = "",
) -> str:
    """Return the page of an entry; while it waits, with the payments it can be matched with."""
    entry = _load(area, entry_id)
    is_waiting = entry.state_of in {EntryState.OPEN, EntryState.PROPOSED}
    payment = entry.payment
    return area.render(
        "entry_detail.html",
        entry=entry,
        payment=payment,
        overpaid=matching_service.overpaid_minor(payment) if payment else 0,
        is_waiting=is_waiting,
        candidates=_candidates(entry) if is_waiting else None,
        form=form or SchemaForm(transfer_forms.SetAsideForm),
        refusal=refusal,
    )


def _candidates(entry: Any) -> Table:
    sorts = listing_service.PAYMENT_EXPRESSIONS
    return Table.from_select(
        db.session(),
        matching_service.build_candidates(entry),
        columns=[
            Column("created_at", lazy_gettext("Date"), sort=sorts["created_at"]),
            Column("reference", lazy_gettext("Reference"), sort=sorts["reference"]),
            Column("vendor", lazy_gettext("Vendor")),
            Column("status", lazy_gettext("Status")),
            Column("amount_minor", lazy_gettext("Amount"), sort=sorts["amount_minor"], align="end"),
            Column("match", ""),
        ],
        search=[*listing_service.PAYMENT_TEXTS],
    )


def match(area: Area, entry_id: int) -> Any:
    """Book an entry to a payment; a refusal stands above the page."""
    entry = _load(area, entry_id)
    try:
        matching_service.match(
            db.session(),
            entry,
            payment_id=request.form.get("payment_id", 0, type=whole_number),
            vendor_id=area.vendor_id,
            actor_id=current_user.id,
            at=clock.now(),
        )
    except RuleViolation as refusal:
        return show(area, entry_id, refusal=refusal), 409
    flash(_("The entry is matched."), "success")
    return _go_on(area, entry)


def unmatch(area: Area, entry_id: int) -> Any:
    """Undo a match."""
    entry = _load(area, entry_id)
    try:
        matching_service.unmatch(
            db.session(), entry, vendor_id=area.vendor_id, actor_id=current_user.id, at=clock.now()
        )
    except RuleViolation as refusal:
        return show(area, entry_id, refusal=refusal), 409
    flash(_("The match is undone."), "success")
    return _go_on(area, entry)


def set_aside(area: Area, entry_id: int) -> Any:
    """Set an entry aside with a reason."""
    entry, form = _load(area, entry_id), SchemaForm.from_request(transfer_forms.SetAsideForm)
    if not form.is_valid:
        return show(area, entry_id, form), 422
    try:
        matching_service.ignore(
            db.session(),
            entry,
            reason=form.value.reason,
            vendor_id=area.vendor_id,
            actor_id=current_user.id,
            at=clock.now(),
        )
    except RuleViolation as refusal:
        return show(area, entry_id, refusal=refusal), 409
    flash(_("The entry is set aside."), "success")
    return _go_on(area, entry)


def restore(area: Area, entry_id: int) -> Any:
    """Take an entry back that was set aside."""
    entry = _load(area, entry_id)
    matching_service.restore(db.session(), entry, vendor_id=area.vendor_id)
    flash(_("The entry waits to be matched again."), "success")
    return _go_on(area, entry)


def _go_on(area: Area, entry: Any) -> Any:
    return go_to(area.url("entry_detail", entry_id=entry.id))
