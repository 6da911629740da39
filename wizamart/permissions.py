"""Who may do what: roles bundle permissions, views declare the one they need, and `can()` answers.

A permission reads `module:resource:action`. A role holds patterns of them (`*`, `orders:*:read`), so built-in roles
cover modules that are written later. What a role grants is always cut to the modules in effect.
"""

import enum
import fnmatch
import functools
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple, TypeVar

import sqlalchemy as sa
from flask import g
from sqlalchemy.orm import Mapped, Session, mapped_column

from wizamart.database import Base
from wizamart.i18n import LazyText, lazy_gettext as _

View = TypeVar("View", bound=Callable[..., Any])
ACCESS_ATTRIBUTE: Final = "wizamart_access"


class RoleKind(enum.StrEnum):
    """Whom a role is for: a platform's admins or a vendor's people."""

    PLATFORM = "platform"
    VENDOR = "vendor"


class Role(Base):
    """A bundle of permission patterns; built-in roles belong to nobody and cannot be edited."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    code: Mapped[str] = mapped_column(sa.String(63))
    name: Mapped[str] = mapped_column(sa.String(120))
    permissions: Mapped[list[str]] = mapped_column(default=list)
    is_builtin: Mapped[bool] = mapped_column(default=False)
    platform_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("platforms.id", ondelete="CASCADE"), index=True
    )
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)


class RoleAssignment(Base):
    """A person has a role on a platform, or for a vendor on every platform where it sells."""

    __tablename__ = "role_assignments"
    __table_args__ = (sa.UniqueConstraint("user_id", "role_id", "platform_id", "vendor_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id", ondelete="CASCADE"), index=True)
    role_id: Mapped[int] = mapped_column(sa.ForeignKey("roles.id", ondelete="CASCADE"), index=True)
    platform_id: Mapped[int | None] = mapped_column(
        sa.ForeignKey("platforms.id", ondelete="CASCADE"), index=True
    )
    vendor_id: Mapped[int | None] = mapped_column(sa.ForeignKey("vendors.id", ondelete="CASCADE"), index=True)


class BuiltinRole(NamedTuple):
    """A role that every installation has."""

    kind: RoleKind
    code: str
    name: str | LazyText
    permissions: tuple[str, ...]


BUILTIN_ROLES: Final = (
    BuiltinRole(RoleKind.PLATFORM, "platform-admin", _("Platform admin"), ("*",)),
    BuiltinRole(RoleKind.PLATFORM, "platform-viewer", _("Viewer"), ("*:*:read",)),
    BuiltinRole(RoleKind.VENDOR, "vendor-owner", _("Owner"), ("*",)),
    BuiltinRole(RoleKind.VENDOR, "vendor-staff", _("Staff"), ("*:*:read", "*:*:create", "*:*:update")),
)


class Access(NamedTuple):
    """What a view asks of whoever calls it; exactly one of the three holds."""

    permission: str | None = None
    is_public: bool = False
    needs_sign_in: bool = False


class Grants(NamedTuple):
    """What somebody may do in the tenant that the request addresses."""

    has_role: bool = False
    permissions: frozenset[str] = frozenset()


NO_GRANTS: Final = Grants()


def requires(permission: str) -> Callable[[View], View]:
    """Declare the permission that a view needs."""
    return _declare(Access(permission=permission))


def public(view: View) -> View:
    """Declare that a view is for everybody."""
    return _declare(Access(is_public=True))(view)


def signed_in(view: View) -> View:
    """Declare that a view is for whoever is signed in, and shows them only what is their own."""
    return _declare(Access(needs_sign_in=True))(view)


def _declare(access: Access) -> Callable[[View], View]:
    def mark(view: View) -> View:
        if hasattr(view, ACCESS_ATTRIBUTE):
            raise TypeError(f"{view.__name__} declares its access twice")
        setattr(view, ACCESS_ATTRIBUTE, access)
        return view

    return mark


def access_of(view: Callable[..., Any]) -> Access | None:
    """Return what a view declares, or None where somebody forgot."""
    return getattr(view, ACCESS_ATTRIBUTE, None)


@functools.lru_cache(maxsize=4096)
def expand(patterns: tuple[str, ...], available: frozenset[str]) -> frozenset[str]:
    """Return those of the available permissions that a role's patterns cover."""
    return frozenset(
        permission
        for permission in available
        if any(pattern == "*" or fnmatch.fnmatchcase(permission, pattern) for pattern in patterns)
    )


def grants_of(
    bundles: Iterable[Sequence[str] | None],
    available: frozenset[str],
    reserved: frozenset[str],
    *,
    is_super_admin: bool,
) -> Grants:
    """Compute what roles grant among the permissions available here; the reserved ones are for super admins."""
    if is_super_admin:
        return Grants(has_role=True, permissions=available)
    patterns = tuple(sorted({pattern for bundle in bundles if bundle for pattern in bundle}))
    return Grants(has_role=True, permissions=expand(patterns, available - reserved))


def can(permission: str) -> bool:
    """Tell whether whoever asks may do this, in the tenant that the request addresses."""
    grants: Grants = g.get("grants", NO_GRANTS)
    return permission in grants.permissions


def load_platform_bundles(session: Session, user_id: int, platform_id: int) -> list[list[str]]:
    """Return the permission patterns of somebody's roles as an admin of a platform."""
    query = (
        sa.select(Role.permissions)
        .join(RoleAssignment, RoleAssignment.role_id == Role.id)
        .where(
            RoleAssignment.user_id == user_id,
            RoleAssignment.platform_id == platform_id,
            RoleAssignment.vendor_id.is_(None),
        )
    )
    return list(session.scalars(query))


def ensure_builtin_roles(session: Session) -> dict[str, Role]:
    """Create the built-in roles that are missing, and return them by code."""
    found = {role.code: role for role in session.scalars(sa.select(Role).where(Role.is_builtin))}
    for builtin in BUILTIN_ROLES:
        if builtin.code not in found:
            found[builtin.code] = Role(
                kind=builtin.kind,
                code=builtin.code,
                name=str(builtin.name),
                permissions=list(builtin.permissions),
                is_builtin=True,
            )
            session.add(found[builtin.code])
    session.flush()  # assignments made next need the ids
    return found


def assign_role(
    session: Session,
    role: Role,
    *,
    user_id: int,
    platform_id: int | None = None,
    vendor_id: int | None = None,
) -> RoleAssignment:
    """Give somebody a role; giving it again changes nothing."""
    query = sa.select(RoleAssignment).where(
        RoleAssignment.user_id == user_id,
        RoleAssignment.role_id == role.id,
        RoleAssignment.platform_id == platform_id,
        RoleAssignment.vendor_id == vendor_id,
    )
    assignment = session.scalars(query).first()
    if assignment is None:
        assignment = RoleAssignment(
            user_id=user_id, role_id=role.id, platform_id=platform_id, vendor_id=vendor_id
        )
        session.add(assignment)
    return assignment
