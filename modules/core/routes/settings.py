"""The settings of a platform."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.core.exceptions import SettingsChanged
from modules.core.routes.blueprints import admin as bp
from modules.core.schemas import settings as settings_forms
from modules.core.services import settings_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


@bp.get("/settings")
@requires("core:settings:read")
def settings_edit() -> str:
    """Show the platform's settings."""
    platform = settings_service.get_platform(db.session(), current_platform.id)
    form = SchemaForm(
        settings_forms.PlatformSettings,
        values=settings_service.read_values(platform),
        choices=settings_service.list_choices(),
    )
    return _page(form)


def _page(form: SchemaForm[settings_forms.PlatformSettings], notice: str = "") -> str:
    platform = settings_service.get_platform(db.session(), current_platform.id)
    version = settings_service.version_of(platform)
    return render_template("core/admin/settings_edit.html", form=form, version=version, notice=notice)


@bp.post("/settings")
@requires("core:settings:update")
def settings_update() -> Any:
    """Save them, unless somebody else did meanwhile."""
    form = SchemaForm.from_request(settings_forms.PlatformSettings, choices=settings_service.list_choices())
    try:
        settings_service.update_settings(
            db.session(),
            current_platform.id,
            form.value,
            version=request.form.get("version", ""),
            actor_id=current_user.id,
            at=clock.now(),
        )
    except SettingsChanged as error:
        return _page(form, str(error)), error.status
    except InvalidInput as error:
        if form.is_valid:
            form.add_errors(error.errors)
        return _page(form), error.status
    flash(_("The settings are saved."), "success")
    return go_to(url_for("core_admin.settings_edit"))
