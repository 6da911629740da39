"""The host names of a platform, for super admins."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.tenancy.routes.blueprints import admin as bp
from modules.tenancy.routes.context import Page, form_page, save
from modules.tenancy.schemas import platform as platform_forms
from modules.tenancy.services import host_service, platform_service, vendor_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.permissions import requires
from wizamart.platforms import Platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


@bp.get("/platforms/<int:platform_id>/hosts/new")
@requires("tenancy:platform:update")
def host_new(platform_id: int) -> Page:
    """Show the form of a new host name."""
    platform = platform_service.get_platform(db.session(), platform_id)
    return form_page(
        SchemaForm(platform_forms.HostInput, choices=_choices(platform_id)), **_new_page(platform)
    )


@bp.post("/platforms/<int:platform_id>/hosts")
@requires("tenancy:platform:update")
def host_create(platform_id: int) -> Page:
    """Let a host name lead to the platform or to a vendor's storefront."""
    platform = platform_service.get_platform(db.session(), platform_id)

    def create(data: platform_forms.HostInput) -> str:
        host = host_service.add_host(
            db.session(),
            platform_id,
            host=data.host,
            vendor_id=data.vendor_id,
            actor_id=current_user.id,
            at=clock.now(),
        )
        return url_for("tenancy_admin.host_detail", platform_id=platform_id, host_id=host.id)

    form = SchemaForm.from_request(platform_forms.HostInput, choices=_choices(platform_id))
    return save(form, create, **_new_page(platform))


@bp.get("/platforms/<int:platform_id>/hosts/<int:host_id>")
@requires("tenancy:platform:read")
def host_detail(platform_id: int, host_id: int) -> Page:
    """Show a host, and how to prove that it leads here."""
    session = db.session()
    host = host_service.get_host(session, platform_id, host_id)
    token = host_service.find_token(session, host_id)
    path = url_for("tenancy_storefront.host_verification", token=token) if token else None
    return render_template(
        "tenancy/admin/host_detail.html",
        platform=platform_service.get_platform(session, platform_id),
        host=host,
        check_url=f"{request.scheme}://{host.host}{path.removeprefix(request.script_root)}" if path else None,
    )


@bp.post("/platforms/<int:platform_id>/hosts/<int:host_id>/primacy")
@requires("tenancy:platform:update")
def host_make_primary(platform_id: int, host_id: int) -> Page:
    """Let mails name this host."""
    session = db.session()
    host = host_service.get_host(session, platform_id, host_id)
    host_service.make_primary(session, host, actor_id=current_user.id, at=clock.now())
    return go_to(url_for("tenancy_admin.platform_detail", platform_id=platform_id))


@bp.post("/platforms/<int:platform_id>/hosts/<int:host_id>/removal")
@requires("tenancy:platform:update")
def host_delete(platform_id: int, host_id: int) -> Page:
    """Let a host name lead nowhere again."""
    session = db.session()
    host = host_service.get_host(session, platform_id, host_id)
    host_service.remove_host(session, host, actor_id=current_user.id, at=clock.now())
    flash(_("“%(host)s” no longer leads here.", host=host.host), "success")
    return go_to(url_for("tenancy_admin.platform_detail", platform_id=platform_id))


def _choices(platform_id: int) -> dict[str, Any]:
    return {"vendor_id": vendor_service.list_choices(db.session(), platform_id)}


def _new_page(platform: Platform) -> dict[str, Any]:
    detail = url_for("tenancy_admin.platform_detail", platform_id=platform.id)
    return {
        "title": _("Add a host name"),
        "action": url_for("tenancy_admin.host_create", platform_id=platform.id),
        "submit": _("Add host name"),
        "cancel": detail,
        "crumbs": [(_("Platforms"), url_for("tenancy_admin.platform_list")), (platform.name, detail)],
    }
