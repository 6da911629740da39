"""The installed modules: discovery, the rules they must keep, and questions about them."""

import importlib
import importlib.util
import logging
import pkgutil
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.metadata import entry_points
from typing import Any

from pydantic import ValidationError

from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition, ModuleTier, relocate
from wizamart.module_system.exceptions import RegistryError, UnknownModule

log = logging.getLogger(__name__)
ENTRY_POINT_GROUP = "wizamart.modules"
_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_THREE_NUMBERS = re.compile(r"(?:(?:0|[1-9][0-9]*)\.){2}(?:0|[1-9][0-9]*)")
_PERMISSION = re.compile(r"[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class RejectedModule:
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


def find_faults(
    definitions: list[ModuleDefinition], unreadable: frozenset[str] = frozenset()
) -> list[tuple[str, str]]:
    """Return `(code, sentence)` for every rule that is broken, in a stable order.

    To require one of the `unreadable` modules is no fault of its own.
    """
    faults: list[tuple[str, str]] = []
    by_code: dict[str, ModuleDefinition] = {}
    malformed: set[int] = set()
    for definition in definitions:
        if definition.code in by_code:
            faults.append((definition.code, f"{definition.code}: two modules have this code"))
        by_code[definition.code] = definition
        try:
            _refuse_other_types(definition)
            found = list(_own_faults(definition))
        except (TypeError, AttributeError) as error:  # a field holds something else than its type says
            malformed.add(id(definition))
            found = [f"{type(error).__name__}: {error}"]
        faults += [(definition.code, f"{definition.code}: {fault}") for fault in found]
    readable = [definition for definition in definitions if id(definition) not in malformed]
    for definition in readable:
        faults += [
            (definition.code, f"{definition.code}: {fault}")
            for fault in _requirement_faults(definition, by_code, unreadable)
        ]
    faults += _repeated_claims(readable)
    faults += [(cycle[0], f"{cycle[0]}: requires itself: {' > '.join(cycle)}") for cycle in _cycles(by_code)]
    return faults


def _refuse_other_types(module: ModuleDefinition) -> None:
    """Look into the fields that others are compared by.

    :raises TypeError: when one holds something else than its type says.
    """
    for name in (*module.requires, *module.features, *module.permissions):
        if not isinstance(name, str):
            raise TypeError(f"{name!r} is no text")
    for item in (item for items in module.menu_items.values() for item in items):
        if not isinstance(item, MenuItem):
            raise TypeError(f"{item!r} is no MenuItem")


def _own_faults(module: ModuleDefinition) -> Iterator[str]:
    if not _CODE.fullmatch(module.code):
        yield "the code must be kebab-case"
    if not _is_version(module.version):
        yield f"{module.version!r} is no semantic version"
    if module.is_core and module.is_internal:
        yield "a module cannot be core and internal"
    for permission in module.permissions:
        if not _PERMISSION.fullmatch(permission) or not permission.startswith(f"{module.code}:"):
            yield f"permission {permission!r} must read {module.code}:resource:action"
    for permission in set(module.reserved_permissions) - set(module.permissions):
        yield f"reserves {permission!r}, which it does not declare"
    if module.is_internal and {FrontendType.VENDOR, FrontendType.STOREFRONT} & set(module.menu_items):
        yield "an internal module has no vendor or storefront menu"
    yield from _config_faults(module)


def _is_version(text: str) -> bool:
    """Tell whether this is a version as https://semver.org writes it; the usual three numbers load nothing."""
    if _THREE_NUMBERS.fullmatch(text):
        return True
    import semver

    return semver.Version.is_valid(text)


def _config_faults(module: ModuleDefinition) -> Iterator[str]:
    try:
        schema = module.resolve_config_schema()
    except Exception as error:  # noqa: BLE001 - whatever the import raises is the fault to report
        yield f"config_schema {module.config_schema!r} cannot be imported: {error}"
        return
    if schema is None:
        if module.default_config:
            yield "has a default configuration and no config_schema"
        return
    unknown = set(module.default_config) - set(schema.model_fields)
    if unknown:
        yield f"the default configuration has unknown keys: {', '.join(sorted(unknown))}"
        return
    if not module.default_config:
        # Only what has no default can be wrong with nothing; to validate it would build every schema at the start.
        required = [name for name, field in schema.model_fields.items() if field.is_required()]
        if required:
            yield f"its schema requires {', '.join(required)}, and there is no default configuration"
        return
    try:
        schema.model_validate(dict(module.default_config))
    except ValidationError as error:
        first = error.errors()[0]
        yield f"its schema rejects the default configuration: {first['loc']}: {first['msg']}"


def _requirement_faults(
    module: ModuleDefinition, by_code: Mapping[str, ModuleDefinition], unreadable: frozenset[str]
) -> Iterator[str]:
    for required in module.requires:
        other = by_code.get(required)
        if other is None:
            if required not in unreadable:
                yield f"requires {required!r}, which does not exist"
        elif module.is_core and not other.is_core:
            yield f"a core module cannot require the {other.tier} module {required!r}"
        elif module.tier is ModuleTier.OPTIONAL and other.is_internal:
            yield f"an optional module cannot require the internal module {required!r}"


def _repeated_claims(definitions: list[ModuleDefinition]) -> list[tuple[str, str]]:
    faults: list[tuple[str, str]] = []
    owners: dict[tuple[str, str], str] = {}
    for module in definitions:
        claims = [("feature", feature) for feature in module.features]
        claims += [("permission", permission) for permission in module.permissions]
        claims += [
            (f"{frontend} menu item", item.id)
            for frontend, items in module.menu_items.items()
            for item in items
        ]
        for claim in claims:
            if claim in owners:
                kind, name = claim
                faults.append(
                    (module.code, f"{module.code}: {kind} {name!r} is claimed by {owners[claim]} too")
                )
            owners.setdefault(claim, module.code)
    return faults


def _cycles(by_code: Mapping[str, ModuleDefinition]) -> Iterator[tuple[str, ...]]:
    seen: set[str] = set()

    def walk(code: str, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
        if code in path:
            yield (*path[path.index(code) :], code)
            return
        if code in seen or code not in by_code:
            return
        for required in by_code[code].requires:
            yield from walk(required, (*path, code))
        seen.add(code)

    for code in by_code:
        yield from walk(code, ())


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
