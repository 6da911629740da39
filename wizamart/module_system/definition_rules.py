"""The rules that definitions must keep, each of its own and all together."""

import re
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition, ModuleTier

_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_THREE_NUMBERS = re.compile(r"(?:(?:0|[1-9][0-9]*)\.){2}(?:0|[1-9][0-9]*)")
_PERMISSION = re.compile(r"[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*")


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
    for name in (*module.requires, *module.features, *module.permissions, *module.audit_actions.keys()):
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
        claims += [("audit action", action) for action in module.audit_actions]
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
