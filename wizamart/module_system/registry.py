"""The installed modules: discovery, the rules they must keep, and questions about them."""

import importlib
import importlib.util
import logging
import pkgutil
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from importlib.metadata import entry_points
from typing import Any, NamedTuple

from wizamart.module_system.definition import (
    FrontendType,
    ModuleDefinition,
    ModuleTier,
    Text,
    relocate,
)
from wizamart.module_system.definition_rules import find_faults
from wizamart.module_system.exceptions import RegistryError, UnknownModule

log = logging.getLogger(__name__)
ENTRY_POINT_GROUP = "wizamart.modules"


class RejectedModule(NamedTuple):
    """An installed package that is left out; `reason` is for operators."""

    code: str
    reason: str


class Registry(Mapping[str, ModuleDefinition]):
    """The modules by code, requirements before those who require them."""

    def __init__(
        self, definitions: Iterable[ModuleDefinition], rejected: Iterable[RejectedModule] = ()
    ) -> None:
        definitions = list(definitions)
        faults = [fault for _code, fault in find_faults(definitions)]
        if faults:
            raise RegistryError(faults)
        by_code = {definition.code: definition for definition in definitions}
        self._modules = {code: by_code[code] for code in _in_dependency_order(by_code)}
        self.rejected = tuple(rejected)

    def __getitem__(self, code: str) -> ModuleDefinition:
        try:
            return self._modules[code]
        except KeyError:
            raise UnknownModule(module=code) from None

    def __contains__(self, code: object) -> bool:
        return code in self._modules

    def __iter__(self) -> Iterator[str]:
        return iter(self._modules)

    def __len__(self) -> int:
        return len(self._modules)

    @cached_property
    def core_codes(self) -> frozenset[str]:
        """The codes that are on everywhere."""
        return frozenset(code for code, module in self._modules.items() if module.is_core)

    @cached_property
    def dependents(self) -> Mapping[str, tuple[str, ...]]:
        """For each code, those that require it directly."""
        found: dict[str, list[str]] = {code: [] for code in self._modules}
        for code, module in self._modules.items():
            for required in module.requires:
                found[required].append(code)
        return {code: tuple(sorted(codes)) for code, codes in found.items()}

    @cached_property
    def menu_owner(self) -> Mapping[tuple[FrontendType, str], str]:
        """Which module declares a menu item."""
        return {
            (frontend, item.id): code
            for code, module in self._modules.items()
            for frontend, items in module.menu_items.items()
            for item in items
        }

    @cached_property
    def audit_actions(self) -> Mapping[str, Text]:
        """What the actions in the audit trail mean, in words."""
        return {
            action: label
            for module in self._modules.values()
            for action, label in module.audit_actions.items()
        }

    def of_tier(self, tier: ModuleTier) -> dict[str, ModuleDefinition]:
        """Return the modules of one tier by code."""
        return {code: module for code, module in self._modules.items() if module.tier is tier}

    def requirements_of(self, code: str) -> frozenset[str]:
        """Return everything that a module requires, directly or not."""
        found: set[str] = set()
        for required in self[code].requires:
            found |= {required, *self.requirements_of(required)}
        return frozenset(found)

    def dependents_of(self, code: str) -> frozenset[str]:
        """Return everything that requires a module, directly or not."""
        found: set[str] = set()
        for dependent in self.dependents[self[code].code]:
            found |= {dependent, *self.dependents_of(dependent)}
        return frozenset(found)


def _in_dependency_order(by_code: Mapping[str, ModuleDefinition]) -> list[str]:
    order: list[str] = []

    def visit(code: str) -> None:
        for required in sorted(by_code[code].requires):
            visit(required)
        if code not in order:
            order.append(code)

    for code in sorted(by_code, key=lambda code: (list(ModuleTier).index(by_code[code].tier), code)):
        visit(code)
    return order


def discover(package: str = "modules") -> Registry:
    """Return the modules of the tree and of installed packages.

    :raises RegistryError: when a module of the tree breaks a rule. A faulty installed one is left out instead, with
        everything that requires it, and stands in `rejected`.
    """
    own, unread = _discover_tree(package)
    faults = find_faults(own, frozenset(unread))
    if faults or unread:
        sound = own
        while broken := {code for code, _fault in find_faults(sound)}:
            sound = [module for module in sound if module.code not in broken]
        sentences = [f"{code}: {reason}" for code, reason in unread.items()]
        raise RegistryError([*sentences, *(fault for _code, fault in faults)], sound=sound)
    installed, rejected = _discover_installed()
    return assemble(own, installed, rejected)


