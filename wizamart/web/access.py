"""The gatekeeper of every request: tenant, user, permission, feature, in this order, before the view runs."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import current_app, g, request
from flask.globals import request_ctx
from flask_login import current_user
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException

from wizamart.database import db
from wizamart.exceptions import NotAllowed, NotFound, NotSignedIn
from wizamart.feature_gate import Entitlements, FeatureGate, current_gate, feature_of
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import ModuleManager, current_manager
from wizamart.module_system.state import ModuleState
from wizamart.permissions import (
    Grants,
    Role,
    RoleAssignment,
    access_of,
    grants_of,
    load_platform_bundles,
)
from wizamart.platform_context import CurrentVendor, RequestContext, request_context
from wizamart.platforms import Scope, Vendor, VendorPlatform, VendorStatus, enter_scope


class UndeclaredAccess(RuntimeError):
    """A view says nothing of who may call it: a fault of the program, and nobody may."""


def current_state() -> ModuleState | None:
    """Return the state of the modules that this request was mounted with."""
    state: ModuleState | None = request.environ.get("wizamart.state")
    return state


def frontend_of(endpoint: str | None, manager: ModuleManager) -> FrontendType | None:
    """Return the frontend of an endpoint, or None for the framework's own pages."""
    owner = manager.blueprints.get((endpoint or "").rpartition(".")[0])
    return owner[1] if owner else None


def admit(session: Session) -> None:
    """Enter the tenant's scope and check what the view declares.

    :raises NotSignedIn: when nobody is signed in and the view is not for everybody.
    :raises NotFound: when the person has no role in the tenant that is addressed.
    :raises NotAllowed: when they have one without the permission.
    :raises FeatureClosed: when the vendor's subscription does not include what the view belongs to.
    """
    view = current_app.view_functions[str(request.endpoint)]
    access = access_of(view)
    if access is None:
        raise UndeclaredAccess(request.endpoint)
    context, state = enter_tenant(session), current_state()
    vendor_code = (request.view_args or {}).pop("vendor_code", None)
    if not access.is_public and not current_user.is_authenticated:
        raise NotSignedIn
    if context is None or state is None:
        _admit_without_platform(access.permission)
        return
    if vendor_code is not None:
        g.grants = _enter_vendor(session, context.platform.id, vendor_code, state)
    elif (
        access.permission is not None
        or frontend_of(request.endpoint, current_manager()) is FrontendType.ADMIN
    ):
        g.grants = _platform_grants(session, context.platform.id, state)
    g.feature_gate = FeatureGate(state.features, _entitlements(session, context.platform.id, state))
    if access.permission is not None and access.permission not in g.grants.permissions:
        raise NotAllowed
    feature = feature_of(current_app, str(request.endpoint))
    if feature is not None:
        current_gate().check(feature)


def is_closed(endpoint: str) -> bool:
    """Tell whether the subscription of the vendor whose portal the request is in closes a page of that portal."""
    if g.get("vendor") is None or frontend_of(endpoint, current_manager()) is not FrontendType.VENDOR:
        return False
    feature = feature_of(current_app, endpoint)
    return feature is not None and "feature_gate" in g and not current_gate().is_open(feature)


def leads_to_closed(url: str) -> bool:
    """Tell whether an address of this site leads to a page that the vendor's subscription closes."""
    endpoint = find_endpoint(url)
    return endpoint is not None and is_closed(endpoint)


def find_endpoint(url: str) -> str | None:
    """Return the endpoint that an address of this site leads to on this platform, if any."""
    parts = urlsplit(url)
    adapter = request_ctx.url_adapter
    if parts.netloc or adapter is None:
        return None
    try:
        endpoint, _values = adapter.match(parts.path.removeprefix(request.script_root), method="GET")
    except HTTPException:
        return None
    return str(endpoint)


def enter_tenant(session: Session) -> RequestContext | None:
    """Let the session work for the platform and the vendor that the address leads to, and return these."""
    context = request_context()
    session.info["module_state"] = current_state()
    g.vendor = context.vendor if context else None
    if context is not None:
        enter_scope(session, Scope(context.platform.id, context.vendor.id if context.vendor else None))
    return context


