"""Who may import whom inside and between modules, read from the source without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wizamart.module_system.definition import ModuleDefinition
from wizamart.module_system.registry import Registry

WEB: Final = ("flask", "htmx_flask", "werkzeug", "flask_wtf", "flask_login", "wizamart.web", "wizamart.app")
SHARED_PARTS: Final = frozenset({"services", "schemas", "events", "exceptions"})
EDGES: Final = frozenset({"routes", "tasks", "cli", "handlers", "contributions"})
INNER: Final = frozenset({"services", "models", "schemas"})
DEFINITION_MAY: Final = ("wizamart.module_system.definition", "wizamart.i18n")


@dataclass(frozen=True, slots=True)
class Import:
    """One import: in which file of a package, at which line, of what."""

    file: Path
    line: int
    target: str

    def is_within(self, *packages: str) -> bool:
        """Tell whether the target lies in one of the packages."""
        return any(f"{self.target}.".startswith(f"{package}.") for package in packages)


def imports_of(file: Path, package: str) -> Iterator[Import]:
    """Yield every import of a file, those inside functions too, with relative ones made absolute."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"), str(file))):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")
            base = ".".join(parts[: len(parts) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield from (Import(file, node.lineno, f"{module}.{alias.name}") for alias in node.names)


def find_strangers(module: ModuleDefinition, registry: Registry) -> list[str]:
    """Return a sentence for each import that breaks the law.

    A module imports only what it requires and the core, of them only services, schemas, events and exceptions; its
    edges import no models, its services nothing of the web, its models no services, its migrations no code of ours; its
    definition is data.
    """
    allowed = {module.code, *registry.core_codes, *registry.requirements_of(module.code)}
    neighbours = {one.package: code for code, one in registry.items() if one.package != module.package}
    folder = module.folder
    faults = []
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).with_suffix("").parts
        package = ".".join((module.package, *parts[:-1]))
        for found in imports_of(file, package):
            rule = _broken_rule(module, parts[0], found, neighbours, allowed)
            if rule:
                faults.append(f"{'/'.join(parts)}.py:{found.line} imports {found.target}: {rule}")
    return faults


def _broken_rule(
    module: ModuleDefinition, part: str, found: Import, neighbours: dict[str, str], allowed: set[str]
) -> str | None:
    owner = next((package for package in neighbours if found.is_within(package)), None)
    if owner is not None:
        taken = found.target.removeprefix(f"{owner}.").partition(".")[0]
        if neighbours[owner] not in allowed:
            return f"{module.code} does not require {neighbours[owner]}"
        if taken not in SHARED_PARTS:
            return "only services, schemas, events and exceptions of another module may be used"
    rules = (
        (
            part in EDGES and found.is_within(f"{module.package}.models"),
            f"{part} go through services, not to models",
        ),
        (
            part in INNER and found.is_within(*WEB, f"{module.package}.routes"),
            f"{part} know nothing of the web",
        ),
        (part == "models" and found.is_within(f"{module.package}.services"), "models import no services"),
        (
            part == "migrations" and found.is_within("wizamart", "modules", module.package),
            "a migration keeps its own copy of what it needs: today's code will be another one",
        ),
        (
            part == "definition" and _is_code(module, found),
            "a definition is data and names code by dotted strings",
        ),
    )
    return next((rule for is_broken, rule in rules if is_broken), None)


def _is_code(module: ModuleDefinition, found: Import) -> bool:
    is_ours = found.is_within("wizamart", "modules", module.package, "sqlalchemy", *WEB)
    return is_ours and not found.is_within(*DEFINITION_MAY, f"{module.package}.config")
