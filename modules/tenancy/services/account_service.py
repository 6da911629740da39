"""Accounts, across all places: for super admins only. What one place decides stands in `people_service`."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.tenancy.exceptions import OwnAccount, PersonNotFound
from modules.tenancy.services import people_service
from modules.tenancy.services.role_service import Place
from wizamart import audit
from wizamart.auth import second_factor_service, user_service
from wizamart.auth.models import User
from wizamart.permissions import Role, RoleAssignment, RoleKind
from wizamart.platforms import Platform, Vendor


def list_statement() -> sa.Select[Any]:
    """Return everybody who administers something, and who once ran all platforms: they may be given a role again.

    Super admins whom the previous release makes beside this one do not have the mark yet.
    """
    administers = sa.exists().where(
        RoleAssignment.user_id == User.id,
        RoleAssignment.platform_id.is_not(None),
        RoleAssignment.vendor_id.is_(None),
    )
    return sa.select(User).where(sa.or_(User.is_super_admin, User.was_super_admin, administers))


def get_admin(session: Session, user_id: int) -> User:
    """Return somebody who administers something, on whatever platform, or once ran them all.

    :raises PersonNotFound: when they did not, or do not exist.
    """
    found: User | None = session.scalars(list_statement().where(User.id == user_id)).one_or_none()
    if found is None:
        raise PersonNotFound
    return found


def list_without_place(session: Session, user_ids: Iterable[int]) -> frozenset[int]:
    """Return which of these people have no role anywhere and do not run all platforms, in one query."""
    has_role = sa.exists().where(RoleAssignment.user_id == User.id)
    query = sa.select(User.id).where(User.id.in_(list(user_ids)), ~User.is_super_admin, ~has_role)
    return frozenset(session.scalars(query))


def list_places(session: Session, user: User) -> Sequence[Any]:
    """Return all roles of a person: `(role, kind, platform, vendor)` by name."""
    query = (
        sa.select(
            Role.name.label("role"),
            Role.kind.label("kind"),
            Platform.name.label("platform"),
            Vendor.name.label("vendor"),
        )
        .join(RoleAssignment, RoleAssignment.role_id == Role.id)
        .outerjoin(Platform, Platform.id == RoleAssignment.platform_id)
        .outerjoin(Vendor, Vendor.id == RoleAssignment.vendor_id)
        .where(RoleAssignment.user_id == user.id)
        .order_by(Platform.name, Vendor.name, Role.name)
    )
    return session.execute(query).all()


def is_admin(session: Session, user: User) -> bool:
    """Tell whether a person administers anything: nobody acts as an admin."""
    query = sa.select(
        sa.exists().where(
            RoleAssignment.user_id == user.id,
            RoleAssignment.role_id == Role.id,
            Role.kind == RoleKind.PLATFORM,
        )
    )
    return user.is_super_admin or bool(session.scalar(query))


def deactivate(session: Session, user: User, *, actor_id: int | None, at: datetime) -> None:
    """Keep a person from signing in anywhere.

    :raises OwnAccount, LastOwner, LastSuperAdmin: when they would lock themself or everybody out.
    """
    if user.id == actor_id:
        raise OwnAccount
    owned = (
        sa.select(RoleAssignment.vendor_id)
        .join(Role, Role.id == RoleAssignment.role_id)
        .where(RoleAssignment.user_id == user.id, Role.code == people_service.OWNER, Role.is_builtin)
    )
    for vendor_id in session.scalars(owned.order_by(RoleAssignment.vendor_id)).all():
        people_service.refuse_last_owner(session, Place(0, vendor_id), user.id)
    user_service.deactivate(session, user, actor_id=actor_id, at=at)


def activate(session: Session, user: User, *, actor_id: int | None) -> None:
    """Let a deactivated person sign in again."""
    user_service.activate(session, user, actor_id=actor_id)


def reset_second_factor(session: Session, user: User, *, actor_id: int | None, at: datetime) -> None:
    """Take the second factor from somebody who has lost phone and codes, and sign them out everywhere."""
    second_factor_service.switch_off(session, user)
    user_service.end_everything(session, user, at=at)
    audit.record(
        session,
        action="tenancy.user.second_factor_reset",
        target=f"user:{user.id}",
        actor_id=actor_id,
        platform_id=None,
        at=at,
    )


def set_super_admin(session: Session, user: User, *, value: bool, actor_id: int | None) -> None:
    """Give or take the right to run all platforms.

    :raises OwnAccount, LastSuperAdmin: when they would lock themself or everybody out.
    """
    if user.id == actor_id:
        raise OwnAccount
    user_service.set_super_admin(session, user, value=value, actor_id=actor_id)