def _admit_without_platform(permission: str | None) -> None:
    """Admit nobody but super admins where no platform is, as on a fresh installation."""
    if permission is not None and not current_user.is_super_admin:
        raise NotFound


def _platform_grants(session: Session, platform_id: int, state: ModuleState) -> Grants:
    """Return what the person may do as an admin of the platform."""
    bundles = (
        [] if current_user.is_super_admin else load_platform_bundles(session, current_user.id, platform_id)
    )
    if not bundles and not current_user.is_super_admin:
        raise NotFound
    g.role_bundles = bundles
    return _grants_in(state)


def ensure_in_shop(permission: str) -> None:
    """Let only those go on who hold a permission where the shop that is addressed is run: its platform, or its vendor.

    For the pages of a shop that its own people alone may see, such as what is not published yet.

    :raises NotFound: when the person has no role there.
    :raises NotAllowed: when they have one without the permission.
    """
    context, state = request_context(), current_state()
    if context is None or state is None:
        raise NotFound
    session, platform_id = db.session(), context.platform.id
    if context.vendor is None:
        grants = _platform_grants(session, platform_id, state)
    else:
        grants = _enter_vendor(session, platform_id, context.vendor.code, state)
    if permission not in grants.permissions:
        raise NotAllowed


def _grants_in(state: ModuleState) -> Grants:
    """Return what the person's platform roles grant in a state."""
    return grants_of(
        g.get("role_bundles", ()),
        state.permissions,
        state.reserved_permissions,
        is_super_admin=current_user.is_super_admin,
    )


def remount(state: ModuleState) -> None:
    """Go on with another state, so that an admin's request that switches modules shows its effect in its own answer."""
    manager = current_manager()
    request.environ["wizamart.state"] = state
    request_ctx.url_adapter = manager.map_for(state.effective).bind_to_environ(request.environ)
    g.grants = _grants_in(state)
    g.feature_gate = FeatureGate(state.features, _entitlements(db.session(), state.platform_id, state))
    g.pop("menu", None)


def _enter_vendor(session: Session, platform_id: int, code: str, state: ModuleState) -> Grants:
    """Find the vendor and the person's roles for it in one query, and narrow the scope to it."""
    query = (
        sa.select(Vendor.id, Vendor.code, Vendor.name, Role.permissions)
        .join(VendorPlatform, VendorPlatform.vendor_id == Vendor.id)
        .outerjoin(
            RoleAssignment,
            sa.and_(
                RoleAssignment.vendor_id == Vendor.id,
                RoleAssignment.user_id == current_user.id,
                sa.or_(RoleAssignment.platform_id.is_(None), RoleAssignment.platform_id == platform_id),
            ),
        )
        .outerjoin(Role, Role.id == RoleAssignment.role_id)
        .where(
            Vendor.code == code,
            Vendor.status == VendorStatus.ACTIVE,
            VendorPlatform.platform_id == platform_id,
        )
    )
    rows = session.execute(query).all()
    bundles = [row.permissions for row in rows if row.permissions is not None]
    if not rows or not (bundles or current_user.is_super_admin):
        raise NotFound
    g.vendor = CurrentVendor(rows[0].id, rows[0].code, rows[0].name)
    enter_scope(session, Scope(platform_id, g.vendor.id))
    return grants_of(
        bundles, state.permissions, state.reserved_permissions, is_super_admin=current_user.is_super_admin
    )


def _entitlements(
    session: Session, platform_id: int, state: ModuleState
) -> Callable[[], Entitlements | None]:
    """Return a question to whoever sells subscriptions here, asked only when a feature is; never for admins."""

    def ask() -> Entitlements | None:
        vendor = g.get("vendor")
        if vendor is None or frontend_of(request.endpoint, current_manager()) is FrontendType.ADMIN:
            return None
        answers: dict[str, Any] = dict(
            current_manager().contributions.collect(
                "framework.entitlements", state, session, platform_id, vendor.id
            )
        )
        return next(iter(answers.values()), None)

    return ask


def fill_in_vendor(endpoint: str, values: dict[str, Any]) -> None:
    """Let `url_for` fill in the vendor whose portal the request is in."""
    if g.get("vendor") is not None and frontend_of(endpoint, current_manager()) is FrontendType.VENDOR:
        values.setdefault("vendor_code", g.vendor.code)
