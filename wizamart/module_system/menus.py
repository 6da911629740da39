"""Sidebars: the items of the modules in effect, filtered by permission, changed per platform and per person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from wizamart.module_system.definition import FrontendType, MenuItem
from wizamart.module_system.registry import Registry
from wizamart.module_system.state import ModuleState


class MenuEntry(NamedTuple):
    """An item of a module as it stands on a platform."""

    item: MenuItem
    module_code: str
    is_hidden: bool
    order: int


def list_entries(registry: Registry, state: ModuleState, frontend: FrontendType) -> list[MenuEntry]:
    """Return the entries of the modules in effect in the platform's order, hidden ones included."""
    entries = []
    for code in registry:
        if code not in state.effective:
            continue
        for item in registry[code].menu_items.get(frontend, ()):
            change = state.menu_changes.get((frontend, item.id))
            is_hidden = change is not None and change.is_hidden and not item.is_fixed
            order = item.order if change is None or change.order is None else change.order
            entries.append(MenuEntry(item, code, is_hidden, order))
    return sorted(entries, key=lambda entry: (entry.order, entry.item.id))


class PersonalMenu(NamedTuple):
    """What somebody changed for themself: pins come first, hidden items go, an own order wins."""

    pinned: tuple[str, ...] = ()
    hidden: frozenset[str] = frozenset()
    order: tuple[str, ...] = ()

    @classmethod
    def from_preferences(
        cls, preferences: Mapping[str, Any] | None, frontend: FrontendType
    ) -> "PersonalMenu":
        """Read it from a user's preferences, whatever stands there."""
        raw = (preferences or {}).get("menus", {}).get(frontend, {})
        return cls(
            tuple(str(item) for item in raw.get("pinned", ())),
            frozenset(str(item) for item in raw.get("hidden", ())),
            tuple(str(item) for item in raw.get("order", ())),
        )


def visible_entries(
    entries: Iterable[MenuEntry], permissions: frozenset[str], personal: PersonalMenu
) -> list[MenuEntry]:
    """Return the entries that a person sees, in their order."""
    seen = [
        entry
        for entry in entries
        if (entry.item.permission is None or entry.item.permission in permissions)
        and not entry.is_hidden
        and (entry.item.id not in personal.hidden or entry.item.is_fixed)
    ]
    if not personal.order:
        return seen
    rank = {item_id: position for position, item_id in enumerate(personal.order)}
    return sorted(seen, key=lambda entry: rank.get(entry.item.id, len(rank) + entry.order))


@dataclass(frozen=True, slots=True)
class MenuLink:
    """An entry as a page shows it."""

    id: str
    label: str
    icon: str
    url: str
    endpoint: str
    feature: str | None
    is_pinned: bool
    is_active: bool = False
    has_badge: bool = False
    covers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MenuSection:
    """A group of the sidebar; the first one may have no label."""

    label: str
    links: tuple[MenuLink, ...]

    @property
    def items(self) -> tuple[MenuLink, ...]:
        """The links, under the name that templates use."""
        return self.links


def group_in_sections(entries: Sequence[MenuEntry], links: Mapping[str, MenuLink]) -> tuple[MenuSection, ...]:
    """Group entries by their section; a section stands where its first entry stands."""
    sections: dict[str, list[MenuLink]] = {}
    for entry in entries:
        if entry.item.id in links:
            sections.setdefault(str(entry.item.section), []).append(links[entry.item.id])
    return tuple(MenuSection(label, tuple(items)) for label, items in sections.items())


def mark_active(sections: Iterable[MenuSection], endpoint: str | None) -> tuple[MenuSection, ...]:
    """Mark the link of the page at hand: its own endpoint, or else what it belongs to in its blueprint."""
    sections = tuple(sections)
    active = _active_id(sections, endpoint)
    return tuple(
        replace(
            section,
            links=tuple(
                replace(link, is_active=True) if link.id == active else link for link in section.links
            ),
        )
        for section in sections
    )


def _active_id(sections: Iterable[MenuSection], endpoint: str | None) -> str | None:
    """Return the link whose noun, or what it covers, is the longest beginning of the view's name."""
    if endpoint is None:
        return None
    blueprint, _, view = endpoint.rpartition(".")
    best: tuple[int, str] | None = None
    for section in sections:
        for link in section.links:
            link_blueprint, _, link_view = link.endpoint.rpartition(".")
            if link.endpoint == endpoint:
                return link.id
            if link_blueprint != blueprint:
                continue
            for beginning in (link_view.rpartition("_")[0], *link.covers):
                if beginning and view.startswith(beginning):
                    best = max(best or (0, ""), (len(beginning), link.id))
    return best[1] if best else None
