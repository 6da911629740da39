"""The menu editor: a platform's menu for everybody, and one's own."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.core.routes.blueprints import admin, vendor
from modules.core.routes.context import permissions
from modules.core.services import menu_editor_service as editor
from wizamart.auth import user_service
from wizamart.database import db
from wizamart.exceptions import NotAllowed
from wizamart.i18n import gettext as _
from wizamart.module_system import menu_service
from wizamart.module_system.definition import FrontendType
from wizamart.permissions import requires, signed_in
from wizamart.platform_context import current_platform
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_frontend, current_layout, get_state

EDITABLE = (FrontendType.ADMIN, FrontendType.VENDOR)


@admin.get("/menu")
@vendor.get("/menu")
@signed_in
def menu_edit() -> str:
    """Show the menu's entries: one's own, or with `for=admin` or `for=vendor` those of everybody."""
    return _page(_everybodys(request.args.get("for")), None)


def _everybodys(asked: str | None) -> FrontendType | None:
    """Return the frontend whose menu is edited for everybody, or None for one's own."""
    if asked not in EDITABLE or current_frontend() is not FrontendType.ADMIN:
        return None
    if "core:menu:update" not in permissions():
        raise NotAllowed
    return FrontendType(asked)


def _page(everybodys: FrontendType | None, draft: editor.MenuDraft | None) -> str:
    entries = editor.list_editable(
        get_state(),
        everybodys or current_frontend(),
        permissions=None if everybodys else permissions(),
        preferences=None if everybodys else current_user.preferences,
        draft=draft,
    )
    return render_template(
        "core/admin/menu_edit.html",
        entries=entries,
        everybodys=everybodys,
        may_edit_all="core:menu:update" in permissions() and current_frontend() is FrontendType.ADMIN,
        layout=current_layout(),
    )


def _read_draft() -> editor.MenuDraft:
    return editor.MenuDraft.from_form(
        order=request.form.getlist("order"),
        shown=request.form.getlist("shown"),
        pinned=request.form.getlist("pinned"),
        move=request.form.get("move", ""),
        action=request.form.get("action", ""),
    )


@admin.post("/menu")
@vendor.post("/menu")
@signed_in
def menu_update() -> Any:
    """Save one's own menu; a button without script moves one entry and shows the form again."""
    draft = _read_draft()
    if draft.is_move:
        return _page(None, draft)
    user = user_service.get_user_to_change(db.session(), current_user.id)
    user.preferences = menu_service.change_personal_menu(
        user.preferences,
        current_frontend(),
        order=() if draft.is_reset else draft.order,
        hidden=() if draft.is_reset else draft.hidden,
        pinned=() if draft.is_reset else draft.pinned,
    )
    flash(_("Your menu is saved."), "success")
    return go_to(url_for(".menu_edit"))


@admin.post("/menu/<any(admin, vendor):target>")
@requires("core:menu:update")
def menu_platform_update(target: str) -> Any:
    """Save the menu that everybody on the platform gets."""
    draft = _read_draft()
    if draft.is_move:
        return _page(FrontendType(target), draft)
    session, kind = db.session(), FrontendType(target)
    if draft.is_reset:
        menu_service.reset_platform_menu(session, current_platform.id, kind, user_id=current_user.id)
    else:
        menu_service.set_platform_menu(
            session,
            current_platform.id,
            kind,
            order=draft.order,
            hidden=draft.hidden,
            user_id=current_user.id,
        )
    flash(_("The menu is saved for everybody."), "success")
    return go_to(f"{url_for('core_admin.menu_edit')}?for={target}")
