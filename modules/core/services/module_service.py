"""One module on one platform: what it brings, its configuration, its migrations."""

import logging
from typing import Any

from pydantic import BaseModel
from sqlalchemy.orm import Session

from modules.core.schemas.module_link import ModuleLink
from wizamart.module_system import config_forms, config_service, migrations
from wizamart.module_system.manager import current_manager
from wizamart.module_system.state import ModuleState
from wizamart.queue.registry import SCHEDULES, module_code_of

log = logging.getLogger(__name__)


def describe(state: ModuleState, code: str) -> dict[str, Any]:
    """Return what a module brings: features, permissions, menu entries, schedules, routes."""
    manager = current_manager()
    module = manager.registry[code]
    return {
        "features": list(module.features),
        "permissions": [(name, name in module.reserved_permissions) for name in module.permissions],
        "menu": [
            (str(frontend), str(item.section), str(item.label))
            for frontend, items in module.menu_items.items()
            for item in items
        ],
        "schedules": sorted(name for name in SCHEDULES if module_code_of(name) == code),
        "routes": manager.routes_of(code),
        "is_on": code in state.effective,
    }


def list_links(session: Session, state: ModuleState, code: str) -> list[ModuleLink]:
    """Return the pages that a module adds to its settings."""
    answers = current_manager().contributions.collect(
        "core.module_link", state, session, platform_id=state.platform_id
    )
    return [link for provider, links in answers if provider == code for link in links]


def config_version(state: ModuleState, code: str) -> str:
    """Return a mark of what is stored now, by which a form notices that somebody else saved meanwhile."""
    return config_service.version_of(state.configs.get(code, {}))


def save_config(
    session: Session, platform_id: int, code: str, value: BaseModel, *, version: str, user_id: int | None
) -> BaseModel:
    """Store what a form holds, if `version` is still stored; its secrets are sealed on the way.

    :raises InvalidInput: for values that the schema rejects.
    :raises StaleConfiguration: when somebody else saved meanwhile.
    """
    values = config_forms.plain_values(value)
    return config_service.set_module_config(
        session, platform_id, code, values, user_id, origin="portal", version=version
    )


def migration_status(code: str) -> dict[str, Any] | None:
    """Return where a module's tables stand, or None where that cannot be told."""
    try:
        found = [status for status in migrations.status() if status.code == code]
    except Exception:
        log.exception("migration_status_failed", extra={"module_code": code})
        return None
    if not found:
        return None
    return {"current": found[0].current, "head": found[0].head, "pending": len(found[0].pending)}
