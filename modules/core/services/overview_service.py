"""The modules of a platform as cards: what they are, whether they are on, who switched them and why not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from wizamart.auth.models import User
from wizamart.i18n import gettext as _
from wizamart.module_system.definition import ModuleDefinition, ModuleTier
from wizamart.module_system.models import PlatformModule
from wizamart.module_system.registry import Registry
from wizamart.module_system.state import ModuleState


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A module that another one requires or that requires it."""

    code: str
    name: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class ModuleCard:
    """One module on the modules page; `lock` says why its switch cannot be moved, `problem` why it is off."""

    code: str
    name: str
    description: str
    version: str
    tier: ModuleTier
    icon: str
    is_on: bool
    is_wanted: bool
    problem: str
    lock: str
    has_config: bool
    requires: tuple[Neighbour, ...]
    requires_indirectly: tuple[Neighbour, ...]
    dependents: tuple[Neighbour, ...]
    dependents_indirectly: tuple[Neighbour, ...]
    changed_at: datetime | None = None
    changed_by: str | None = None
    health: str = ""


@dataclass(frozen=True, slots=True)
class MissingModule:
    """A module that somebody wants here, or an installed package, whose code cannot be used."""

    code: str
    reason: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page is narrowed to."""

    text: str = ""
    state: str = ""
    tier: str = ""
    hide_core: bool = False

    @property
    def is_active(self) -> bool:
        """Whether anything is narrowed."""
        return bool(self.text or self.state or self.tier or self.hide_core)


Rows = Mapping[str, tuple[bool, datetime | None, str | None]]


def read_rows(session: Session, platform_id: int) -> Rows:
    """Return of each stored module `(wanted, when it was switched, by whom)`, in one query."""
    switched_by = sa.case(
        (PlatformModule.is_enabled, PlatformModule.enabled_by_user_id),
        else_=PlatformModule.disabled_by_user_id,
    )
    switched_at = sa.case(
        (PlatformModule.is_enabled, PlatformModule.enabled_at), else_=PlatformModule.disabled_at
    )
    query = (
        sa.select(PlatformModule.module_code, PlatformModule.is_enabled, switched_at, User.display_name)
        .outerjoin(User, User.id == switched_by)
        .where(PlatformModule.platform_id == platform_id)
    )
    return {code: (wanted, at, by) for code, wanted, at, by in session.execute(query)}


def build_cards(
    registry: Registry,
    state: ModuleState,
    rows: Rows,
    *,
    may_update: bool,
    may_update_internal: bool,
    health: Mapping[str, str],
) -> list[ModuleCard]:
    """Return a card per installed module."""
    return [
        _build_card(
            registry,
            state,
            module,
            row=rows.get(code),
            lock=_lock(module, state, may_update=may_update, may_update_internal=may_update_internal),
            health=health.get(code, ""),
        )
        for code, module in registry.items()
    ]


def _build_card(
    registry: Registry,
    state: ModuleState,
    module: ModuleDefinition,
    *,
    row: tuple[bool, datetime | None, str | None] | None,
    lock: str,
    health: str,
) -> ModuleCard:
    requirements = registry.requirements_of(module.code) - set(module.requires)
    direct = registry.dependents[module.code]
    indirect = registry.dependents_of(module.code) - set(direct)
    return ModuleCard(
        code=module.code,
        name=str(module.name),
        description=str(module.description),
        version=module.version,
        tier=module.tier,
        icon=module.icon,
        is_on=module.code in state.effective,
        is_wanted=module.is_core or module.code in state.wanted,
        problem=str(state.off_because.get(module.code, "")),
        lock=lock,
        has_config=module.config_schema is not None,
        requires=_neighbours(registry, state, module.requires),
        requires_indirectly=_neighbours(registry, state, sorted(requirements)),
        dependents=_neighbours(registry, state, direct),
        dependents_indirectly=_neighbours(registry, state, sorted(indirect)),
        changed_at=row[1] if row else None,
        changed_by=row[2] if row else None,
        health=health,
    )


def _neighbours(registry: Registry, state: ModuleState, codes: Iterable[str]) -> tuple[Neighbour, ...]:
    return tuple(Neighbour(code, str(registry[code].name), code in state.effective) for code in codes)


def _lock(
    module: ModuleDefinition, state: ModuleState, *, may_update: bool, may_update_internal: bool
) -> str:
    """Say why a switch cannot be moved; nothing where it can."""
    if module.is_core:
        return _("Always on: the rest of the portal stands on it.")
    if not may_update:
        return _("You may look at the modules, but not switch them.")
    if module.is_internal and not may_update_internal:
        return _("Only super admins switch internal modules.")
    is_stuck = module.code in state.off_because and module.code not in state.wanted
    return str(state.off_because[module.code]) if is_stuck else ""


def list_missing(registry: Registry, state: ModuleState) -> list[MissingModule]:
    """Return what is wanted here and not installed, and what is installed and was refused, with the reason."""
    found = {rejected.code: rejected.reason for rejected in registry.rejected}
    for code in state.wanted - set(registry):
        found.setdefault(code, str(state.off_because.get(code, _("Its package is not installed."))))
    return [MissingModule(code, str(reason), code in state.wanted) for code, reason in sorted(found.items())]


def narrow(cards: Iterable[ModuleCard], filters: Filters) -> list[ModuleCard]:
    """Return the cards that the filters leave; every word must be in name, code or description."""
    words = filters.text.casefold().split()
    return [card for card in cards if _fits(card, filters, words)]


def _fits(card: ModuleCard, filters: Filters, words: list[str]) -> bool:
    if filters.hide_core and card.tier is ModuleTier.CORE:
        return False
    if filters.tier and card.tier != filters.tier:
        return False
    is_sick = bool(card.problem) or card.health in {"degraded", "unhealthy"}
    states = {"on": card.is_on, "off": not card.is_on, "problem": is_sick}
    if filters.state and not states.get(filters.state, True):
        return False
    haystack = f"{card.name} {card.code} {card.description}".casefold()
    return all(word in haystack for word in words)


def count_by_state(cards: Iterable[ModuleCard]) -> dict[str, Any]:
    """Return how many modules are on, and how many there are."""
    listed = list(cards)
    return {"on": sum(card.is_on for card in listed), "total": len(listed)}
