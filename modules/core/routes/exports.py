"""Files of lists that are too long to wait for: asking for one, seeing how far it is, fetching it."""

from typing import Any
from urllib.parse import urlsplit

from flask import Response, current_app, flash, render_template, request, url_for
from flask_login import current_user

from modules.core.exceptions import ExportNotFound
from modules.core.routes.blueprints import admin, vendor
from modules.core.schemas.export import ExportStatus
from modules.core.services import export_service
from wizamart import clock
from wizamart.auth.links import is_safe_path
from wizamart.database import db
from wizamart.exceptions import InvalidInput, NotAllowed
from wizamart.i18n import current_locale, gettext as _
from wizamart.permissions import access_of, can, signed_in
from wizamart.platform_context import current_platform
from wizamart.web.access import find_endpoint
from wizamart.web.downloads import XLSX_TYPE, send_written
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout, current_vendor_id

LONGEST_ADDRESS = 4000


@admin.get("/files")
@vendor.get("/files")
@signed_in
def export_list() -> str:
    """Show the files that the person asked for here."""
    session, at = db.session(), clock.now()
    rows = export_service.list_exports(session, user_id=current_user.id, vendor_id=current_vendor_id(), at=at)
    return render_template(
        "core/exports/export_list.html",
        rows=rows,
        stopped=export_service.list_stopped(session, rows),
        ends_at=export_service.ends_at,
        layout=current_layout(),
    )


@admin.post("/files")
@vendor.post("/files")
@signed_in
def export_create() -> Any:
    """Have the file of a list made."""
    address = request.form.get("address", "")
    row = export_service.create_export(
        db.session(),
        address,
        host_url=request.host_url,
        permission=_permission_behind(address),
        platform_id=current_platform.id,
        vendor_id=current_vendor_id(),
        user_id=current_user.id,
        locale=current_locale(),
        at=clock.now(),
    )
    return go_to(url_for(".export_detail", export_id=row.id))


def _permission_behind(address: str) -> str:
    """Return the permission of the list at an address of this portal.

    :raises InvalidInput: when no list of this portal is there.
    :raises NotAllowed: when the person may not see it.
    """
    is_address = is_safe_path(address) and len(address) <= LONGEST_ADDRESS
    is_here = is_address and urlsplit(address).path.startswith(url_for(".dashboard"))
    endpoint = find_endpoint(address) if is_here else None
    access = access_of(current_app.view_functions[endpoint]) if endpoint else None
    if access is None or access.permission is None:
        raise InvalidInput({"address": [_("This list does not exist.")]})
    if not can(access.permission):
        raise NotAllowed
    return access.permission


@admin.get("/files/<int:export_id>")
@vendor.get("/files/<int:export_id>")
@signed_in
def export_detail(export_id: int) -> str:
    """Show how far a file is."""
    session, row = db.session(), _load(export_id)
    return render_template(
        "core/exports/export_detail.html",
        row=row,
        has_stopped=row.id in export_service.list_stopped(session, [row]),
        percent=export_service.percent_of(session, row),
        ends_at=export_service.ends_at(row),
        layout=current_layout(),
    )


@admin.get("/files/<int:export_id>/content")
@vendor.get("/files/<int:export_id>/content")
@signed_in
def export_file(export_id: int) -> Response:
    """Send a file, to whoever asked for it and may still see the list."""
    row = _load(export_id)
    if row.status != ExportStatus.DONE:
        raise ExportNotFound
    if not can(row.permission):
        raise NotAllowed
    name, _dot, ending = row.file_name.rpartition(".")
    pieces = export_service.read_pieces(db.session(), row)
    return send_written(lambda file: file.writelines(pieces), name=name, ending=ending, media_type=XLSX_TYPE)


@admin.post("/files/<int:export_id>/removal")
@vendor.post("/files/<int:export_id>/removal")
@signed_in
def export_delete(export_id: int) -> Any:
    """Delete a file, or stop making it."""
    export_service.delete_export(db.session(), _load(export_id), at=clock.now())
    flash(_("The file is deleted."), "success")
    return go_to(url_for(".export_list"))


def _load(export_id: int) -> Any:
    return export_service.get_export(
        db.session(), export_id, user_id=current_user.id, vendor_id=current_vendor_id(), at=clock.now()
    )
