"""Imports as both portals show them: upload, preview, columns, progress, what became of each line."""

from typing import Any

import flask
from flask import request
from flask_login import current_user

from modules.customers.routes.area import Area
from modules.customers.schemas.import_columns import ImportField
from modules.customers.schemas.import_state import ImportStatus, Verdict
from modules.customers.services import import_service
from wizamart import clock, queue
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import current_locale, gettext as _, lazy_gettext, lazy_pgettext
from wizamart.platform_context import current_platform
from wizamart.web.csv_export import csv_response
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Table

FIRST_LINES = 10
SHOWN_REFUSALS = 50


def show_list(area: Area) -> str:
    """Return the imports."""
    query = import_service.build_query(vendor_id=area.vendor_id)
    table = Table.from_select(
        db.session(),
        query,
        columns=[
            Column("file_name", lazy_gettext("File")),
            Column("status", lazy_gettext("Status")),
            Column("lines", lazy_pgettext("file", "Lines"), align="end"),
            Column("created_at", lazy_gettext("Uploaded"), sort=query.selected_columns.created_at),
        ],
        default_sort="-created_at",
    )
    return area.render("import_list.html", table=table, statuses=ImportStatus)


def show_new(area: Area, errors: dict[str, list[str]] | None = None) -> str:
    """Return the form for a file."""
    return area.render("import_new.html", errors=errors or {})


def create(area: Area) -> Any:
    """Keep the file and have it read."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return show_new(area, {"file": [_("Choose a file.")]}), 422
    try:
        row = import_service.create_import(
            db.session(),
            iter(lambda: sent.stream.read(import_service.CHUNK_BYTES), b""),
            file_name=sent.filename,
            platform_id=current_platform.id,
            vendor_id=area.vendor_id,
            user_id=current_user.id,
            locale=str(current_locale()),
            at=clock.now(),
        )
    except InvalidInput as error:
        return show_new(area, error.errors), 422
    return go_to(area.url("import_detail", import_id=row.id))


def show(area: Area, import_id: int, errors: dict[str, list[str]] | None = None) -> str:
    """Return how far an import is, what it would do, or what it did."""
    session = db.session()
    row = import_service.get_import(session, import_id, vendor_id=area.vendor_id)
    state = ImportStatus(row.status)
    refused = import_service.list_lines(session, row.id, verdict=Verdict.REFUSED, limit=SHOWN_REFUSALS)
    return area.render(
        "import_detail.html",
        row=row,
        state=state,
        has_stopped=state.is_running and row.task_id is not None and queue.has_stopped(session, row.task_id),
        percent=int(100 * row.applied_lines / row.lines)
        if state is ImportStatus.APPLYING and row.lines
        else None,
        refused=[] if state.is_running else refused.all(),
        lines=[] if state.is_running else import_service.list_lines(session, row.id, limit=FIRST_LINES).all(),
        verdicts=Verdict,
        fields=ImportField,
        errors=errors or {},
    )


def choose_columns(area: Area, import_id: int) -> Any:
    """Read the file again with the fields that were chosen."""
    session = db.session()
    row = import_service.get_import(session, import_id, vendor_id=area.vendor_id)
    fields = [request.form.get(f"column-{number}", "") for number in range(len(row.columns))]
    try:
        import_service.choose_columns(session, row, fields, locale=str(current_locale()))
    except InvalidInput as error:
        return show(area, import_id, error.errors), 422
    return go_to(area.url("import_detail", import_id=row.id))


def apply(area: Area, import_id: int) -> Any:
    """Bring the file in."""
    session = db.session()
    row = import_service.get_import(session, import_id, vendor_id=area.vendor_id)
    import_service.start_applying(
        session,
        row,
        is_all_or_nothing=request.form.get("mode") == "all",
        consent_source=request.form.get("consent_source", ""),
        locale=str(current_locale()),
        at=clock.now(),
    )
    return go_to(area.url("import_detail", import_id=row.id))


def export_refused(area: Area, import_id: int) -> flask.Response:
    """Return the refused lines with their numbers and reasons."""
    row = import_service.get_import(db.session(), import_id, vendor_id=area.vendor_id)
    columns = [
        Column("number", lazy_gettext("Line")),
        Column("email", ImportField.EMAIL.label),
        Column("name", ImportField.NAME.label),
        Column("reason", lazy_gettext("Reason")),
    ]
    lines = import_service.list_lines(db.session(), row.id, verdict=Verdict.REFUSED)
    return csv_response(f"refused-{row.id}.csv", columns, lines)
