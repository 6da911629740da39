"""The admins' pages of core; each file registers its own."""

from modules.core.routes import (
    audit,
    dashboard,
    exports,
    history,
    menu,
    modules,
    operations,
    planned_changes,
    profile,
    saved_views,
    search,
    settings,
)
from modules.core.routes.blueprints import admin as bp

__all__ = [
    "audit",
    "bp",
    "dashboard",
    "exports",
    "history",
    "menu",
    "modules",
    "operations",
    "planned_changes",
    "profile",
    "saved_views",
    "search",
    "settings",
]
