"""Which notifications reach a person by which channel."""

from typing import Any

from flask import flash, g, render_template, request, url_for
from flask_login import current_user

from modules.messaging.routes.blueprints import admin, vendor
from modules.messaging.services import kind_service, preference_service
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.permissions import requires
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_frontend, current_layout, get_state


@admin.get("/messages/preferences")
@vendor.get("/messages/preferences")
@requires("messaging:notification:read")
def preference_list() -> str:
    """Show the channels of each kind that can reach the person here."""
    kinds = kind_service.list_permitted(get_state(), current_frontend(), g.grants.permissions)
    channels = preference_service.channels_of_kinds(db.session(), current_user.id, current_frontend(), kinds)
    return render_template(
        "messaging/admin/preference_list.html", kinds=kinds, channels=channels, layout=current_layout()
    )


@admin.post("/messages/preferences")
@vendor.post("/messages/preferences")
@requires("messaging:notification:read")
def preference_update() -> Any:
    """Store the choices for the kinds that the page showed."""
    kinds = kind_service.list_permitted(get_state(), current_frontend(), g.grants.permissions)
    in_page, by_mail = set(request.form.getlist("in_page")), set(request.form.getlist("by_mail"))
    choices = {
        kind.code: preference_service.Channels(kind.code in in_page, kind.code in by_mail) for kind in kinds
    }
    preference_service.choose_channels(db.session(), current_user.id, current_frontend(), choices)
    flash(_("Your choice is saved."), "success")
    return go_to(url_for(".preference_list"))
