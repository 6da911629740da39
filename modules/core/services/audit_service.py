"""The whole trail of who changed what: of one platform, or of the installation for those who run it."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased

from modules.core.schemas.audit import AuditTarget
from wizamart.audit import AuditEntry
from wizamart.auth.models import User
from wizamart.module_system.manager import current_manager
from wizamart.module_system.registry import Registry
from wizamart.module_system.state import ModuleState
from wizamart.platforms import Platform

COUNT_UP_TO = 1000
MAX_DIGITS = 10


def select_entries(*, platform_id: int | None, target: str = "") -> sa.Select[Any]:
    """Return the statement of entries, newest first; no platform means all and none.

    Its rows are `(entry, who, who was behind them, platform)`.
    """
    behind = aliased(User)
    statement = (
        sa.select(AuditEntry, User.display_name, behind.display_name, Platform.name)
        .outerjoin(User, User.id == AuditEntry.actor_id)
        .outerjoin(behind, behind.id == AuditEntry.impersonator_id)
        .outerjoin(Platform, Platform.id == AuditEntry.platform_id)
        .order_by(AuditEntry.id.desc())
    )
    if platform_id is not None:
        statement = statement.where(AuditEntry.platform_id == platform_id)
    return statement.where(AuditEntry.target == target) if target else statement


def of_module(registry: Registry, code: str) -> sa.ColumnElement[bool]:
    """Return the condition of the actions that a module has words for."""
    return AuditEntry.action.in_(registry[code].audit_actions)


def find_text(registry: Registry, text: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of a search: words of the person, of the action as it is shown, or of the target."""
    return [_holds(registry, word) for word in text.split()]


def _holds(registry: Registry, word: str) -> sa.ColumnElement[bool]:
    actions = [
        action
        for action, label in registry.audit_actions.items()
        if word.casefold() in f"{label} {action}".casefold()
    ]
    return sa.or_(
        AuditEntry.action.in_(actions),
        AuditEntry.target.icontains(word, autoescape=True),
        AuditEntry.note.icontains(word, autoescape=True),
        User.display_name.icontains(word, autoescape=True),
    )


def read_names(
    session: Session, targets: Mapping[str, Collection[str]], kind: str, *, key: Any, name: Any
) -> dict[str, str]:
    """Return the names of the targets of a kind by id, read from two columns; what is gone is not in it."""
    wanted = [int(ident) for ident in targets.get(kind, ()) if ident.isdecimal() and len(ident) < MAX_DIGITS]
    if not wanted:
        return {}
    return {str(ident): text for ident, text in session.execute(sa.select(key, name).where(key.in_(wanted)))}


def name_targets(
    session: Session, state: ModuleState, entries: Sequence[AuditEntry]
) -> Mapping[str, AuditTarget]:
    """Return what the modules in effect call the targets of the entries, and the places where people were changed.

    Of people the note names the place. Elsewhere somebody may have typed it, and whoever types an id of another
    platform's must not be told its name.
    """
    by_kind: dict[str, set[str]] = {}
    texts = [entry.target for entry in entries]
    texts += [entry.note for entry in entries if entry.note and entry.target.startswith("user:")]
    for text in texts:
        kind, _colon, ident = text.partition(":")
        by_kind.setdefault(kind, set()).add(ident)
    answers = current_manager().contributions.collect("core.audit_target", state, session, by_kind)
    return {
        target: named
        for _code, found in answers
        if isinstance(found, Mapping)
        for target, named in found.items()
        if isinstance(named, AuditTarget)
    }
