"""What a person was told: the list, reading, and going where a notification leads."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.messaging.routes.blueprints import admin, vendor
from modules.messaging.schemas import kinds
from modules.messaging.services import inbox_service
from wizamart import clock
from wizamart.database import db
from wizamart.feature_gate import requires_feature
from wizamart.i18n import gettext as _, lazy_gettext, ngettext
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout, current_vendor_id
from wizamart.web.tables import Column, Filter, Table
from wizamart.web.templating import url_if

COLUMNS = (
    Column("title", lazy_gettext("Notification")),
    Column("created_at", lazy_gettext("When"), sort=inbox_service.CREATED_AT),
    Column("actions", ""),
)
FILTERS = (Filter("unread", lazy_gettext("Unread"), inbox_service.IS_UNREAD, kind="bool"),)


@admin.get("/messages/notifications")
@vendor.get("/messages/notifications")
@requires("messaging:notification:read")
@requires_feature("notifications")
def notification_list() -> str:
    """Show what the person was told in this portal."""
    table = Table.from_select(
        db.session(),
        inbox_service.select_notifications(current_user.id, current_vendor_id()),
        columns=COLUMNS,
        search=(inbox_service.TITLE, inbox_service.BODY),
        filters=FILTERS,
        default_sort="-created_at",
    )
    unread = inbox_service.count_unread(db.session(), current_user.id, vendor_id=current_vendor_id())
    return render_template(
        "messaging/admin/notification_list.html",
        table=table,
        unread=unread,
        kinds=kinds.KIND_BY_CODE,
        layout=current_layout(),
    )


@admin.post("/messages/notifications/reading")
@vendor.post("/messages/notifications/reading")
@requires("messaging:notification:read")
@requires_feature("notifications")
def notification_read_many() -> Any:
    """Mark the chosen notifications read, or all."""
    chosen = set(request.form.getlist("selected", type=whole_number))
    count = inbox_service.mark_all_read(
        db.session(),
        current_user.id,
        vendor_id=current_vendor_id(),
        at=clock.now(),
        only=None if request.form.get("everything") else chosen,
    )
    flash(ngettext("%(num)d notification marked as read.", "%(num)d notifications marked as read.", count))
    return go_to(url_for(".notification_list"))


@admin.post("/messages/notifications/<int:notification_id>/reading")
@vendor.post("/messages/notifications/<int:notification_id>/reading")
@requires("messaging:notification:read")
@requires_feature("notifications")
def notification_read(notification_id: int) -> Any:
    """Mark one read, and go where it leads if that was asked for."""
    notification = inbox_service.get_notification(
        db.session(), notification_id, user_id=current_user.id, vendor_id=current_vendor_id()
    )
    inbox_service.mark_read(notification, at=clock.now())
    if not request.form.get("follow"):
        return go_to(url_for(".notification_list"))
    url = url_if(notification.endpoint, **notification.arguments) if notification.endpoint else None
    if url is None:
        flash(_("The page that this leads to is not available any more."), "warning")
    return go_to(url or url_for(".notification_list"))
