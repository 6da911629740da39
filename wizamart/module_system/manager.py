"""The manager: loads the code of the modules, and mounts for each request what is on for its platform."""

import functools
import importlib
import importlib.util
import logging
import pkgutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from flask import Blueprint, Flask, current_app
from jinja2 import BaseLoader, FileSystemLoader
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, configure_mappers
from werkzeug.routing import Map

from wizamart.database import Base, forget_models
from wizamart.module_system import events
from wizamart.module_system.contributions import Contributions
from wizamart.module_system.deferred import defer_modules_of
from wizamart.module_system.definition import FrontendType, ModuleDefinition, resolve_hook
from wizamart.module_system.events import Handler, module_event_bus
from wizamart.module_system.exceptions import RegistryError, UnknownPlatform
from wizamart.module_system.migration_history import MigrationHistory
from wizamart.module_system.mounting import MountedMaps, app_wide_hooks
from wizamart.module_system.registry import Registry, RejectedModule, assemble
from wizamart.module_system.state import ModuleState, StateCache
from wizamart.platforms import Platform

log = logging.getLogger(__name__)
EXTENSION = "modules"
# What a module is called by without being asked first; `count_rows` and badges are looked up where they are used.
HOOKS = ("on_enable", "on_disable", "on_startup", "can_enable", "can_disable", "health_check")
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
        for module in self.registry.values():
            if module.package.startswith("modules."):
                # What is installed beside the tree is examined whole, so that a faulty package is left out at once.
                defer_modules_of(module.services_path)
                defer_modules_of(module.schemas_path)
        faults: dict[str, list[str]] = {}
        for find_faults in (self._load, self._menu_faults):
            for code, module in list(self.registry.items()):
                if code not in self.registry or code in faults:
                    continue
                found = list(dict.fromkeys(find_faults(module)))
                if found and module.package.startswith("modules."):
                    faults[code] = found
                elif found:
                    self._reject(code, "; ".join(found))
                if found:
                    forget_models(module.models_path)
                    module_event_bus.forget(module.package)
        if faults:
            raise RegistryError([f"{code}: {fault}" for code, found in faults.items() for fault in found])

    def _reject(self, code: str, reason: str) -> None:
        """Take an installed module and its dependents out of the registry again.

        What it has registered already stays its own, and is mounted nowhere.
        """
        gone = {code, *self.registry.dependents_of(code)}
        rejected = [RejectedModule(code, reason)]
        rejected += [RejectedModule(other, f"{other}: requires {code!r}") for other in sorted(gone - {code})]
        remaining = [module for other, module in self.registry.items() if other not in gone]
        self.registry = assemble(remaining, (), (*self.registry.rejected, *rejected))

    def _load(self, module: ModuleDefinition) -> list[str]:
        """Import a module's files by their fixed names; return every rule it breaks and every file that fails."""
        faults = self._load_models(module) or list(self._mapping_faults(module))
        for name in ("exceptions", "events", "tasks", "health"):
            with _gathered(faults, module):
                _import_if_present(f"{module.package}.{name}")
        # A hook of the tree may lead into a service, which is not to be loaded before it is needed.
        for name in HOOKS if not module.package.startswith("modules.") else ():
            with _gathered(faults, module, f"{name}: "):
                resolve_hook(getattr(module, name))
        for frontend in FrontendType:
            with _gathered(faults, module):
                routes = _import_if_present(f"{module.package}.routes.{frontend}")
                if routes is not None:
                    faults += self._mount(module, frontend, routes.bp)
        with _gathered(faults, module):
            provided = _import_if_present(f"{module.package}.contributions")
            handlers = _import_if_present(f"{module.package}.handlers")
            faults += MigrationHistory(module.code, _migrations_of(module)).find_name_faults()
            if not faults:
                self._adopt(module, provided, handlers)
        return faults

    def _adopt(
        self, module: ModuleDefinition, provided: ModuleType | None, handlers: ModuleType | None
    ) -> None:
        """Take what a sound module contributes, listens to and renders."""
        if provided:
            self.contributions.add_from(module.code, vars(provided))
        for handler in events.handlers_in(module.code, vars(handlers)) if handlers else ():
            self.handlers.setdefault(handler.event, []).append(handler)
        templates = module.folder / module.templates_path
        if templates.is_dir():
            self.templates[module.package_name] = FileSystemLoader(templates)

    def _load_models(self, module: ModuleDefinition) -> list[str]:
        faults: list[str] = []
        with _gathered(faults, module):
            package = _import_if_present(module.models_path)
            for info in pkgutil.iter_modules(package.__path__) if package else ():
                with _gathered(faults, module):
                    importlib.import_module(f"{module.models_path}.{info.name}")
        # One that could not be mapped is not to be asked for its table.
        for mapper in Base.registry.mappers if not faults else ():
            table = str(mapper.local_table.name) if hasattr(mapper.local_table, "name") else ""
            is_own = mapper.class_.__module__.startswith(f"{module.models_path}.")
            if is_own and not table.startswith(f"{module.package_name}_"):
                faults.append(f"table {table!r} must begin with {module.package_name}_")
        return faults

    def _mapping_faults(self, module: ModuleDefinition) -> Iterator[str]:
        """Configure the mapping of an installed module, which could otherwise fail in everybody's first query."""
        if module.package.startswith("modules."):
            return
        try:
            configure_mappers()
        except SQLAlchemyError as error:
            failed = {
                mapper.class_.__module__
                for mapper in Base.registry.mappers
                if getattr(mapper, "_configure_failed", False)
            }
            if any(f"{name}.".startswith(f"{module.models_path}.") for name in failed):
                yield f"{type(error).__name__}: {error}"

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
        added = [kind for kind, count in app_wide_hooks(stage).items() if count > before[kind]]
        for kind in added:
            yield f"blueprint {blueprint.name!r} registers the app-wide hook {kind}"
        if added:
            return
        self.blueprints[blueprint.name] = (module.code, frontend)
        if stage is not self.app:
            self.app.register_blueprint(blueprint)

    def _menu_faults(self, module: ModuleDefinition) -> Iterator[str]:
        """Yield what a menu names and cannot count on: its pages must be there whenever the module is on."""
        declared = {permission for other in self.registry.values() for permission in other.permissions}
        present = {None, module.code, *self.registry.core_codes, *self.registry.requirements_of(module.code)}
        for items in module.menu_items.values():
            for item in items:
                if (
                    item.endpoint not in self.app.view_functions
                    or self.owner_of_endpoint(item.endpoint) not in present
                ):
                    yield f"menu item {item.id!r} names the unknown endpoint {item.endpoint!r}"
                if item.permission is not None and item.permission not in declared:
                    yield f"menu item {item.id!r} names the unknown permission {item.permission!r}"
                if item.feature is not None and item.feature not in module.features:
                    yield f"menu item {item.id!r} names the unknown feature {item.feature!r}"

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
        return self._routes[code]

    @functools.cached_property
    def _routes(self) -> Counter[str | None]:
        return Counter(self.owner_of_endpoint(rule.endpoint) for rule in self.app.url_map.iter_rules())

    def owner_of_endpoint(self, endpoint: str) -> str | None:
        """Return the module that an endpoint belongs to, or None for the framework's."""
        owner = self.blueprints.get(endpoint.rpartition(".")[0])
        return owner[0] if owner else None

    def owner_of_code(self, name: str) -> str | None:
        """Return the module in whose package a Python module lies, or None for the framework's."""
        owners = (
            code for code, module in self.registry.items() if f"{name}.".startswith(f"{module.package}.")
        )
        return next(owners, None)

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

    def stop(self) -> None:
        """Say of each module that the application stops, dependents first."""
        for code in reversed(list(self.registry)):
            module_event_bus.emit_shutdown(code)

    def health_checks(self) -> Mapping[str, Callable[[], Any]]:
        """Return each module's health check by its code; one that leads nowhere says so when it is asked."""
        return {code: functools.partial(_check_health, module) for code, module in self.registry.items()}


@contextmanager
def _gathered(faults: list[str], module: ModuleDefinition, part: str = "") -> Iterator[None]:
    """Write down what a part of a module raises, and go on with the next."""
    try:
        yield
    except Exception as error:
        log.exception("module_load_failed", extra={"module_code": module.code})
        faults.append(f"{part}{type(error).__name__}: {error}")


def _migrations_of(module: ModuleDefinition) -> Path:
    return module.folder / module.migrations_path / "versions"


def _check_health(module: ModuleDefinition) -> Any:
    check = resolve_hook(module.health_check)
    return {"status": "healthy"} if check is None else check()


def _import_if_present(name: str) -> ModuleType | None:
    """Import a module that may be absent; what fails inside a present one is raised, never swallowed."""
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        return None


def current_manager() -> ModuleManager:
    """Return the manager of the application at work."""
    manager: ModuleManager = current_app.extensions[EXTENSION]
    return manager
