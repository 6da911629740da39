"""Roles and what they allow. A `Place` is a platform, whose admins have roles, or a vendor, whose staff has."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.tenancy.exceptions import (
    PermissionsTooStrong,
    RoleBuiltIn,
    RoleInUse,
    RoleNameTaken,
    RoleNotFound,
    RoleTooStrong,
)
from wizamart import audit
from wizamart.module_system.manager import current_manager
from wizamart.permissions import Role, RoleAssignment, RoleKind, expand
from wizamart.platforms import VendorPlatform


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody works: a platform's administration, or a vendor seen from one platform."""

    platform_id: int
    vendor_id: int | None = None

    @property
    def kind(self) -> RoleKind:
        """The kind of role that counts here."""
        return RoleKind.PLATFORM if self.vendor_id is None else RoleKind.VENDOR

    @property
    def target(self) -> str:
        """How the audit trail names the place."""
        return f"platform:{self.platform_id}" if self.vendor_id is None else f"vendor:{self.vendor_id}"

    def assignments(self) -> sa.ColumnElement[bool]:
        """Return the condition on assignments that count in this place."""
        if self.vendor_id is None:
            return sa.and_(RoleAssignment.platform_id == self.platform_id, RoleAssignment.vendor_id.is_(None))
        return sa.and_(
            RoleAssignment.vendor_id == self.vendor_id,
            sa.or_(RoleAssignment.platform_id.is_(None), RoleAssignment.platform_id == self.platform_id),
        )

    def assignment_values(self, role: Role) -> dict[str, int | None]:
        """Return where an assignment of this role holds: a platform's role for vendors holds on that platform only."""
        if self.vendor_id is None:
            return {"platform_id": self.platform_id, "vendor_id": None}
        return {"platform_id": role.platform_id, "vendor_id": self.vendor_id}


def list_roles(session: Session, place: Place) -> Sequence[Role]:
    """Return the roles that can be given in a place: built-in ones first, then its own and its platform's."""
    query = sa.select(Role).where(Role.kind == place.kind, _counts_in(place))
    return session.scalars(query.order_by(Role.is_builtin.desc(), Role.name, Role.id)).all()


def list_managed_roles(session: Session, place: Place) -> Sequence[Role]:
    """Return the roles that the place's role page shows; a platform's shows those for its vendors, too."""
    query = sa.select(Role).where(_managed_in(place))
    return session.scalars(query.order_by(Role.kind, Role.is_builtin.desc(), Role.name, Role.id)).all()


def count_people(session: Session, place: Place) -> dict[int, int]:
    """Return how many people have each role in this place; for a platform, those of its vendors count, too."""
    condition = place.assignments()
    if place.vendor_id is None:
        vendors = sa.select(VendorPlatform.vendor_id).where(VendorPlatform.platform_id == place.platform_id)
        condition = sa.or_(condition, RoleAssignment.vendor_id.in_(vendors))
    query = sa.select(RoleAssignment.role_id, sa.func.count(RoleAssignment.user_id.distinct())).where(
        condition
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(RoleAssignment.role_id))}


def get_role(session: Session, place: Place, role_id: int) -> Role:
    """Return a role that the place's role page shows.

    :raises RoleNotFound: when it belongs to another place or does not exist.
    """
    found = session.scalars(sa.select(Role).where(Role.id == role_id, _managed_in(place))).one_or_none()
    if found is None:
        raise RoleNotFound
    return found


def declared_permissions() -> frozenset[str]:
    """Return what roles can allow: every permission of every module, without those reserved to super admins."""
    modules = current_manager().registry.values()
    return frozenset(
        permission
        for module in modules
        for permission in module.permissions
        if permission not in module.reserved_permissions
    )


def reach_of(session: Session, place: Place, *, user_id: int, is_super_admin: bool) -> frozenset[str]:
    """Return all that a person may do in a place, permissions of modules that are off included."""
    declared = declared_permissions()
    if is_super_admin:
        return declared
    query = sa.select(Role.permissions).join(RoleAssignment, RoleAssignment.role_id == Role.id)
    bundles = session.scalars(query.where(RoleAssignment.user_id == user_id, place.assignments()))
    patterns = tuple(sorted({pattern for bundle in bundles for pattern in bundle}))
    return expand(patterns, declared)


def check_reach(roles: Iterable[Role], reach: frozenset[str]) -> None:
    """Refuse roles that allow more than `reach`.

    :raises RoleTooStrong: at the field `roles`, naming the first.
    """
    declared = declared_permissions()
    for role in roles:
        if not expand(tuple(role.permissions), declared) <= reach:
            raise RoleTooStrong(role=role.name)


