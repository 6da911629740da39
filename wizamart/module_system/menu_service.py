"""Changing menus: a platform's for everybody, and a person's own."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart import audit
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.exceptions import InvalidMenuItem, MenuItemFixed
from wizamart.module_system.locking import advance_revision, lock_platform
from wizamart.module_system.manager import current_manager
from wizamart.module_system.models import AdminMenuConfig


def set_platform_menu(
    session: Session,
    platform_id: int,
    frontend: FrontendType,
    *,
    order: Sequence[str],
    hidden: Sequence[str],
    user_id: int | None,
) -> None:
    """Put a platform's items in this order and hide some for everybody; items that are not named keep their place.

    :raises InvalidMenuItem: for an id that no module declares.
    :raises MenuItemFixed: when one of those would be hidden that must stay reachable.
    """
    _check(frontend, order, hidden)
    platform = lock_platform(session, platform_id)
    query = sa.select(AdminMenuConfig).where(
        AdminMenuConfig.platform_id == platform_id, AdminMenuConfig.frontend == frontend
    )
    rows = {row.item_id: row for row in session.scalars(query)}
    before = {item_id: {"hidden": row.is_hidden, "order": row.order} for item_id, row in rows.items()}
    positions = {item_id: position * 10 for position, item_id in enumerate(dict.fromkeys(order))}
    for item_id in {*positions, *hidden, *rows}:
        row = rows.get(item_id)
        if row is None:
            row = rows[item_id] = AdminMenuConfig(platform_id=platform_id, frontend=frontend, item_id=item_id)
            session.add(row)
        row.is_hidden = item_id in hidden
        row.order = positions.get(item_id, row.order)
    after = {item_id: {"hidden": row.is_hidden, "order": row.order} for item_id, row in rows.items()}
    if before == after:
        return
    advance_revision(platform)
    session.info.pop("module_state", None)
    _record(session, platform_id, frontend, before, after, user_id=user_id)


def reset_platform_menu(
    session: Session, platform_id: int, frontend: FrontendType, *, user_id: int | None
) -> None:
    """Forget a platform's changes: the items stand as the modules declare them."""
    platform = lock_platform(session, platform_id)
    query = sa.delete(AdminMenuConfig).where(
        AdminMenuConfig.platform_id == platform_id, AdminMenuConfig.frontend == frontend
    )
    if session.execute(query).rowcount:  # type: ignore[attr-defined]
        advance_revision(platform)
        session.info.pop("module_state", None)
        _record(session, platform_id, frontend, None, {}, user_id=user_id)


def change_personal_menu(
    preferences: Mapping[str, Any] | None,
    frontend: FrontendType,
    *,
    order: Sequence[str] = (),
    hidden: Sequence[str] = (),
    pinned: Sequence[str] = (),
) -> dict[str, Any]:
    """Return a person's preferences with their own menu changed.

    :raises InvalidMenuItem, MenuItemFixed: as for a platform's menu.
    """
    _check(frontend, [*order, *pinned], hidden)
    own = {"order": list(order), "hidden": list(hidden), "pinned": list(pinned)}
    menus = {**(preferences or {}).get("menus", {}), str(frontend): own}
    return {**(preferences or {}), "menus": menus}


def _check(frontend: FrontendType, named: Sequence[str], hidden: Sequence[str]) -> None:
    registry = current_manager().registry
    for item_id in {*named, *hidden}:
        if (frontend, item_id) not in registry.menu_owner:
            raise InvalidMenuItem(item=item_id)
    for item_id in hidden:
        items = registry[registry.menu_owner[frontend, item_id]].menu_items[frontend]
        item = next(item for item in items if item.id == item_id)
        if item.is_fixed:
            raise MenuItemFixed(item=item.label)


def _record(
    session: Session,
    platform_id: int,
    frontend: FrontendType,
    before: dict[str, Any] | None,
    after: dict[str, Any],
    *,
    user_id: int | None,
) -> None:
    audit.record(
        session,
        action="menu.configure",
        target=f"menu:{frontend}",
        actor_id=user_id,
        platform_id=platform_id,
        before=before,
        after=after,
    )
