"""Platforms, for super admins."""

from __future__ import annotations  # so that naming a type of a service does not load it

from collections.abc import Mapping
from typing import Any

from flask import flash, render_template, url_for
from flask_login import current_user

from modules.core.services import preset_service
from modules.tenancy import choices
from modules.tenancy.routes.blueprints import admin as bp
from modules.tenancy.routes.context import Page, form_page, save
from modules.tenancy.schemas import platform as platform_forms
from modules.tenancy.services import host_service, platform_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.module_system import service as module_service
from wizamart.module_system.manager import current_manager
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.platforms import Platform, PlatformStatus
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Filter, Table


@bp.get("/platforms")
@requires("tenancy:platform:read")
def platform_list() -> Page:
    """List the platforms."""
    statuses = [(PlatformStatus.ACTIVE, _("Active")), (PlatformStatus.ARCHIVED, _("Archived"))]
    table = Table.from_select(
        db.session(),
        platform_service.list_statement(),
        columns=(
            Column("name", _("Name"), sort=Platform.name),
            Column("code", _("Code"), sort=Platform.code),
            Column("vendors", _("Vendors"), align="end"),
            Column("currency", _("Currency"), sort=Platform.currency),
            Column("status", _("Status"), sort=Platform.status),
        ),
        search=(Platform.name, Platform.code),
        filters=(Filter("status", _("Any status"), Platform.status, choices=statuses),),
        default_sort="name",
    )
    return render_template("tenancy/admin/platform_list.html", table=table)


@bp.get("/platforms/new")
@requires("tenancy:platform:create")
def platform_new() -> Page:
    """Show the form of a new platform."""
    return form_page(SchemaForm(platform_forms.NewPlatformInput, choices=_choices()), **_new_page())


@bp.post("/platforms")
@requires("tenancy:platform:create")
def platform_create() -> Page:
    """Create a platform with the modules of a preset."""

    def create(data: platform_forms.NewPlatformInput) -> str:
        platform = platform_service.create_platform(
            db.session(),
            **data.model_dump(exclude={"preset"}),
            modules=preset_service.get_preset(current_manager().registry, data.preset).modules,
            actor_id=current_user.id,
            at=clock.now(),
        )
        flash(_("“%(name)s” is ready.", name=platform.name), "success")
        return url_for("tenancy_admin.platform_detail", platform_id=platform.id)

    return save(
        SchemaForm.from_request(platform_forms.NewPlatformInput, choices=_choices()), create, **_new_page()
    )


@bp.get("/platforms/<int:platform_id>")
@requires("tenancy:platform:read")
def platform_detail(platform_id: int) -> Page:
    """Show a platform with its hosts and modules."""
    session = db.session()
    platform = platform_service.get_platform(session, platform_id)
    return render_template(
        "tenancy/admin/platform_detail.html",
        platform=platform,
        hosts=host_service.list_hosts(session, platform_id),
        modules=module_service.get_platform_modules(session, platform_id),
        languages=dict(choices.languages()),
        is_here=platform_id == current_platform.id,
    )


@bp.get("/platforms/<int:platform_id>/edit")
@requires("tenancy:platform:update")
def platform_edit(platform_id: int) -> Page:
    """Show the form of a platform."""
    platform = platform_service.get_platform(db.session(), platform_id)
    form = SchemaForm(platform_forms.PlatformInput, obj=platform, choices=_choices(), guarded=True)
    return form_page(form, **_edit_page(platform))


@bp.post("/platforms/<int:platform_id>")
@requires("tenancy:platform:update")
def platform_update(platform_id: int) -> Page:
    """Change a platform."""
    platform = platform_service.get_platform(db.session(), platform_id)

    def update(data: platform_forms.PlatformInput) -> str:
        platform_service.update_platform(
            db.session(), platform, actor_id=current_user.id, at=clock.now(), **data.model_dump()
        )
        flash(_("Saved."), "success")
        return url_for("tenancy_admin.platform_detail", platform_id=platform_id)

    form = SchemaForm.from_request(
        platform_forms.PlatformInput, obj=platform, choices=_choices(), guarded=True
    )
    return save(form, update, **_edit_page(platform))


@bp.post("/platforms/<int:platform_id>/archiving")
@requires("tenancy:platform:archive")
def platform_archive(platform_id: int) -> Page:
    """Close a platform."""
    session = db.session()
    platform = platform_service.get_platform(session, platform_id)
    platform_service.archive_platform(
        session, platform, here_id=current_platform.id, actor_id=current_user.id, at=clock.now()
    )
    flash(_("“%(name)s” is archived. Its data stays.", name=platform.name), "success")
    return go_to(url_for("tenancy_admin.platform_detail", platform_id=platform_id))


@bp.post("/platforms/<int:platform_id>/restoring")
@requires("tenancy:platform:archive")
def platform_restore(platform_id: int) -> Page:
    """Open an archived platform again."""
    session = db.session()
    platform = platform_service.get_platform(session, platform_id)
    platform_service.restore_platform(session, platform, actor_id=current_user.id, at=clock.now())
    flash(_("“%(name)s” is active again.", name=platform.name), "success")
    return go_to(url_for("tenancy_admin.platform_detail", platform_id=platform_id))


def _choices() -> Mapping[str, Any]:
    return {
        "locales": choices.languages(),
        "default_locale": choices.languages(),
        "currency": choices.currencies(),
        "time_zone": choices.time_zones(),
        "preset": [
            (preset.code, f"{preset.name}: {preset.description}") for preset in preset_service.PRESETS
        ],
    }


def _new_page() -> dict[str, Any]:
    overview = url_for("tenancy_admin.platform_list")
    return {
        "title": _("New platform"),
        "action": url_for("tenancy_admin.platform_create"),
        "submit": _("Create platform"),
        "cancel": overview,
        "crumbs": [(_("Platforms"), overview)],
    }


def _edit_page(platform: Platform) -> dict[str, Any]:
    detail = url_for("tenancy_admin.platform_detail", platform_id=platform.id)
    return {
        "title": _("Edit platform"),
        "action": url_for("tenancy_admin.platform_update", platform_id=platform.id),
        "cancel": detail,
        "crumbs": [(_("Platforms"), url_for("tenancy_admin.platform_list")), (platform.name, detail)],
    }
