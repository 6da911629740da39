"""The module system; the calls of the original are importable from here.

They are looked up at first use: importing the package must not import the database for a `definition.py`.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "CORE_MODULES": "registry",
    "INTERNAL_MODULES": "registry",
    "MODULES": "registry",
    "OPTIONAL_MODULES": "registry",
    "FrontendType": "definition",
    "MenuItem": "definition",
    "ModuleDefinition": "definition",
    "ModuleEvent": "events",
    "ModuleEventData": "events",
    "ModuleTier": "definition",
    "apply": "service",
    "contributes": "contributions",
    "disable_module": "service",
    "enable_module": "service",
    "get_all_migration_paths": "migrations",
    "get_core_module_codes": "registry",
    "get_module": "registry",
    "get_module_config": "config_service",
    "get_module_menu_items": "service",
    "get_module_tier": "registry",
    "get_platform_modules": "service",
    "is_core_module": "registry",
    "is_menu_item_module_enabled": "service",
    "is_module_enabled": "service",
    "module_event_bus": "events",
    "on": "events",
    "plan": "service",
    "set_module_config": "config_service",
    "undo_operation": "service",
}
# The original's names of `wizamart.observability`, which stands above this package and imports it: the package itself
# imports nothing of it, only whoever asks for one of these does.
_HEALTH = frozenset({"health_registry", "register_module_health_checks"})


class ModuleService:
    """The original's `module_service`: its calls, wherever they live."""

    def __getattr__(self, name: str) -> Any:
        if _HOMES.get(name) not in {"service", "config_service"}:
            raise AttributeError(name)
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


module_service = ModuleService()


def __getattr__(name: str) -> Any:
    if name in _HEALTH:
        return getattr(import_module("wizamart.observability"), name)
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
