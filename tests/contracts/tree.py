"""The source tree as the contract tests see it; what they hold is held for files not yet written."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from wizamart.config import ROOT
from wizamart.module_system.registry import installed_registry

SKIPPED = {".venv", ".git", "node_modules", "instance", "vendor", "__pycache__"}


@dataclass(frozen=True, slots=True)
class Import:
    """One import: in which file, at which line, of what."""

    file: Path
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.file.relative_to(ROOT)}:{self.line} imports {self.target}"


def module_codes() -> list[str]:
    return [module.code for module in installed_registry().values() if module.package.startswith("modules.")]


def folder_of(code: str) -> Path:
    return installed_registry()[code].folder


def files(*patterns: str, under: Path = ROOT) -> list[Path]:
    found = {file for pattern in patterns for file in under.rglob(pattern) if file.is_file()}
    return sorted(file for file in found if not SKIPPED & set(file.relative_to(ROOT).parts))


@cache
def parsed(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), str(file))


def imports_of(file: Path) -> Iterator[Import]:
    """Yield every import of a file, those inside functions too, with relative ones made absolute."""
    package = file.relative_to(ROOT).parent.parts
    for node in ast.walk(parsed(file)):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            yield from (Import(file, node.lineno, f"{module}.{alias.name}") for alias in node.names)
