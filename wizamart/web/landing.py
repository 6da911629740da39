"""Where people go after signing in when they came from nowhere: to the portal they work in."""

import sqlalchemy as sa
from flask import request

from wizamart.auth.models import User
from wizamart.database import db
from wizamart.permissions import RoleAssignment
from wizamart.platform_context import PLATFORM_PREFIX, request_context
from wizamart.platforms import Platform, PlatformStatus, Vendor, VendorPlatform, VendorStatus


def landing_of(user: User) -> str:
    """Return the path of the admin portal, else of the vendor portal, else of the shop; this platform's first."""
    context = request_context()
    here = context.platform.id if context is not None else None
    if user.is_super_admin:
        return f"{request.script_root}/admin/"
    role = db.session().execute(_portals_of(user.id, here)).first()
    if role is None:
        return f"{request.script_root}/"
    root = request.script_root if role.platform_id == here else f"{PLATFORM_PREFIX}{role.platform_code}"
    return f"{root}/vendor/{role.vendor_code}/" if role.vendor_code else f"{root}/admin/"


def _portals_of(user_id: int, here: int | None) -> sa.Executable:
    """Return the query for the portals somebody may enter, the best one first."""
    is_active = Platform.status == PlatformStatus.ACTIVE
    return (
        sa.select(
            Platform.id.label("platform_id"),
            Platform.code.label("platform_code"),
            Vendor.code.label("vendor_code"),
        )
        .select_from(RoleAssignment)
        .outerjoin(
            Vendor, sa.and_(Vendor.id == RoleAssignment.vendor_id, Vendor.status == VendorStatus.ACTIVE)
        )
        .outerjoin(VendorPlatform, VendorPlatform.vendor_id == Vendor.id)
        .join(
            Platform, Platform.id == sa.func.coalesce(VendorPlatform.platform_id, RoleAssignment.platform_id)
        )
        .where(
            RoleAssignment.user_id == user_id,
            is_active,
            sa.or_(RoleAssignment.vendor_id.is_(None), Vendor.id.is_not(None)),
        )
        .order_by(Platform.id != here, Vendor.id.is_not(None), Platform.id, Vendor.id)
        .limit(1)
    )
