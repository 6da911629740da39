"""What the menu editor shows and sends: entries in an order, hidden or not, pinned or not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.menus import PersonalMenu, list_entries
from wizamart.module_system.state import ModuleState


@dataclass(frozen=True, slots=True)
class EditableEntry:
    """An entry in the editor."""

    id: str
    label: str
    icon: str
    section: str
    is_hidden: bool
    is_pinned: bool
    is_fixed: bool


@dataclass(frozen=True, slots=True)
class MenuDraft:
    """The editor's form as it was sent; `order` holds every entry, in its new place if one was moved."""

    order: tuple[str, ...]
    hidden: tuple[str, ...]
    pinned: tuple[str, ...]
    is_move: bool = False
    is_reset: bool = False

    @classmethod
    def from_form(
        cls, *, order: Sequence[str], shown: Sequence[str], pinned: Sequence[str], move: str, action: str
    ) -> Self:
        """Read what was sent: shown entries are ticked, so what is not ticked is hidden; `move` is `up:<id>`."""
        order = list(dict.fromkeys(order))
        direction, _, moved = move.partition(":")
        if moved in order:
            order = _moved(order, moved, -1 if direction == "up" else 1)
        return cls(
            order=tuple(order),
            hidden=tuple(item for item in order if item not in shown),
            pinned=tuple(item for item in order if item in pinned),
            is_move=bool(moved),
            is_reset=action == "reset",
        )


def _moved(order: Sequence[str], item: str, step: int) -> list[str]:
    """Return the order with one entry moved by one place, as far as there is one."""
    changed = list(order)
    place = changed.index(item)
    other = min(max(place + step, 0), len(changed) - 1)
    changed[place], changed[other] = changed[other], changed[place]
    return changed


def list_editable(
    state: ModuleState,
    frontend: FrontendType,
    *,
    permissions: frozenset[str] | None,
    preferences: Mapping[str, Any] | None,
    draft: MenuDraft | None = None,
) -> list[EditableEntry]:
    """Return the entries to edit, as the sidebar groups them.

    With `permissions` they are those of one's own menu, without them those of everybody's.
    """
    personal = PersonalMenu.from_preferences(preferences, frontend)
    is_personal = permissions is not None
    entries = []
    for entry in list_entries(current_manager().registry, state, frontend):
        item = entry.item
        if permissions is not None and (
            entry.is_hidden or (item.permission is not None and item.permission not in permissions)
        ):
            continue
        is_hidden = item.id in personal.hidden if is_personal else entry.is_hidden
        is_pinned = item.id in personal.pinned
        if draft is not None:
            is_hidden, is_pinned = item.id in draft.hidden, item.id in draft.pinned
        entries.append(
            EditableEntry(
                id=item.id,
                label=str(item.label),
                icon=item.icon,
                section=str(item.section),
                is_hidden=is_hidden and not item.is_fixed,
                is_pinned=is_pinned,
                is_fixed=item.is_fixed,
            )
        )
    order = draft.order if draft is not None else personal.order
    rank = {item_id: place for place, item_id in enumerate(order)}
    entries.sort(key=lambda entry: rank.get(entry.id, len(rank)))
    if draft is not None:  # whoever moves an entry without script sees it where it was moved to
        return entries
    sections: dict[str, list[EditableEntry]] = {}
    for entry in entries:
        sections.setdefault(entry.section, []).append(entry)
    return [entry for section in sections.values() for entry in section]