def assemble(
    own: Iterable[ModuleDefinition],
    installed: Iterable[ModuleDefinition],
    rejected: Iterable[RejectedModule] = (),
) -> Registry:
    """Put the tree's modules and the installed ones together, leaving out installed ones that break a rule."""
    own, installed, rejected = list(own), list(installed), list(rejected)
    own_codes = {module.code for module in own}
    for module in [module for module in installed if module.code in own_codes]:
        rejected.append(
            RejectedModule(module.code, f"{module.code}: a module of the installation has this code")
        )
        installed.remove(module)
    while True:
        # The installation's own modules come first, so a claim made twice is the installed one's fault.
        faulty: dict[str, str] = {}
        for code, fault in find_faults([*own, *installed]):
            if code not in own_codes:
                faulty.setdefault(code, fault)
        if not faulty:
            break
        rejected += [RejectedModule(code, reason) for code, reason in faulty.items()]
        installed = [module for module in installed if module.code not in faulty]
    for left_out in rejected:
        log.error("module_rejected", extra={"rejected_module": left_out.code, "reason": left_out.reason})
    return Registry([*own, *installed], rejected)


def _discover_tree(package: str) -> tuple[list[ModuleDefinition], dict[str, str]]:
    """Import every `definition.py` of the tree, and say which cannot be; a folder without one is no module."""
    definitions: list[ModuleDefinition] = []
    unread: dict[str, str] = {}
    parent = importlib.import_module(package)
    for info in pkgutil.iter_modules(parent.__path__):
        name = f"{package}.{info.name}"
        try:
            if importlib.util.find_spec(f"{name}.definition") is None:
                continue
            definitions.append(_definition_in(f"{name}.definition", name))
        except Exception as error:  # noqa: BLE001 - every kind of broken file is a fault to list, not to stop at
            unread[info.name.replace("_", "-")] = f"{type(error).__name__}: {error}"
    return definitions, unread


def _discover_installed() -> tuple[list[ModuleDefinition], list[RejectedModule]]:
    definitions: list[ModuleDefinition] = []
    rejected: list[RejectedModule] = []
    for point in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda point: point.name):
        try:
            package = point.module.removesuffix(".definition")
            loaded: Any = point.load()
            if not isinstance(loaded, ModuleDefinition):
                raise TypeError(f"{point.value} is no ModuleDefinition")  # noqa: TRY301 - one way to report all faults
            definitions.append(relocate(loaded, package))
        except Exception as error:  # noqa: BLE001 - a faulty package never stops the rest
            rejected.append(RejectedModule(point.name, f"{type(error).__name__}: {error}"))
    return definitions, rejected


def _definition_in(module_name: str, package: str) -> ModuleDefinition:
    found = [
        value
        for value in vars(importlib.import_module(module_name)).values()
        if isinstance(value, ModuleDefinition)
    ]
    if len(found) != 1:
        raise TypeError(f"{module_name} must define exactly one ModuleDefinition")
    return relocate(found[0], package)


@lru_cache(maxsize=1)
def installed_registry() -> Registry:
    """Return the registry of this installation, discovered once per process."""
    return discover()


def get_module(code: str) -> ModuleDefinition:
    """Return a module by its code.

    :raises UnknownModule: when none is installed under it.
    """
    return installed_registry()[code]


def get_module_tier(code: str) -> ModuleTier:
    """Return the tier of a module, which compares equal to its plain name."""
    return get_module(code).tier


def get_core_module_codes() -> frozenset[str]:
    """Return the codes of the modules that are on everywhere."""
    return installed_registry().core_codes


def is_core_module(code: str) -> bool:
    """Tell whether a module is on everywhere."""
    return get_module(code).is_core


def __getattr__(name: str) -> Mapping[str, ModuleDefinition]:
    """Give the original's constants, discovered at first use and not at import."""
    if name == "MODULES":
        return installed_registry()
    tiers = {f"{tier.name}_MODULES": tier for tier in ModuleTier}
    if name in tiers:
        return installed_registry().of_tier(tiers[name])
    raise AttributeError(name)
