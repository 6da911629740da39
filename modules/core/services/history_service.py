"""The trail of what was changed in a platform's modules, menus and settings, by operation."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from wizamart.audit import AuditEntry
from wizamart.auth.models import User
from wizamart.i18n import lazy_gettext as _
from wizamart.module_system.manager import current_manager

SWITCHES = ("modules.enable", "modules.disable")
ACTIONS = (*SWITCHES, "modules.configure", "menu.configure", "core.settings.update")
RECENT = 30
# How a change came about, beside its author; what is done in the portal or follows from it needs no word.
ORIGINS = {
    "api": _("through the API"),
    "command": _("on the command line"),
    "demo": _("for the demonstration"),
    "schedule": _("as planned"),
}
CAUSES = {
    "asked": _("asked"),
    "required_by": _("required"),
    "depends_on": _("dependent"),
    "undo": _("undo"),
}


def select_entries(platform_id: int) -> Any:
    """Return the statement of a platform's entries `(entry, who)`, the newest first."""
    return (
        sa.select(AuditEntry, User.display_name)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .where(AuditEntry.platform_id == platform_id, AuditEntry.action.in_(ACTIONS))
        .order_by(AuditEntry.id.desc())
    )


def name_origin(entry: AuditEntry) -> str:
    """Say how a change came about; nothing where it is what anybody would think."""
    return str(ORIGINS.get(entry.origin, ""))


def name_cause(entry: AuditEntry) -> str:
    """Say why a module was switched: because it was asked for, or because of another."""
    return str(CAUSES.get((entry.cause or "").partition(":")[0], ""))


def list_actors(session: Session, platform_id: int) -> list[tuple[int, str]]:
    """Return who ever changed something here, for a filter."""
    query = (
        sa.select(User.id, User.display_name)
        .where(
            User.id.in_(
                sa.select(AuditEntry.actor_id).where(
                    AuditEntry.platform_id == platform_id, AuditEntry.action.in_(ACTIONS)
                )
            )
        )
        .order_by(User.display_name)
    )
    return [(user_id, name) for user_id, name in session.execute(query)]


def find_undoable(session: Session, platform_id: int, operation_ids: Iterable[str]) -> set[str]:
    """Return those of the operations that switched modules which are all here, and on which nothing newer stands."""
    wanted = set(operation_ids)
    if not wanted:
        return set()
    newer = aliased(AuditEntry)
    stands_in_the_way = sa.exists().where(
        newer.platform_id == AuditEntry.platform_id,
        newer.target == AuditEntry.target,
        newer.id > AuditEntry.id,
        newer.operation_id != AuditEntry.operation_id,
    )
    is_gone = AuditEntry.target.not_in([f"module:{code}" for code in current_manager().registry])
    query = (
        sa.select(AuditEntry.operation_id)
        .where(
            AuditEntry.platform_id == platform_id,
            AuditEntry.operation_id.in_(wanted),
            AuditEntry.action.in_(SWITCHES),
        )
        .group_by(AuditEntry.operation_id)
        .having(sa.func.sum(sa.case((stands_in_the_way | is_gone, 1), else_=0)) == 0)
    )
    return set(session.scalars(query))


def recent_operations(session: Session, platform_id: int, *, module: str) -> list[dict[str, Any]]:
    """Return the latest changes of one module, with whether each can be undone."""
    query = select_entries(platform_id).where(
        AuditEntry.target.in_([f"module:{module}", f"module-config:{module}"])
    )
    rows = session.execute(query.limit(RECENT)).all()
    undoable = find_undoable(session, platform_id, (entry.operation_id for entry, _who in rows))
    return [
        {"entry": entry, "who": who, "is_undoable": entry.operation_id in undoable} for entry, who in rows
    ]


def list_changes(entry: AuditEntry) -> list[tuple[str, Any, Any]]:
    """Return what an entry changed as `(field, before, after)`, nested values by their path."""
    before, after = _flat(entry.before or {}), _flat(entry.after or {})
    if entry.action in SWITCHES:
        return []
    return [
        (name, before.get(name), after.get(name))
        for name in dict.fromkeys((*before, *after))
        if before.get(name) != after.get(name)
    ]


def _flat(values: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{prefix}{name}.")
        else:
            flat[f"{prefix}{name}"] = ", ".join(map(str, value)) if isinstance(value, list) else value
    return flat


def list_page(
    session: Session, platform_id: int, *, before_id: int | None, limit: int
) -> tuple[Sequence[AuditEntry], int | None]:
    """Return entries older than `before_id`, newest first, and where the next page begins."""
    query = sa.select(AuditEntry).where(AuditEntry.platform_id == platform_id, AuditEntry.action.in_(ACTIONS))
    if before_id is not None:
        query = query.where(AuditEntry.id < before_id)
    entries = session.scalars(query.order_by(AuditEntry.id.desc()).limit(limit + 1)).all()
    return entries[:limit], entries[limit - 1].id if len(entries) > limit else None