def create_role(
    session: Session,
    place: Place,
    *,
    kind: RoleKind,
    name: str,
    permissions: Iterable[str],
    reach: frozenset[str],
    actor_id: int | None,
    at: datetime,
) -> Role:
    """Create a role of this place; a platform may create roles for its vendors, a vendor only its own.

    :raises RoleNameTaken, PermissionsTooStrong: at the field `name`.
    """
    if place.vendor_id is not None:
        kind = RoleKind.VENDOR
    chosen = _checked_permissions(permissions, reach)
    _refuse_taken_name(session, place, kind=kind, name=name, except_id=None)
    role = Role(
        kind=kind,
        code=_code_of(name),
        name=name,
        permissions=chosen,
        platform_id=place.platform_id if place.vendor_id is None else None,
        vendor_id=place.vendor_id,
    )
    session.add(role)
    session.flush()  # the trail needs the id
    after = {"name": name, "kind": str(kind), "permissions": chosen}
    _record(session, place, role, "create", actor_id=actor_id, at=at, after=after)
    return role


def update_role(
    session: Session,
    place: Place,
    role: Role,
    *,
    name: str,
    permissions: Iterable[str],
    reach: frozenset[str],
    actor_id: int | None,
    at: datetime,
) -> None:
    """Change a role's name and permissions; permissions of modules whose code is gone stay in it.

    :raises RoleBuiltIn: for built-in roles and, in a vendor's place, for those of the platform.
    :raises RoleNameTaken, PermissionsTooStrong: at the field `name`.
    """
    _refuse_foreign(place, role)
    declared = declared_permissions()
    unknown = [permission for permission in role.permissions if permission not in declared]
    check_own = expand(tuple(role.permissions), declared)
    chosen = sorted({*_checked_permissions(permissions, reach), *unknown})
    if not check_own <= reach:
        raise PermissionsTooStrong
    _refuse_taken_name(session, place, kind=RoleKind(role.kind), name=name, except_id=role.id)
    before = {"name": role.name, "permissions": list(role.permissions)}
    after = {"name": name, "permissions": chosen}
    if before == after:
        return
    role.name, role.permissions = name, chosen
    _record(session, place, role, "update", actor_id=actor_id, at=at, before=before, after=after)


def delete_role(session: Session, place: Place, role: Role, *, actor_id: int | None, at: datetime) -> None:
    """Delete a role that nobody has.

    :raises RoleBuiltIn, RoleInUse: when it cannot go.
    """
    _refuse_foreign(place, role)
    if session.scalar(sa.select(sa.exists().where(RoleAssignment.role_id == role.id))):
        raise RoleInUse
    before = {"name": role.name, "permissions": list(role.permissions)}
    _record(session, place, role, "delete", actor_id=actor_id, at=at, before=before)
    session.delete(role)


def _counts_in(place: Place) -> sa.ColumnElement[bool]:
    """Return the condition on roles that can be given in a place."""
    own = (
        sa.and_(Role.platform_id == place.platform_id, Role.vendor_id.is_(None))
        if place.vendor_id is None
        else sa.or_(
            Role.vendor_id == place.vendor_id,
            sa.and_(Role.platform_id == place.platform_id, Role.vendor_id.is_(None)),
        )
    )
    return sa.or_(Role.is_builtin, own)


def _managed_in(place: Place) -> sa.ColumnElement[bool]:
    if place.vendor_id is None:
        return _counts_in(place)
    return sa.and_(Role.kind == RoleKind.VENDOR, _counts_in(place))


def _refuse_foreign(place: Place, role: Role) -> None:
    """Only the place that a role belongs to changes it."""
    if role.is_builtin or role.vendor_id != place.vendor_id:
        raise RoleBuiltIn


def _checked_permissions(permissions: Iterable[str], reach: frozenset[str]) -> list[str]:
    chosen = sorted(set(permissions))
    if not set(chosen) <= reach:
        raise PermissionsTooStrong
    return chosen


def _refuse_taken_name(
    session: Session, place: Place, *, kind: RoleKind, name: str, except_id: int | None
) -> None:
    condition = sa.and_(
        Role.kind == kind,
        _counts_in(place),
        sa.func.lower(Role.name) == name.lower(),
        Role.id != (except_id or 0),
    )
    if session.scalar(sa.select(sa.exists().where(condition))):
        raise RoleNameTaken


def _code_of(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:63] or "role"


def _record(
    session: Session,
    place: Place,
    role: Role,
    action: str,
    *,
    actor_id: int | None,
    at: datetime,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    audit.record(
        session,
        action=f"tenancy.role.{action}",
        target=f"role:{role.id}",
        actor_id=actor_id,
        platform_id=place.platform_id,
        before=before,
        after=after,
        at=at,
    )
