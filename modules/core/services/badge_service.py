"""Counts beside menu entries and the bell, asked for after the page is there; one that fails stays empty."""

import logging
from collections.abc import Set as AbstractSet
from typing import Any

from sqlalchemy.orm import Session

from wizamart.database import contained
from wizamart.module_system.definition import FrontendType, resolve_hook
from wizamart.module_system.manager import current_manager
from wizamart.module_system.menus import list_entries
from wizamart.module_system.state import ModuleState

log = logging.getLogger(__name__)
LARGEST = 999


def count_badges(
    session: Session,
    state: ModuleState,
    frontend: FrontendType,
    *,
    shown: AbstractSet[str],
    platform_id: int,
    vendor_id: int | None,
) -> dict[str, str]:
    """Return what stands beside the entries that are shown; nothing for a count of zero."""
    badges = {}
    for entry in list_entries(current_manager().registry, state, frontend):
        if entry.item.badge is None or entry.item.id not in shown:
            continue
        try:
            hook = resolve_hook(entry.item.badge)
            with contained(session):
                number = hook(session, platform_id, vendor_id) if hook else None
        except Exception:
            log.exception(
                "badge_failed", extra={"module_code": entry.module_code, "menu_item": entry.item.id}
            )
            continue
        if number:
            badges[entry.item.id] = str(number) if number <= LARGEST else f"{LARGEST}+"
    return badges


def read_notifications(
    session: Session, state: ModuleState, *, user_id: int, platform_id: int, limit: int
) -> dict[str, Any]:
    """Return `{"unread": number, "items": [...]}` from the module that keeps notifications, if one is in effect."""
    answers = current_manager().contributions.collect(
        "core.notifications", state, session, user_id=user_id, platform_id=platform_id, limit=limit
    )
    unread, items = 0, []
    for _code, answer in answers:
        unread += int(answer.get("unread", 0))
        items += list(answer.get("items", ()))
    return {"unread": unread, "items": items[:limit]}
