"""Refunds that somebody has to transfer: to whom, the file for the bank, and what became of them."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import Response, flash, request
from flask_login import current_user

from modules.payments.routes.area import Area
from modules.payments.routes.statement_pages import list_accounts
from modules.payments.schemas import transfer as transfer_forms
from modules.payments.services import transfer_service
from modules.payments.statements.exceptions import NoTransfersToWrite
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.numbers import whole_number
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


def _load(area: Area, attempt_id: int) -> transfer_service.TransferToMake:
    return transfer_service.get_open(db.session(), attempt_id, vendor_id=area.vendor_id)


def show_list(area: Area) -> str:
    """Return the transfers to make."""
    transfers = transfer_service.list_open(db.session(), vendor_id=area.vendor_id)
    owing = {one.payment.account_id for one in transfers if one.iban and one.amount.currency == "EUR"}
    accounts = [account for account in list_accounts(area) if account.id in owing]
    return area.render("transfer_list.html", transfers=transfers, accounts=accounts)


def show_edit(
    area: Area, attempt_id: int, form: SchemaForm[transfer_forms.RecipientForm] | None = None
) -> str:
    """Return the form that asks who gets a transfer."""
    transfer = _load(area, attempt_id)
    return area.render(
        "transfer_form.html",
        transfer=transfer,
        form=form or SchemaForm(transfer_forms.RecipientForm, obj=transfer),
    )


def update(area: Area, attempt_id: int) -> Any:
    """Say who gets a transfer."""
    transfer, form = _load(area, attempt_id), SchemaForm.from_request(transfer_forms.RecipientForm)
    if not form.is_valid:
        return show_edit(area, attempt_id, form), 422
    transfer_service.set_recipient(db.session(), transfer, form.value)
    flash(_("The recipient is saved."), "success")
    return go_to(area.url("transfer_list"))


def settle(area: Area, attempt_id: int) -> Any:
    """Write down that a transfer was made, or cannot be."""
    transfer = _load(area, attempt_id)
    is_done = request.form.get("outcome") == "done"
    transfer_service.settle(db.session(), transfer, is_done=is_done, actor_id=current_user.id, at=clock.now())
    text = (
        _("The refund is recorded as transferred.")
        if is_done
        else _("The refund is recorded as not possible.")
    )
    flash(text, "success" if is_done else "warning")
    return go_to(area.url("transfer_list"))


def write_file(area: Area) -> Any:
    """Download the orders to the bank for one account."""
    session, now = db.session(), clock.now()
    chosen = request.form.get("account_id", type=whole_number)
    account = next((one for one in list_accounts(area) if one.id == chosen), None)
    transfers = transfer_service.list_open(session, vendor_id=area.vendor_id)
    if account is None:
        raise NoTransfersToWrite
    own = [one for one in transfers if one.payment.account_id == account.id]
    content = transfer_service.write_file(session, own, account, at=now)
    response = Response(content, mimetype="application/xml")
    response.headers["Content-Disposition"] = f'attachment; filename="pain001-{now:%Y%m%d-%H%M}.xml"'
    response.headers["Cache-Control"] = "no-store"
    return response
