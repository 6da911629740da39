"""The vendor's imports: upload, preview, progress, what became of each line."""

from typing import Any
from urllib.parse import urljoin

import flask
from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.inventory.routes.blueprints import vendor as bp
from modules.inventory.schemas.states import ImportStatus, Verdict
from modules.inventory.services import export_service, import_service, location_service
from modules.inventory.services.export_formats import FORMATS
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import current_locale, gettext as _, lazy_gettext, lazy_pgettext
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.csv_export import csv_response
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Table

FIRST_LINES = 10
SHOWN_REFUSALS = 50


@bp.get("/imports")
@requires("inventory:import:read")
def import_list() -> str:
    """Show the vendor's imports, and the form that begins another one."""
    table = Table.from_select(
        db.session(),
        import_service.select_imports(),
        columns=[
            Column("file_name", lazy_gettext("File")),
            Column("status", lazy_gettext("Status")),
            Column("lines", lazy_pgettext("file", "Lines"), align="end"),
            Column("created_at", lazy_gettext("Uploaded"), sort=import_service.CREATED_AT),
        ],
        default_sort="-created_at",
    )
    labels = {state.value: state.label for state in ImportStatus}
    return render_template(
        "inventory/vendor/import_list.html", table=table, status_labels=labels, formats=FORMATS
    )


@bp.get("/exports/<any(own, woocommerce, shopify, google):code>")
@requires("inventory:product:read")
def export_file(code: str) -> flask.Response:
    """Send the catalogue as a file of this kind."""
    known = FORMATS[code]
    rows = export_service.list_export_rows(
        db.session(),
        vendor_id=current_vendor.id,
        code=code,
        address_of=lambda product: url_for(
            "inventory_storefront.product_detail", slug=product.slug, _external=True
        ),
        picture_of=lambda address: urljoin(request.host_url, address),
    )
    columns = [Column(name, name, value=lambda row, name=name: row[name]) for name in known.columns]
    ending = "tsv" if known.delimiter == "\t" else "csv"
    return csv_response(f"{code}-{current_vendor.code}.{ending}", columns, rows, delimiter=known.delimiter)


@bp.get("/imports/new")
@requires("inventory:import:create")
def import_new() -> str:
    """Ask for a file."""
    return _upload_page({})


@bp.post("/imports")
@requires("inventory:import:create")
def import_create() -> Any:
    """Keep the file and have it read."""
    session, now, sent = db.session(), clock.now(), request.files.get("file")
    if sent is None or not sent.filename:
        return _upload_page({"file": [_("Choose a file.")]}), 422
    chosen = request.form.get("location_id", type=whole_number)
    try:
        row = import_service.create_import(
            session,
            iter(lambda: sent.stream.read(import_service.CHUNK_BYTES), b""),
            file_name=sent.filename,
            location_id=chosen
            or location_service.get_default_location(session, vendor_id=current_vendor.id, at=now).id,
            platform_id=current_platform.id,
            vendor_id=current_vendor.id,
            user_id=current_user.id,
            locale=str(current_locale()),
            at=now,
        )
    except InvalidInput as error:
        return _upload_page(error.errors), 422
    return go_to(url_for("inventory_vendor.import_detail", import_id=row.id))


def _upload_page(errors: dict[str, list[str]]) -> str:
    locations = location_service.list_locations(db.session())
    choices = [(one.id, one.name) for one in locations]
    return render_template(
        "inventory/vendor/import_new.html", errors=errors, locations=locations, location_choices=choices
    )


@bp.get("/imports/<int:import_id>")
@requires("inventory:import:read")
def import_detail(import_id: int) -> str:
    """Show how far an import is, what it would do, or what it did."""
    session = db.session()
    row = import_service.get_import(session, import_id)
    state = ImportStatus(row.status)
    context: dict[str, Any] = {
        "row": row,
        "state": state,
        "counts": row.counts,
        "has_stopped": import_service.has_stopped(session, row),
        "percent": import_service.percent_of(row),
    }
    if not state.is_running and state is not ImportStatus.REFUSED:
        context |= _preview(row)
    return render_template("inventory/vendor/import_detail.html", **context)


def _preview(row: Any) -> dict[str, Any]:
    """Return the first lines of the file, and the first that are refused."""
    session, refused = db.session(), Verdict.REFUSED
    found = import_service.list_lines(session, row.id, verdict=refused, limit=SHOWN_REFUSALS)
    return {
        "lines": import_service.list_lines(session, row.id, limit=FIRST_LINES).all(),
        "refused": found.all(),
        "verdict_labels": {verdict.value: verdict.label for verdict in Verdict},
        "format_name": import_service.name_of_format(row.format),
    }


@bp.post("/imports/<int:import_id>/application")
@requires("inventory:import:create")
def import_apply(import_id: int) -> Any:
    """Bring the file in."""
    row = import_service.get_import(db.session(), import_id)
    import_service.start_applying(
        db.session(),
        row,
        is_all_or_nothing=request.form.get("mode") == "all",
        locale=str(current_locale()),
        at=clock.now(),
    )
    return go_to(url_for("inventory_vendor.import_detail", import_id=row.id))


@bp.post("/imports/<int:import_id>/cancellation")
@requires("inventory:import:create")
def import_cancel(import_id: int) -> Any:
    """Stop the work on a file, or drop it."""
    row = import_service.get_import(db.session(), import_id)
    import_service.cancel(db.session(), row, at=clock.now())
    flash(_("The import was cancelled."), "success")
    return go_to(url_for("inventory_vendor.import_detail", import_id=row.id))


@bp.post("/imports/<int:import_id>/continuation")
@requires("inventory:import:create")
def import_resume(import_id: int) -> Any:
    """Go on where the work has stopped."""
    row = import_service.get_import(db.session(), import_id)
    import_service.resume(db.session(), row, at=clock.now())
    return go_to(url_for("inventory_vendor.import_detail", import_id=row.id))


@bp.get("/imports/<int:import_id>/refused.csv")
@requires("inventory:import:read")
def import_refused(import_id: int) -> flask.Response:
    """Send the refused lines with their numbers and reasons."""
    row = import_service.get_import(db.session(), import_id)
    columns = [
        Column("number", lazy_gettext("Line")),
        Column("sku", lazy_gettext("SKU")),
        Column("title", lazy_gettext("Product")),
        Column("reason", lazy_gettext("Reason")),
    ]
    lines = import_service.list_lines(db.session(), row.id, verdict=Verdict.REFUSED)
    return csv_response(f"refused-{row.id}.csv", columns, lines)
