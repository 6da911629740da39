"""What holds on a platform now, computed from what was asked for; kept per process by revision and nothing else."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from wizamart.i18n import LazyText, lazy_gettext as _
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.models import AdminMenuConfig, PlatformModule
from wizamart.module_system.registry import Registry


class MenuChange(NamedTuple):
    """A platform's change to one menu item."""

    is_hidden: bool
    order: int | None


@dataclass(frozen=True, slots=True)
class ModuleState:
    """A platform's modules at one revision. `cache` keeps what is derived from it (menus), and dies with it."""

    platform_id: int
    revision: int
    wanted: frozenset[str]
    effective: frozenset[str]
    known: frozenset[str]
    off_because: Mapping[str, LazyText | str]
    configs: Mapping[str, Mapping[str, Any]]
    permissions: frozenset[str]
    reserved_permissions: frozenset[str]
    features: frozenset[str]
    menu_changes: Mapping[tuple[FrontendType, str], MenuChange] = field(default_factory=dict)
    cache: OrderedDict[Any, Any] = field(default_factory=OrderedDict, compare=False)

    def is_enabled(self, code: str) -> bool:
        """Tell whether a module is in effect: one set look-up."""
        return code in self.effective


def effect_of(
    registry: Registry, wanted: frozenset[str], blocked: frozenset[str] = frozenset()
) -> tuple[frozenset[str], dict[str, LazyText | str]]:
    """Return what is in effect, and for each wanted module that is not, why.

    A module is in effect if it is core, or wanted and present and not blocked and all it requires is in effect.
    """
    effective: set[str] = set()
    reasons: dict[str, LazyText | str] = {
        rejected.code: rejected.reason for rejected in registry.rejected if rejected.code in wanted
    }
    for code in wanted - set(registry) - set(reasons):
        reasons[code] = _("Its package is not installed.")
    for code, module in registry.items():  # requirements come first
        if not module.is_core and code not in wanted:
            continue
        missing = [required for required in module.requires if required not in effective]
        if code in blocked and not module.is_core:
            reasons[code] = _("The operator of this installation has blocked it.")
        elif missing:
            reasons[code] = _("It requires %(modules)s, which is off.") % {"modules": ", ".join(missing)}
        else:
            effective.add(code)
    return frozenset(effective), reasons


def build_state(
    registry: Registry,
    platform_id: int,
    revision: int,
    *,
    rows: Sequence[tuple[str, bool, Mapping[str, Any]]],
    menu_rows: Sequence[tuple[str, str, bool, int | None]] = (),
    blocked: frozenset[str] = frozenset(),
) -> ModuleState:
    """Compute a platform's state from its stored rows `(code, is_enabled, config)`."""
    wanted = frozenset(code for code, is_enabled, _config in rows if is_enabled)
    effective, reasons = effect_of(registry, wanted, blocked)
    modules = [registry[code] for code in effective]
    return ModuleState(
        platform_id=platform_id,
        revision=revision,
        wanted=wanted,
        effective=effective,
        known=frozenset(registry),
        off_because=reasons,
        configs={code: config for code, _is_enabled, config in rows if config},
        permissions=frozenset(permission for module in modules for permission in module.permissions),
        reserved_permissions=frozenset(
            permission for module in modules for permission in module.reserved_permissions
        ),
        features=frozenset(feature for module in modules for feature in module.features),
        menu_changes={
            (FrontendType(frontend), item_id): MenuChange(is_hidden, order)
            for frontend, item_id, is_hidden, order in menu_rows
        },
    )


def read_state(
    connection: Connection | Session,
    registry: Registry,
    platform_id: int,
    revision: int,
    blocked: frozenset[str] = frozenset(),
) -> ModuleState:
    """Read a platform's rows and compute its state."""
    rows = connection.execute(
        sa.select(PlatformModule.module_code, PlatformModule.is_enabled, PlatformModule.config).where(
            PlatformModule.platform_id == platform_id
        )
    )
    menu_rows = connection.execute(
        sa.select(
            AdminMenuConfig.frontend,
            AdminMenuConfig.item_id,
            AdminMenuConfig.is_hidden,
            AdminMenuConfig.order,
        ).where(AdminMenuConfig.platform_id == platform_id)
    )
    return build_state(
        registry,
        platform_id,
        revision,
        rows=[(code, is_enabled, config) for code, is_enabled, config in rows],
        menu_rows=[
            (frontend, item_id, is_hidden, order) for frontend, item_id, is_hidden, order in menu_rows
        ],
        blocked=blocked,
    )


UNCOMMITTED = "uncommitted_platforms"
"""Under this name a session keeps the platforms whose revision it has advanced and not yet committed."""


class StateCache:
    """The latest state of the platforms asked for last; bounded, so memory does not grow with their number."""

    def __init__(
        self, registry: Registry, *, blocked: frozenset[str] = frozenset(), maximum: int = 512
    ) -> None:
        self.registry = registry
        self.blocked = blocked
        self._maximum = maximum
        self._states: OrderedDict[int, ModuleState] = OrderedDict()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._states)

    def get(self, connection: Connection | Session, platform_id: int, revision: int) -> ModuleState:
        """Return the state at `revision`, reading the rows only when this process has not seen it yet.

        What a transaction sees of its own change is not kept: if it rolls back, another one gets the same revision.
        """
        if isinstance(connection, Session) and platform_id in connection.info.get(UNCOMMITTED, ()):
            return read_state(connection, self.registry, platform_id, revision, self.blocked)
        state = self._states.get(platform_id)
        if state is not None and state.revision == revision:
            return state
        state = read_state(connection, self.registry, platform_id, revision, self.blocked)
        self.keep(state)
        return state

    def keep(self, state: ModuleState) -> None:
        """Keep a committed state for the requests to come; what is asked for longest ago gives way."""
        with self._lock:
            self._states[state.platform_id] = state
            self._states.move_to_end(state.platform_id)
            while len(self._states) > self._maximum:
                self._states.popitem(last=False)
