"""A module from inside: what its definition says, and what its code has registered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from wizamart.i18n import lazy_gettext as _
from wizamart.module_system import migrations
from wizamart.module_system.checks import check_modules
from wizamart.module_system.contributions import Contribution
from wizamart.module_system.definition import ModuleDefinition
from wizamart.module_system.events import DomainEvent, Handler
from wizamart.module_system.manager import ModuleManager
from wizamart.module_system.migrations import HistoryStatus
from wizamart.permissions import access_of
from wizamart.queue import SCHEDULES, TASKS
from wizamart.queue.registry import Schedule, TaskDefinition, module_code_of

HOOKS: Final = (
    "on_enable",
    "on_disable",
    "on_startup",
    "can_enable",
    "can_disable",
    "count_rows",
    "health_check",
    "config_schema",
)
_QUIET_METHODS: Final = frozenset({"HEAD", "OPTIONS"})


@dataclass(frozen=True, slots=True)
class Route:
    """One address of a module and what it asks of whoever calls it."""

    rule: str
    methods: tuple[str, ...]
    endpoint: str
    access: str


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything that is known of a module."""

    definition: ModuleDefinition
    dependents: tuple[str, ...]
    routes: tuple[Route, ...]
    hooks: Mapping[str, str]
    events: tuple[DomainEvent[Any], ...]
    handlers: tuple[Handler, ...]
    contributions: tuple[tuple[str, Contribution], ...]
    tasks: tuple[TaskDefinition, ...]
    schedules: Mapping[str, Schedule]
    migration: HistoryStatus | None


def inspect_module(manager: ModuleManager, code: str) -> Inspection:
    """Return what is known of a module.

    :raises UnknownModule: when none has this code.
    """
    definition = manager.registry[code]
    return Inspection(
        definition=definition,
        dependents=manager.registry.dependents[code],
        routes=tuple(_routes(manager, code)),
        hooks={name: _hook_name(getattr(definition, name)) for name in HOOKS},
        events=tuple(_events(definition)),
        handlers=tuple(
            handler for found in manager.handlers.values() for handler in found if handler.module_code == code
        ),
        contributions=tuple(manager.contributions.of_module(code)),
        tasks=tuple(task for name, task in sorted(TASKS.items()) if module_code_of(name) == code),
        schedules={name: schedule for name, schedule in SCHEDULES.items() if module_code_of(name) == code},
        migration=next((one for one in migrations.status() if one.code == code), None),
    )


def list_faults(manager: ModuleManager, code: str) -> list[str]:
    """Return the rules that a module breaks; reads its source files, so it takes a moment."""
    code = manager.registry[code].code
    return [fault.sentence for fault in check_modules(manager.app) if fault.module_code == code]


def _routes(manager: ModuleManager, code: str) -> list[Route]:
    found = []
    for rule in manager.app.url_map.iter_rules():
        if manager.owner_of_endpoint(rule.endpoint) == code:
            methods = tuple(sorted((rule.methods or set()) - _QUIET_METHODS))
            access = _access(manager.app.view_functions[rule.endpoint])
            found.append(Route(rule.rule, methods, rule.endpoint, access))
    return sorted(found, key=lambda route: (route.rule, route.methods))


def _access(view: Any) -> str:
    access = access_of(view)
    if access is None:
        return str(_("declares nothing"))
    if access.permission is not None:
        return access.permission
    return str(_("everybody")) if access.is_public else str(_("whoever is signed in"))


def _hook_name(hook: Any) -> str:
    if hook is None or isinstance(hook, str):
        return hook or ""
    return f"{hook.__module__}:{hook.__qualname__}"


def _events(definition: ModuleDefinition) -> list[DomainEvent[Any]]:
    prefix = f"{definition.package_name}."
    return [event for name, event in sorted(DomainEvent.declared.items()) if name.startswith(prefix)]
