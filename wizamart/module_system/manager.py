"""The manager: loads the code of the modules, and mounts for each request what is on for its platform."""

import functools
import importlib
import importlib.util
import logging
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Blueprint, Flask, current_app
from jinja2 import BaseLoader, FileSystemLoader
from sqlalchemy.orm import Session
from werkzeug.routing import Map

from wizamart.database import Base
from wizamart.module_system import events
from wizamart.module_system.contributions import Contributions
from wizamart.module_system.deferred import defer_modules_of
from wizamart.module_system.definition import FrontendType, ModuleDefinition, resolve_hook
from wizamart.module_system.events import Handler, module_event_bus
from wizamart.module_system.exceptions import RegistryError, UnknownPlatform
from wizamart.module_system.mounting import MountedMaps, app_wide_hooks
from wizamart.module_system.registry import Registry, RejectedModule, assemble
from wizamart.module_system.state import ModuleState, StateCache
from wizamart.platforms import Platform

log = logging.getLogger(__name__)
EXTENSION = "modules"
_STOREFRONT_ONLY = (FrontendType.ADMIN, FrontendType.VENDOR, FrontendType.API)


class ModuleManager:
    """What an application knows of its modules: registry, code, URL maps, contributions and handlers."""

    def __init__(self, app: Flask, registry: Registry, *, blocked: frozenset[str] = frozenset()) -> None:
        self.app = app
        self.registry = registry
        self.blueprints: dict[str, tuple[str, FrontendType]] = {}
        self.contributions = Contributions()
        self.handlers: dict[str, list[Handler]] = {}
        self.templates: dict[str, BaseLoader] = {}
        self._load_all()
        self.states = StateCache(self.registry, blocked=blocked)
        self.maps = MountedMaps(app)
        self._unmounted = functools.lru_cache(maxsize=256)(self._compute_unmounted)

    def _load_all(self) -> None:
        """Load each module's code; a faulty installed one is left out, a faulty one of the tree stops the start."""
        faults: list[str] = []
        for module in self.registry.values():
            if module.package.startswith("modules."):
                # What is installed beside the tree is examined whole, so that a faulty package is left out at once.
                defer_modules_of(module.services_path)
        for code, module in list(self.registry.items()):
            if code not in self.registry:
                continue
            try:
                found = list(self._load(module))
            except Exception as error:
                log.exception("module_load_failed", extra={"module_code": code})
                found = [f"{type(error).__name__}: {error}"]
            if found and module.package.startswith("modules."):
                faults += [f"{code}: {fault}" for fault in found]
            elif found:
                self._reject(code, found[0])
        faults += self._menu_faults()
        if faults:
            raise RegistryError(faults)

    def _reject(self, code: str, reason: str) -> None:
        """Take an installed module and its dependents out of the registry again."""
        gone = {code, *self.registry.dependents_of(code)}
        for name, (owner, _frontend) in list(self.blueprints.items()):
            if owner in gone:
                del self.blueprints[name]
        rejected = [RejectedModule(code, reason)]
        rejected += [RejectedModule(other, f"{other}: requires {code!r}") for other in sorted(gone - {code})]
        remaining = [module for other, module in self.registry.items() if other not in gone]
        self.registry = assemble(remaining, (), (*self.registry.rejected, *rejected))

    def _load(self, module: ModuleDefinition) -> Iterator[str]:
        """Import a module's files by their fixed names; yield the rules it breaks."""
        yield from self._load_models(module)
        for name in ("exceptions", "events", "tasks", "health"):
            _import_if_present(f"{module.package}.{name}")
        for hook in (module.on_enable, module.on_disable, module.can_enable, module.can_disable):
            resolve_hook(hook)
        handlers = _import_if_present(f"{module.package}.handlers")
        for handler in events.handlers_in(module.code, vars(handlers)) if handlers else ():
            self.handlers.setdefault(handler.event, []).append(handler)
        provided = _import_if_present(f"{module.package}.contributions")
        if provided:
            self.contributions.add_from(module.code, vars(provided))
        templates = module.folder / module.templates_path
        if templates.is_dir():
            self.templates[module.package_name] = FileSystemLoader(templates)
        for frontend in FrontendType:
            routes = _import_if_present(f"{module.package}.routes.{frontend}")
            if routes is not None:
                yield from self._mount(module, frontend, routes.bp)

    def _load_models(self, module: ModuleDefinition) -> Iterator[str]:
        package = _import_if_present(module.models_path)
        for info in pkgutil.iter_modules(package.__path__) if package else ():
            importlib.import_module(f"{module.models_path}.{info.name}")
        for mapper in Base.registry.mappers:
            table = str(mapper.local_table.name) if hasattr(mapper.local_table, "name") else ""
            is_own = mapper.class_.__module__.startswith(f"{module.models_path}.")
            if is_own and not table.startswith(f"{module.package_name}_"):
                yield f"table {table!r} must begin with {module.package_name}_"

    def _mount(self, module: ModuleDefinition, frontend: FrontendType, blueprint: Blueprint) -> Iterator[str]:
        """Register a blueprint once, refusing what would act where the module is off."""
        if module.is_internal and frontend in {FrontendType.VENDOR, FrontendType.STOREFRONT}:
            yield f"an internal module has no {frontend} routes"
            return
        if blueprint.name in self.app.blueprints:
            yield f"blueprint {blueprint.name!r} exists already"
            return
        # An installed module is rehearsed on a bare application, so that a refusal leaves no trace in this one.
        stage = self.app if module.package.startswith("modules.") else Flask(__name__)
        before = app_wide_hooks(stage)
        stage.register_blueprint(blueprint)
        for kind, count in app_wide_hooks(stage).items():
            if count > before[kind]:
                yield f"blueprint {blueprint.name!r} registers the app-wide hook {kind}"
                return
        if stage is not self.app:
            self.app.register_blueprint(blueprint)
        self.blueprints[blueprint.name] = (module.code, frontend)

    def _menu_faults(self) -> Iterator[str]:
        declared = {permission for module in self.registry.values() for permission in module.permissions}
        for code, module in self.registry.items():
            for items in module.menu_items.values():
                for item in items:
                    if item.endpoint not in self.app.view_functions:
                        yield f"{code}: menu item {item.id!r} names the unknown endpoint {item.endpoint!r}"
                    if item.permission is not None and item.permission not in declared:
                        yield f"{code}: menu item {item.id!r} names the unknown permission {item.permission!r}"
                    if item.feature is not None and item.feature not in module.features:
                        yield f"{code}: menu item {item.id!r} names the unknown feature {item.feature!r}"

    def _compute_unmounted(self, effective: frozenset[str], *, is_vendor_storefront: bool) -> frozenset[str]:
        return frozenset(
            name
            for name, (code, frontend) in self.blueprints.items()
            if code not in effective or (is_vendor_storefront and frontend in _STOREFRONT_ONLY)
        )

    def map_for(self, effective: frozenset[str], *, is_vendor_storefront: bool = False) -> Map:
        """Return the URL map of the framework and the modules in effect."""
        return self.maps.get(self._unmounted(effective, is_vendor_storefront=is_vendor_storefront))

    def routes_of(self, code: str) -> int:
        """Return how many routes a module has."""
        own = {name for name, (owner, _frontend) in self.blueprints.items() if owner == code}
        return sum(rule.endpoint.rpartition(".")[0] in own for rule in self.app.url_map.iter_rules())

    def owner_of_endpoint(self, endpoint: str) -> str | None:
        """Return the module that an endpoint belongs to, or None for the framework's."""
        owner = self.blueprints.get(endpoint.rpartition(".")[0])
        return owner[0] if owner else None

    @property
    def reserved_permissions(self) -> frozenset[str]:
        """The permissions that only super admins have, whatever a role says."""
        return frozenset(name for module in self.registry.values() for name in module.reserved_permissions)

    def catalogue_folders(self) -> list[tuple[str, Path]]:
        """Return `(code, folder)` of each module's translations."""
        return [(code, module.folder / module.locales_path) for code, module in self.registry.items()]

    def state_of(self, session: Session, platform_id: int) -> ModuleState:
        """Return a platform's state as the session sees it.

        :raises UnknownPlatform: when there is none with this id.
        """
        platform = session.get(Platform, platform_id)
        if platform is None:
            raise UnknownPlatform(platform=platform_id)
        return self.states.get(session, platform.id, platform.module_revision)

    def kept_states(self) -> Iterator[tuple[str, str, bool]]:
        """Yield `(platform id, module, is on)` of the platforms that this process served last."""
        for state in self.states.latest():
            for code in self.registry:
                yield str(state.platform_id), code, code in state.effective

    def start(self) -> None:
        """Run the modules' start-up hooks; a failing one is logged and stops nobody else."""
        for code, module in self.registry.items():
            try:
                hook = resolve_hook(module.on_startup)
                if hook is not None:
                    hook()
            except Exception:
                log.exception("startup_hook_failed", extra={"module_code": code})
            module_event_bus.emit_startup(code)

    def health_checks(self) -> Mapping[str, Callable[[], Any]]:
        """Return each module's health check by its code."""
        checks = {code: resolve_hook(module.health_check) for code, module in self.registry.items()}
        return {code: check or _nothing_to_check for code, check in checks.items()}


def _nothing_to_check() -> dict[str, str]:
    return {"status": "healthy"}


def _import_if_present(name: str) -> ModuleType | None:
    """Import a module that may be absent; what fails inside a present one is raised, never swallowed."""
    parent, _, _leaf = name.rpartition(".")
    if parent and importlib.util.find_spec(parent) is None:
        return None
    return importlib.import_module(name) if importlib.util.find_spec(name) is not None else None


def current_manager() -> ModuleManager:
    """Return the manager of the application at work."""
    manager: ModuleManager = current_app.extensions[EXTENSION]
    return manager
