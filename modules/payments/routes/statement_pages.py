"""Bank statements as both portals show them: upload, a look at what is in a file, and what became of it."""

from typing import Any, Final

import sqlalchemy as sa
from flask import flash, request
from flask_login import current_user

from modules.payments.routes.area import Area
from modules.payments.services import account_service, matching_service, statement_service, transfer_service
from modules.payments.statements.csv_columns import Role
from modules.payments.statements.exceptions import StatementRefused
from modules.payments.statements.states import EntryState, FileStatus
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _, lazy_gettext, lazy_pgettext
from wizamart.numbers import whole_number
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Filter, Table

GATEWAY: Final = "bank_transfer"
PREFIX: Final = "column."


def _load(area: Area, statement_id: int) -> Any:
    return statement_service.get_statement(db.session(), statement_id, vendor_id=area.vendor_id)


def list_accounts(area: Area) -> list[Any]:
    """Return the bank accounts of this portal."""
    query = account_service.build_query(vendor_id=area.vendor_id)
    accounts = db.session().scalars(query.order_by(sa.text("payments_accounts.id")))
    return [account for account in accounts if account.gateway == GATEWAY]


def show_list(area: Area) -> str:
    """Return the files that were uploaded, and how much there is to do."""
    session, sorts = db.session(), matching_service.STATEMENT_SORTS
    table = Table.from_select(
        session,
        statement_service.build_query(vendor_id=area.vendor_id),
        columns=[
            Column("file_name", lazy_pgettext("bank statement", "File"), sort=sorts["file_name"]),
            Column("period", lazy_gettext("Period"), sort=sorts["from_on"]),
            Column("account", lazy_gettext("Account")),
            Column("status", lazy_gettext("Status"), sort=sorts["status"]),
            Column("entries_count", lazy_gettext("Entries"), align="end"),
            Column("created_at", lazy_gettext("Uploaded"), sort=sorts["created_at"]),
        ],
        search=[sorts["file_name"]],
        filters=[
            Filter(
                "status",
                lazy_gettext("Any status"),
                sorts["status"],
                choices=[(s.value, s.label) for s in FileStatus],
            )
        ],
        default_sort="-created_at",
    )
    return area.render(
        "statement_list.html",
        table=table,
        accounts=list_accounts(area),
        to_match=matching_service.count_to_match(session, vendor_id=area.vendor_id),
        to_transfer=transfer_service.count_open(session, vendor_id=area.vendor_id),
    )


def show_new(area: Area, errors: dict[str, list[str]] | None = None) -> str:
    """Return the form that asks for a file."""
    chosen = request.form.get("account_id", type=whole_number)
    return area.render(
        "statement_new.html", accounts=list_accounts(area), errors=errors or {}, account_id=chosen
    )


def create(area: Area) -> Any:
    """Keep a file and show what is in it."""
    sent = request.files.get("file")
    accounts = {account.id: account for account in list_accounts(area)}
    account = accounts.get(request.form.get("account_id", -1, type=whole_number))
    errors: dict[str, list[str]] = {}
    if account is None:
        errors["account_id"] = [_("Choose a bank account.")]
    if sent is None or not sent.filename:
        errors["file"] = [_("Choose a file.")]
    if account is None or sent is None or errors:
        return show_new(area, errors), 422
    try:
        statement = statement_service.create_statement(
            db.session(),
            sent.stream.read(),
            account=account,
            file_name=sent.filename or "",
            actor_id=current_user.id,
            at=clock.now(),
        )
    except StatementRefused as refusal:
        return show_new(area, dict(refusal.errors)), 422
    if statement.status == FileStatus.DONE:
        flash(_("This very file was taken in before. Nothing was added."), "warning")
    return go_to(area.url("statement_detail", statement_id=statement.id))


def show(area: Area, statement_id: int, errors: dict[str, list[str]] | None = None) -> str:
    """Return a file: what would be taken in, or the entries that it brought."""
    statement = _load(area, statement_id)
    if statement.status == FileStatus.WAITING:
        found = statement_service.layout_of(statement)
        return area.render(
            "statement_preview.html",
            statement=statement,
            entries=statement_service.preview(statement),
            layout=found[0] if found else None,
            samples=found[1] if found else {},
            roles=[(role.value, role.label) for role in Role],
            errors=errors or {},
        )
    query = matching_service.build_query(vendor_id=area.vendor_id)
    table = _entry_table(query.where(matching_service.is_of_statement(statement.id)))
    return area.render("statement_detail.html", statement=statement, table=table)


def set_columns(area: Area, statement_id: int) -> Any:
    """Take what somebody said about the columns of a CSV."""
    statement = _load(area, statement_id)
    said = {name.removeprefix(PREFIX): role for name, role in request.form.items() if name.startswith(PREFIX)}
    try:
        statement_service.set_columns(db.session(), statement, said)
    except StatementRefused as refusal:
        db.session().rollback()
        return show(area, statement_id, dict(refusal.errors)), 422
    return go_to(area.url("statement_detail", statement_id=statement_id))


def take_in(area: Area, statement_id: int) -> Any:
    """Take a file in."""
    statement = _load(area, statement_id)
    try:
        statement_service.begin(db.session(), statement, actor_id=current_user.id, at=clock.now())
    except StatementRefused as refusal:
        return show(area, statement_id, dict(refusal.errors)), 422
    if statement.status == FileStatus.DONE:
        flash(_("The statement is taken in."), "success")
    return go_to(area.url("statement_detail", statement_id=statement_id))


def delete(area: Area, statement_id: int) -> Any:
    """Forget a file that was not taken in."""
    statement_service.discard(db.session(), _load(area, statement_id))
    flash(_("The file is discarded. Nothing was taken in."), "success")
    return go_to(area.url("statement_list"))


def show_entries(area: Area) -> str:
    """Return the entries of all statements: those that wait for somebody first."""
    return area.render(
        "entry_list.html", table=_entry_table(matching_service.build_query(vendor_id=area.vendor_id))
    )


def _entry_table(query: Any) -> Table:
    sorts = matching_service.ENTRY_SORTS
    return Table.from_select(
        db.session(),
        query,
        columns=[
            Column("booked_on", lazy_gettext("Booked"), sort=sorts["booked_on"]),
            Column("name", lazy_gettext("From or to"), sort=sorts["name"]),
            Column("text", lazy_pgettext("bank statement", "Text")),
            Column("state", lazy_gettext("Status"), sort=[sorts["work"], sorts["booked_on"]]),
            Column("amount_minor", lazy_gettext("Amount"), sort=sorts["amount_minor"], align="end"),
        ],
        search=[sorts[name] for name in ("name", "text", "reference", "iban")],
        filters=[
            Filter(
                "state",
                lazy_gettext("Any status"),
                sorts["state"],
                choices=[(s.value, s.label) for s in EntryState],
            ),
            Filter("booked_on", lazy_gettext("Booked"), sorts["booked_on"], kind="date_range"),
        ],
        default_sort="state",
    )
