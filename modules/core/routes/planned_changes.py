"""Modules that are switched at a time that is set."""

from typing import Any

from flask import flash, url_for
from flask_login import current_user

from modules.core.routes.blueprints import admin as bp
from modules.core.routes.context import permissions
from modules.core.routes.modules import module_page
from modules.core.schemas import planned_change as planned_change_forms
from modules.core.services import activation_service, timed_change_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import current_time_zone, format_datetime, gettext as _
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


@bp.post("/modules/<code>/planned-changes")
@requires("core:module:update")
def planned_change_create(code: str) -> Any:
    """Let a module be switched later."""
    form = SchemaForm.from_request(planned_change_forms.PlannedChangeForm)
    try:
        wish = form.validate_or_raise()
        run_at = wish.run_at if wish.run_at.tzinfo else wish.run_at.replace(tzinfo=current_time_zone())
        codes = (code,)
        is_on = wish.way is planned_change_forms.Way.ENABLE
        change = (
            activation_service.Change(enable=codes) if is_on else activation_service.Change(disable=codes)
        )
        timed_change_service.plan_later(
            db.session(),
            current_platform.id,
            change,
            run_at=run_at,
            permissions=permissions(),
            user_id=current_user.id,
        )
    except InvalidInput as error:
        if form.is_valid:
            form.add_errors(error.errors)
        return module_page(code, planned=form), error.status
    flash(_("The change is planned for %(when)s.", when=format_datetime(run_at, "short")), "success")
    return go_to(url_for("core_admin.module_detail", code=code))


@bp.post("/modules/<code>/planned-changes/<int:task_id>/cancellation")
@requires("core:module:update")
def planned_change_cancel(code: str, task_id: int) -> Any:
    """Give a change up that waits for its time."""
    timed_change_service.cancel(db.session(), current_platform.id, task_id, at=clock.now())
    flash(_("The planned change is cancelled."), "success")
    return go_to(url_for("core_admin.module_detail", code=code))
