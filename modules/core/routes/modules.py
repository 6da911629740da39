"""The modules page, a module's own page, its configuration, and its health."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import current_app, flash, render_template, request, url_for
from flask_login import current_user
from pydantic import BaseModel

from modules.core.routes.blueprints import admin as bp
from modules.core.routes.cards import render_cards, render_picture
from modules.core.routes.context import known_health, permissions
from modules.core.schemas import planned_change as planned_change_forms
from modules.core.services import (
    activation_service,
    history_service,
    module_service,
    overview_service,
    preset_service,
    timed_change_service,
)
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.module_system import config_service
from wizamart.module_system.exceptions import StaleConfiguration
from wizamart.module_system.manager import current_manager
from wizamart.observability.health import HealthRegistry
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.portal import get_state

HTTP_CONFLICT = 409


def list_cards(rows: overview_service.Rows | None = None) -> list[overview_service.ModuleCard]:
    """Return the card of every module as it stands in the request's state."""
    granted = permissions()
    if rows is None:
        rows = overview_service.read_rows(db.session(), current_platform.id)
    return overview_service.build_cards(
        current_manager().registry,
        get_state(),
        rows,
        may_update="core:module:update" in granted,
        may_update_internal=activation_service.INTERNAL_PERMISSION in granted,
        health=known_health(),
    )


@bp.get("/modules")
@requires("core:module:read")
def module_list() -> str:
    """Show every module with its switch."""
    filters = overview_service.Filters(
        text=request.args.get("search", "")[:200],
        state=request.args.get("state", ""),
        tier=request.args.get("tier", ""),
        hide_core="hide_core" in request.args,
    )
    cards = list_cards()
    registry, state = current_manager().registry, get_state()
    return render_template(
        "core/admin/module_list.html",
        filters=filters,
        groups=render_cards(overview_service.narrow(cards, filters), state),
        shown=len(overview_service.narrow(cards, filters)),
        counts=overview_service.count_by_state(cards),
        missing=overview_service.list_missing(registry, state),
        presets=preset_service.list_presets(registry),
        picture=render_picture(state),
    )


@bp.get("/modules/health")
@requires("core:module:read")
def module_health() -> str:
    """Ask the modules how they are; the page loads this after itself, so a slow check slows nobody."""
    health: HealthRegistry = current_app.extensions["health"]
    health.run()
    return render_template("core/admin/_health_dots.html", health=known_health())


@bp.get("/modules/<code>")
@requires("core:module:read")
def module_detail(code: str) -> str:
    """Show one module."""
    return module_page(code)


def module_page(
    code: str,
    form: SchemaForm[BaseModel] | None = None,
    notice: str = "",
    *,
    planned: SchemaForm[planned_change_forms.PlannedChangeForm] | None = None,
) -> str:
    """Return a module's page, with the forms as they were sent where one was refused."""
    session, state = db.session(), get_state()
    if form is None and current_manager().registry[code].config_schema is not None:
        config = config_service.get_module_config(session, current_platform.id, code)
        form = SchemaForm(type(config), obj=config, currency=current_platform.currency)
    way = planned_change_forms.Way.DISABLE if code in state.wanted else planned_change_forms.Way.ENABLE
    return render_template(
        "core/admin/module_detail.html",
        card=next(card for card in list_cards() if card.code == code),
        facts=module_service.describe(state, code),
        links=module_service.list_links(session, state, code),
        form=form,
        planned_form=planned or SchemaForm(planned_change_forms.PlannedChangeForm, values={"way": way}),
        planned=timed_change_service.list_planned(session, current_platform.id, code=code),
        notice=notice,
        version=module_service.config_version(state, code),
        faults=config_service.config_faults(session, current_platform.id, code) if form else [],
        operations=history_service.recent_operations(session, current_platform.id, module=code),
        migrations=module_service.migration_status(code),
    )


@bp.post("/modules/<code>/configuration")
@requires("core:module:update")
def module_config_update(code: str) -> Any:
    """Save a module's configuration, unless somebody else did meanwhile."""
    session, state = db.session(), get_state()
    config = config_service.get_module_config(session, current_platform.id, code)
    form = SchemaForm.from_request(type(config), obj=config, currency=current_platform.currency)
    version = request.form.get("version", "")
    if version != module_service.config_version(state, code):
        return module_page(code, form, str(StaleConfiguration())), HTTP_CONFLICT
    try:
        module_service.save_config(
            session, current_platform.id, code, form.value, version=version, user_id=current_user.id
        )
    except StaleConfiguration as error:
        return module_page(code, form, str(error)), error.status
    except InvalidInput as error:
        if form.is_valid:
            form.add_errors(error.errors)
        return module_page(code, form), error.status
    flash(_("The configuration is saved."), "success")
    return go_to(url_for("core_admin.module_detail", code=code))
