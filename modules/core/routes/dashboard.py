"""The dashboards, and what is loaded around every page: badges, notifications, the other platforms."""

from typing import Any

from flask import render_template, request
from flask_login import current_user

from modules.core.routes.blueprints import admin, vendor
from modules.core.routes.context import permissions
from modules.core.services import badge_service, dashboard_service, platform_service
from wizamart.database import db
from wizamart.numbers import whole_number
from wizamart.permissions import requires, signed_in
from wizamart.platform_context import current_platform
from wizamart.web.access import leads_to_closed
from wizamart.web.htmx import is_fragment
from wizamart.web.portal import current_frontend, current_layout, current_vendor_id, get_state
from wizamart.web.templating import current_menu


@admin.get("/")
@vendor.get("/")
@requires("core:dashboard:read")
def dashboard() -> str:
    """Show what the modules in effect have to say."""
    found = dashboard_service.build_dashboard(
        db.session(),
        get_state(),
        platform_id=current_platform.id,
        vendor_id=current_vendor_id(),
        frontend=current_frontend(),
        permissions=permissions(),
        is_closed=leads_to_closed,
    )
    return render_template("core/admin/dashboard.html", dashboard=found, layout=current_layout())


@admin.get("/menu/badges")
@vendor.get("/menu/badges")
@signed_in
def menu_badges() -> str:
    """Return the counts beside the menu's entries and the bell, to be swapped in after the page is there."""
    shown = {link.id for section in current_menu() for link in section.links}
    badges = badge_service.count_badges(
        db.session(),
        get_state(),
        current_frontend(),
        shown=shown,
        platform_id=current_platform.id,
        vendor_id=current_vendor_id(),
    )
    unread = badge_service.read_notifications(db.session(), get_state(), limit=0, **_recipient())["unread"]
    return render_template("core/admin/_badges.html", badges=badges, unread=unread)


@admin.get("/notifications")
@vendor.get("/notifications")
@signed_in
def notification_list() -> str:
    """Show what the person was told."""
    found = badge_service.read_notifications(db.session(), get_state(), limit=50, **_recipient())
    return render_template("core/admin/notification_list.html", found=found, layout=current_layout())


def _recipient() -> dict[str, Any]:
    return {"user_id": current_user.id, "platform_id": current_platform.id}


@admin.get("/platforms/switch")
@signed_in
def platform_switch() -> str:
    """Show the platforms that the person may enter."""
    page = platform_service.list_enterable(
        db.session(),
        user_id=current_user.id,
        is_super_admin=current_user.is_super_admin,
        text=request.args.get("search", ""),
        page=request.args.get("page", 1, type=whole_number),
    )
    template = "_platforms.html" if is_fragment() and "part" not in request.args else "platform_switch.html"
    return render_template(f"core/admin/{template}", page=page, search=request.args.get("search", ""))
