"""What core itself contributes: the frame around pages, and its card on the dashboard."""

from collections.abc import Collection, Mapping
from typing import Any

from flask import request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from modules.core.schemas.audit import AuditTarget
from modules.core.schemas.dashboard import DashboardCard
from modules.core.services import audit_service, dashboard_service, saved_view_service
from wizamart.auth.models import User
from wizamart.i18n import gettext as _
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.permissions import can
from wizamart.platform_context import current_platform
from wizamart.platforms import Platform
from wizamart.web.access import current_state


@contributes("framework.frame", order=10)
def frame(session: Session, *, platform_id: int, frontend: FrontendType, **_tenant: object) -> dict[str, Any]:
    """Return the links around every page, and the shop's navigation."""
    if frontend is FrontendType.STOREFRONT:
        return _shop_frame(session, platform_id)
    if frontend not in {FrontendType.ADMIN, FrontendType.VENDOR}:
        return {}
    blueprint = f"core_{frontend}"
    values: dict[str, Any] = {
        "profile_url": url_for(f"{blueprint}.profile_detail"),
        "theme_url": url_for(f"{blueprint}.profile_theme"),
        "badges_url": url_for(f"{blueprint}.menu_badges"),
        "views_url": url_for(f"{blueprint}.saved_view_create"),
        "exports_url": url_for(f"{blueprint}.export_list"),
        "saved_views": saved_view_service.list_views(
            current_user.preferences,
            platform_code=current_platform.code,
            path=request.script_root + request.path,
        ),
        "palette_url": url_for(f"{blueprint}.search_list") if can("core:search:read") else None,
    }
    state = current_state()
    if state is not None and current_manager().contributions.providers("core.notifications", state):
        values["notifications_url"] = url_for(f"{blueprint}.notification_list")
    if frontend is FrontendType.ADMIN:
        values["platforms_url"] = url_for("core_admin.platform_switch")
    return values


@contributes("core.audit_target", order=10)
def audit_targets(session: Session, targets: Mapping[str, Collection[str]]) -> dict[str, AuditTarget]:
    """Name modules, menus, platforms and people."""
    registry, found = current_manager().registry, {}
    for kind in ("module", "module-config"):
        for code in targets.get(kind, ()):
            if code in registry:
                url = url_for("core_admin.module_detail", code=code)
                found[f"{kind}:{code}"] = AuditTarget(registry[code].name, url, "core:module:read")
    for kind, model, name in (("user", User, User.display_name), ("platform", Platform, Platform.name)):
        names = audit_service.read_names(session, targets, kind, key=model.id, name=name)
        found |= {f"{kind}:{ident}": AuditTarget(text) for ident, text in names.items()}
    return found


def _shop_frame(session: Session, platform_id: int) -> dict[str, Any]:
    state = current_state()
    if state is None:
        return {}
    links = {
        placement: dashboard_service.navigation(session, state, platform_id=platform_id, placement=placement)
        for placement in ("header", "footer")
    }
    return {
        "nav": links["header"],
        "footer_nav": links["footer"],
        "account_url": url_for("core_storefront.profile_detail") if current_user.is_authenticated else None,
    }


@contributes("core.dashboard_card", order=900)
def modules_card(_session: Session, *, frontend: FrontendType, **_tenant: object) -> DashboardCard | None:
    """Say how many modules are on, and whether one is wanted and cannot run."""
    state = current_state()
    if frontend is not FrontendType.ADMIN or state is None:
        return None
    total = len(current_manager().registry)
    problems = len(state.off_because)
    return DashboardCard(
        title=_("Modules on"),
        value=_("%(on)s of %(total)s", on=len(state.effective), total=total),
        icon="puzzle",
        url=url_for("core_admin.module_list"),
        permission="core:module:read",
        detail=_("Some that are wanted cannot run.") if problems else "",
        tone="warning" if problems else "neutral",
    )
