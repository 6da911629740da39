"""Modules of code that are executed when something of theirs is first asked for, and not at the start."""

import importlib
import sys
import threading
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

_packages: set[str] = set()
_waiting: set[str] = set()
_loading: dict[str, ModuleType] = {}
_lock = threading.Lock()


def defer_modules_of(package: str) -> None:
    """Let modules directly inside `package` be executed at first use; those imported already stay as they are."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
    _packages.add(package)


class _Deferred(ModuleType):
    """A module whose code has not run; the first question about its content runs it, once."""

    def __getattribute__(self, name: str) -> Any:
        # The import system asks for names like __spec__; only what the code itself would define needs the code.
        is_content = not name.startswith("__") or name == "__dict__"
        if is_content and ModuleType.__getattribute__(self, "__class__") is _Deferred:
            _execute(ModuleType.__getattribute__(self, "__name__"))
        return ModuleType.__getattribute__(self, name)  # its class is another one by now


def _execute(name: str) -> None:
    """Import the module again, in earnest: the import system's own locks let one thread run it while others wait."""
    with _lock:
        if name in _waiting:
            _waiting.remove(name)
            _loading[name] = sys.modules.pop(name)
    importlib.import_module(name)


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.rpartition(".")[0] not in _packages:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or spec.loader is None:
            return spec
        spec.loader = _Later(spec.loader) if fullname not in _loading else _Now(spec.loader)
        return spec


class _Later(Loader):
    """Makes the module and leaves its code for later."""

    def __init__(self, loader: Loader) -> None:
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Deferred(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        _waiting.add(module.__name__)


class _Now(_Later):
    """Runs the code in the module that everybody holds already. Where it raises, the next question runs it again."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _loading[spec.name]

    def exec_module(self, module: ModuleType) -> None:
        self.loader.exec_module(module)
        module.__class__ = ModuleType
        del _loading[module.__name__]
