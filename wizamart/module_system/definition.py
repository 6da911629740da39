"""What a module declares about itself: data only, code is named by dotted strings."""

import enum
import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from wizamart.i18n import LazyText

Text = str | LazyText
Hook = Callable[..., Any] | str | None


class FrontendType(enum.StrEnum):
    """Where pages are shown; `API` has routes but no menus."""

    ADMIN = "admin"
    VENDOR = "vendor"
    STOREFRONT = "storefront"
    API = "api"


class ModuleTier(enum.StrEnum):
    """Core is always on, optional is switched per platform, internal is switched per platform for admins only."""

    CORE = "core"
    OPTIONAL = "optional"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry of a sidebar; `badge` names a function `(session, platform_id, vendor_id) -> int | None`.

    The entry is marked on the pages of its endpoint's noun, and on those whose view's name begins with one of `covers`.
    """

    id: str
    label: Text
    endpoint: str
    icon: str = "circle"
    section: Text = ""
    order: int = 100
    permission: str | None = None
    feature: str | None = None
    badge: Hook = None
    is_fixed: bool = False
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModuleDefinition:
    """A module's label: identity, requirements, what it brings, and where its code lies.

    Hooks are callables or dotted strings `package.module:function`. `on_enable(platform_id)` runs in the transaction
    that switches the module on, and an exception undoes it; `on_disable(platform_id)` cannot keep it on.
    `can_enable(session, platform_id)` and `can_disable(session, platform_id)` return the reasons that forbid it;
    `count_rows(session, platform_id)` returns `{label: rows}` of what switching off would hide, each label in the form
    that its number takes. `audit_actions` says in words what the actions mean that the module writes into the audit
    trail, also while it is off.
    """

    code: str
    name: Text
    description: Text = ""
    version: str = "1.0.0"
    requires: tuple[str, ...] = ()
    features: tuple[str, ...] = ()
    menu_items: Mapping[FrontendType, tuple[MenuItem, ...]] = field(default_factory=dict)
    permissions: tuple[str, ...] = ()
    reserved_permissions: tuple[str, ...] = ()
    audit_actions: Mapping[str, Text] = field(default_factory=dict)
    is_core: bool = False
    is_internal: bool = False
    icon: str = "puzzle"
    config_schema: type[BaseModel] | str | None = None
    default_config: Mapping[str, Any] = field(default_factory=dict)
    on_enable: Hook = None
    on_disable: Hook = None
    on_startup: Hook = None
    can_enable: Hook = None
    can_disable: Hook = None
    count_rows: Hook = None
    health_check: Hook = None
    is_self_contained: bool = True
    migrations_path: str = "migrations"
    services_path: str = ""
    models_path: str = ""
    schemas_path: str = ""
    templates_path: str = "templates"
    exceptions_path: str = ""
    locales_path: str = "locales"
    package: str = ""

    def __post_init__(self) -> None:
        """Accept lists where the fields are tuples, and fill the conventional places of the code."""
        for name in ("requires", "features", "permissions", "reserved_permissions"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        package = self.package or f"modules.{self.package_name}"
        object.__setattr__(self, "package", package)
        for name in ("services", "models", "schemas", "exceptions"):
            if not getattr(self, f"{name}_path"):
                object.__setattr__(self, f"{name}_path", f"{package}.{name}")
        menus = {FrontendType(frontend): tuple(items) for frontend, items in self.menu_items.items()}
        object.__setattr__(self, "menu_items", menus)

    @property
    def package_name(self) -> str:
        """The code as a Python name: `dev-tools` lives in `dev_tools`."""
        return self.code.replace("-", "_")

    @property
    def tier(self) -> ModuleTier:
        """The tier that follows from the two flags."""
        if self.is_core:
            return ModuleTier.CORE
        return ModuleTier.INTERNAL if self.is_internal else ModuleTier.OPTIONAL

    @property
    def folder(self) -> Path:
        """Where the package lies on disk."""
        file = importlib.import_module(self.package).__file__
        if file is None:
            raise ModuleNotFoundError(f"{self.package} has no __init__.py")
        return Path(file).parent

    def resolve_config_schema(self) -> type[BaseModel] | None:
        """Return the pydantic model of the configuration, imported if it is named by a string."""
        return resolve_hook(self.config_schema)  # type: ignore[return-value]

    def __hash__(self) -> int:
        return hash(self.code)


def relocate(definition: ModuleDefinition, package: str) -> ModuleDefinition:
    """Return the definition as that of `package`, with the conventional places of its code there."""
    conventional: dict[str, Any] = {
        f"{kind}_path": ""
        for kind in ("services", "models", "schemas", "exceptions")
        if getattr(definition, f"{kind}_path") == f"{definition.package}.{kind}"
    }
    return replace(definition, package=package, **conventional)


def resolve_hook(hook: Hook) -> Callable[..., Any] | None:
    """Return the callable that a hook is or names.

    :raises ImportError, AttributeError: when the dotted string leads nowhere.
    """
    if not isinstance(hook, str):
        return hook
    module_name, _, attribute = hook.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module_name), attribute)
    return found
