"""The platforms that a person may enter as an admin."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart.permissions import RoleAssignment
from wizamart.platforms import Platform, PlatformStatus

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class PlatformPage:
    """A page of platforms, each a row of `id, code, name`."""

    rows: Sequence[Any]
    number: int
    has_next: bool


def list_enterable(
    session: Session, *, user_id: int, is_super_admin: bool, text: str = "", page: int = 1
) -> PlatformPage:
    """Return active platforms by name: all of them for a super admin, those with a role for anybody else."""
    query = _enterable(user_id, is_super_admin=is_super_admin)
    for word in text.split():
        query = query.where(
            sa.or_(
                Platform.name.icontains(word, autoescape=True), Platform.code.icontains(word, autoescape=True)
            )
        )
    number = min(max(page, 1), 1_000_000)
    query = query.order_by(Platform.name, Platform.id).offset((number - 1) * PER_PAGE).limit(PER_PAGE + 1)
    rows = session.execute(query).all()
    return PlatformPage(rows[:PER_PAGE], number, has_next=len(rows) > PER_PAGE)


def list_enterable_after(
    session: Session, *, user_id: int, is_super_admin: bool, after_id: int, limit: int
) -> Sequence[sa.Row[tuple[int, str, str]]]:
    """Return the same platforms in the order they were made, those behind `after_id`: a page holds what it held."""
    query = _enterable(user_id, is_super_admin=is_super_admin).where(Platform.id > after_id)
    return session.execute(query.order_by(Platform.id).limit(limit)).all()


def _enterable(user_id: int, *, is_super_admin: bool) -> sa.Select[tuple[int, str, str]]:
    query = sa.select(Platform.id, Platform.code, Platform.name).where(
        Platform.status == PlatformStatus.ACTIVE
    )
    if is_super_admin:
        return query
    assigned = sa.select(RoleAssignment.platform_id).where(
        RoleAssignment.user_id == user_id, RoleAssignment.vendor_id.is_(None)
    )
    return query.where(Platform.id.in_(assigned))
