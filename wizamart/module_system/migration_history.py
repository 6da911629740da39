"""One Alembic history per module: its files, its version table, and the tables that are its own."""

import importlib
import importlib.util
import pkgutil
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from wizamart.config import ROOT
from wizamart.database import Base
from wizamart.module_system.definition import ModuleDefinition

FRAMEWORK: Final = "framework"
_STEM: Final = re.compile(r"(?P<owner>[a-z][a-z0-9_]*?)_(?P<number>\d{3})_[a-z0-9_]+")


class MigrationHistory(NamedTuple):
    """The migrations of one module, or of the framework; a file's stem is its revision.

    `path` is the folder of the files, `requires` the codes whose tables must be there first, `package` the Python
    package whose mapped classes are this history's tables.
    """

    code: str
    path: Path
    requires: tuple[str, ...] = ()
    package: str = ""

    @property
    def owner(self) -> str:
        """The code as it stands in names of files and tables."""
        return self.code.replace("-", "_")

    @property
    def version_table(self) -> str:
        """The table that says how far this history has come."""
        return "alembic_version" if self.code == FRAMEWORK else f"alembic_version_{self.owner}"

    @property
    def revisions(self) -> tuple[str, ...]:
        """The revisions in their order, told from the names of the files alone."""
        return tuple(sorted(file.stem for file in self.path.glob("*.py") if file.stem != "__init__"))

    @property
    def head(self) -> str | None:
        """The newest revision."""
        return self.revisions[-1] if self.revisions else None

    def find_name_faults(self) -> list[str]:
        """Return a sentence for each file that is off the rule `<package>_<nnn>_<description>.py`."""
        faults = []
        for expected, stem in enumerate(self.revisions, start=1):
            match = _STEM.fullmatch(stem)
            if match is None or match["owner"] != self.owner:
                faults.append(f"migration {stem}.py must be named {self.owner}_<nnn>_<description>.py")
            elif int(match["number"]) != expected:
                faults.append(f"migration {stem}.py should have the number {expected:03d}")
        return faults

    def next_revision(self, message: str) -> str:
        """Return the name for one more migration."""
        slug = re.sub(r"[^a-z0-9]+", "_", message.lower()).strip("_") or "change"
        return f"{self.owner}_{len(self.revisions) + 1:03d}_{slug}"

    def pending_after(self, current: str | None) -> tuple[str, ...]:
        """Return the revisions that are still to be run; none if the database knows a newer one than the code."""
        if current is None:
            return self.revisions
        if current not in self.revisions:
            return ()
        return self.revisions[self.revisions.index(current) + 1 :]


FRAMEWORK_HISTORY: Final = MigrationHistory(FRAMEWORK, ROOT / "migrations" / "versions", package="wizamart")


def histories_of(definitions: Iterable[ModuleDefinition]) -> list[MigrationHistory]:
    """Return the framework's history and those of the modules, requirements first.

    The definitions come in the order of the registry. A module without a folder of migrations has no history, and
    passes what it requires on to those that require it.
    """
    found = [FRAMEWORK_HISTORY]
    needs: dict[str, set[str]] = {}
    for module in definitions:
        required = {FRAMEWORK}
        for code in module.requires:
            required |= needs[code]
        path = module.folder / module.migrations_path / "versions"
        if path.is_dir():
            found.append(MigrationHistory(module.code, path, tuple(sorted(required)), module.package))
            required = required | {module.code}
        needs[module.code] = required
    return found


def import_models(histories: Iterable[MigrationHistory]) -> None:
    """Import every file of models, so that the metadata is complete even where nobody has used a model yet."""
    for history in histories:
        if history.code == FRAMEWORK or not history.package:
            continue
        if importlib.util.find_spec(f"{history.package}.models") is None:
            continue
        models = importlib.import_module(f"{history.package}.models")
        for info in pkgutil.iter_modules(getattr(models, "__path__", [])):
            importlib.import_module(f"{models.__name__}.{info.name}")


def owned_tables(history: MigrationHistory, histories: Sequence[MigrationHistory]) -> frozenset[str]:
    """Return the names of the mapped tables that belong to a history.

    A table belongs to the package that defines its class; one without a class (an association) to the module whose
    name it begins with, or else to the framework.
    """
    packages = {str(mapper.local_table): mapper.class_.__module__ for mapper in Base.registry.mappers}
    return frozenset(
        name
        for name in Base.metadata.tables
        if _owner_of(name, packages.get(name), histories) == history.code
    )


def is_orphan(table: str, history: MigrationHistory, histories: Sequence[MigrationHistory]) -> bool:
    """Tell whether a table in the database was a module's and has lost its class.

    The framework claims no such table: it may belong to a module whose code is gone, and its rows stay.
    """
    if table in Base.metadata.tables or history.code == FRAMEWORK:
        return False
    return _owner_by_prefix(table, histories) == history.code


def _owner_of(table: str, package: str | None, histories: Sequence[MigrationHistory]) -> str | None:
    if package is None:
        return _owner_by_prefix(table, histories)
    for history in histories:
        if history.package and f"{package}.".startswith(f"{history.package}."):
            return history.code
    return None


def _owner_by_prefix(table: str, histories: Sequence[MigrationHistory]) -> str:
    fitting = [history for history in histories if table.startswith(f"{history.owner}_")]
    return max(fitting, key=lambda history: len(history.owner)).code if fitting else FRAMEWORK
