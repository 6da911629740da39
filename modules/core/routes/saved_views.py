"""Saving and forgetting one's own views of lists."""

from typing import Any

from flask import flash, request, url_for
from flask_login import current_user

from modules.core.routes.blueprints import admin, vendor
from modules.core.services import saved_view_service
from wizamart.auth.links import is_safe_path
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.invisible import shows_nothing
from wizamart.permissions import signed_in
from wizamart.platform_context import current_platform
from wizamart.web.htmx import go_to

LONGEST_PATH = 200


@admin.post("/views")
@vendor.post("/views")
@signed_in
def saved_view_create() -> Any:
    """Keep the list's present search, filters and order under a name."""
    path, name = _list_path(), request.form.get("name", "").strip()
    if shows_nothing(name):
        raise InvalidInput({"name": [_("Give the view a name.")]})
    view = saved_view_service.save_view(
        db.session(),
        current_user.id,
        platform_code=current_platform.code,
        path=path,
        name=name,
        query=request.form.get("query", ""),
    )
    flash(_("The view “%(name)s” is saved.", name=view.name), "success")
    return go_to(f"{path}?{view.query}" if view.query else path)


@admin.post("/views/removal")
@vendor.post("/views/removal")
@signed_in
def saved_view_delete() -> Any:
    """Forget one of the list's views."""
    path, name = _list_path(), request.form.get("name", "")
    saved_view_service.delete_view(
        db.session(), current_user.id, platform_code=current_platform.code, path=path, name=name
    )
    flash(_("The view “%(name)s” is deleted.", name=name), "success")
    return go_to(path)


def _list_path() -> str:
    """Return the address of the list that the form names.

    :raises InvalidInput: unless it lies in this portal, so that nobody is led elsewhere.
    """
    path = request.form.get("path", "")
    is_address = is_safe_path(path) and not set("?#") & set(path) and len(path) <= LONGEST_PATH
    if not is_address or not path.startswith(url_for(".dashboard")):
        raise InvalidInput({"path": [_("This list does not exist.")]})
    return path
