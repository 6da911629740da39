"""Whom a notification concerns: people whose roles hold a permission, as a request of theirs would find."""

from collections import defaultdict
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart.auth.models import User
from wizamart.module_system.state import ModuleState
from wizamart.permissions import Role, RoleAssignment, grants_of


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person who is to be told."""

    user_id: int
    email: str
    locale: str | None


def list_recipients(
    session: Session, state: ModuleState, *, vendor_id: int | None, permission: str
) -> list[Recipient]:
    """Return the active people with a role that holds the permission, at the vendor or as the platform's admins.

    Super admins are not among them unless they have a role here: they would hear of every platform.
    """
    statement = (
        sa.select(User.id, User.email, User.locale, Role.permissions)
        .join(RoleAssignment, RoleAssignment.user_id == User.id)
        .join(Role, Role.id == RoleAssignment.role_id)
        .where(User.is_active, *_of_tenant(state.platform_id, vendor_id))
        .order_by(User.id)
    )
    people: dict[int, Recipient] = {}
    bundles: dict[int, list[list[str]]] = defaultdict(list)
    for user_id, email, locale, permissions in session.execute(statement):
        people[user_id] = Recipient(user_id, email, locale)
        bundles[user_id].append(permissions)
    return [person for person in people.values() if permission in _granted(state, bundles[person.user_id])]


def _of_tenant(platform_id: int, vendor_id: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    if vendor_id is None:
        return (RoleAssignment.platform_id == platform_id, RoleAssignment.vendor_id.is_(None))
    anywhere = RoleAssignment.platform_id.is_(None)
    return (
        RoleAssignment.vendor_id == vendor_id,
        sa.or_(anywhere, RoleAssignment.platform_id == platform_id),
    )


def _granted(state: ModuleState, bundles: list[list[str]]) -> frozenset[str]:
    return grants_of(bundles, state.permissions, state.reserved_permissions, is_super_admin=False).permissions
