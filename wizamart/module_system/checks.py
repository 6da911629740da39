"""What `wizamart modules check` holds against modules, beyond what already stops the start."""

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass

from flask import Flask

from wizamart.feature_gate import feature_of
from wizamart.module_system.definition import FrontendType, ModuleDefinition, resolve_hook
from wizamart.module_system.import_law import find_strangers
from wizamart.module_system.manager import EXTENSION, HOOKS, ModuleManager
from wizamart.module_system.mounting import MalformedAddress
from wizamart.permissions import access_of


@dataclass(frozen=True, slots=True)
class ModuleFault:
    """A rule that a module breaks."""

    module_code: str
    sentence: str


def check_modules(app: Flask) -> list[ModuleFault]:
    """Return what every module breaks, in the registry's order, then what was left out and why."""
    manager: ModuleManager = app.extensions[EXTENSION]
    try:
        app.url_map.update()
    except MalformedAddress as error:  # nothing answers with it, so nothing more is asked
        return [ModuleFault(manager.owner_of_endpoint(error.endpoint) or "framework", str(error))]
    faults = [
        ModuleFault(code, sentence)
        for code, module in manager.registry.items()
        for sentence in _faults_of(app, manager, module)
    ]
    return [*faults, *(ModuleFault(left_out.code, left_out.reason) for left_out in manager.registry.rejected)]


def _faults_of(app: Flask, manager: ModuleManager, module: ModuleDefinition) -> Iterator[str]:
    yield from _view_faults(app, manager, module)
    yield from _gate_faults(app, module)
    yield from find_strangers(module, manager.registry)
    yield from _hook_faults(module)
    yield from _template_faults(module)
    yield from _service_faults(module)


def _view_faults(app: Flask, manager: ModuleManager, module: ModuleDefinition) -> Iterator[str]:
    reachable = {module.code, *manager.registry.requirements_of(module.code), *manager.registry.core_codes}
    permissions = {name for code in reachable for name in manager.registry[code].permissions}
    features = {name for code in reachable for name in manager.registry[code].features}
    for endpoint, view in app.view_functions.items():
        if manager.owner_of_endpoint(endpoint) != module.code:
            continue
        access = access_of(view)
        if access is None:
            yield f"view {endpoint} declares no access: @public, @signed_in or @requires(…)"
        elif access.permission is not None and access.permission not in permissions:
            yield f"view {endpoint} names the unknown permission {access.permission!r}"
        feature = feature_of(app, endpoint)
        if feature is not None and feature not in features:
            yield f"view {endpoint} names the unknown feature {feature!r}"


def _gate_faults(app: Flask, module: ModuleDefinition) -> Iterator[str]:
    """Hold entries of the vendors' menu to their pages: what is hidden would answer, or what is shown be closed."""
    for item in module.menu_items.get(FrontendType.VENDOR, ()):
        feature = feature_of(app, item.endpoint)
        if item.feature is not None and item.feature != feature:
            yield f"menu item {item.id!r} names the feature {item.feature!r}, its page {item.endpoint} {feature!r}"


def _hook_faults(module: ModuleDefinition) -> Iterator[str]:
    """Look up what the start leaves until it is used."""
    items = [item for items in module.menu_items.values() for item in items]
    named = {name: getattr(module, name) for name in (*HOOKS, "count_rows")}
    named |= {f"badge of {item.id!r}": item.badge for item in items}
    for name, hook in named.items():
        try:
            resolve_hook(hook)
        except Exception as error:  # noqa: BLE001 - whatever the import raises is the fault to report
            yield f"{name}: {type(error).__name__}: {error}"


def _template_faults(module: ModuleDefinition) -> Iterator[str]:
    """Hold templates to what the content policy would refuse in the browser."""
    folder = module.folder / module.templates_path
    for file in sorted(folder.rglob("*.html")) if folder.is_dir() else ():
        text = file.read_text(encoding="utf-8")
        for forbidden in (
            " style=",
            " onclick=",
            "hx-on",
            "javascript:",
            "|safe",
            "| safe",
            "<script>",
            "<style",
        ):
            if forbidden in text:
                yield f"{file.relative_to(folder)} holds {forbidden.strip()!r}"


def _service_faults(module: ModuleDefinition) -> Iterator[str]:
    """Ask for every service: those of the tree are executed at first use, so a start does not find them broken."""
    if importlib.util.find_spec(module.services_path) is None:
        return
    package = importlib.import_module(module.services_path)
    for info in pkgutil.iter_modules(package.__path__):
        try:
            vars(importlib.import_module(f"{module.services_path}.{info.name}"))
        except Exception as error:  # noqa: BLE001 - whatever it raises is the fault to report
            yield f"service {info.name} cannot be imported: {type(error).__name__}: {error}"
