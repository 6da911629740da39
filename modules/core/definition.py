"""Core: what every platform has."""

from wizamart.i18n import gettext_noop, lazy_gettext as _
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition

DEFINITION = ModuleDefinition(
    code="core",
    name=_("Core"),
    description=_("Dashboard, modules, menus, settings, profile and search."),
    version="1.0.0",
    is_core=True,
    icon="layout-dashboard",
    features=("dashboard", "settings", "profile"),
    permissions=(
        "core:dashboard:read",
        "core:search:read",
        "core:module:read",
        "core:module:update",
        "core:internal-module:update",
        "core:menu:update",
        "core:settings:read",
        "core:settings:update",
        "core:audit:read",
        "core:job:read",
    ),
    reserved_permissions=("core:internal-module:update",),
    menu_items={
        FrontendType.ADMIN: (
            MenuItem(
                id="dashboard",
                label=_("Dashboard"),
                icon="dashboard",
                endpoint="core_admin.dashboard",
                permission="core:dashboard:read",
                order=10,
                is_fixed=True,
            ),
            MenuItem(
                id="modules",
                label=_("Modules"),
                icon="puzzle",
                endpoint="core_admin.module_list",
                permission="core:module:read",
                section=_("System"),
                order=800,
                badge="modules.core.badges:count_unwell",
                is_fixed=True,
                covers=("activation", "operation", "planned_change"),
            ),
            MenuItem(
                id="history",
                label=_("History"),
                icon="history",
                endpoint="core_admin.history_list",
                permission="core:audit:read",
                section=_("System"),
                order=810,
            ),
            MenuItem(
                id="menu",
                label=_("Menu"),
                icon="menu-2",
                endpoint="core_admin.menu_edit",
                section=_("System"),
                order=820,
            ),
            MenuItem(
                id="settings",
                label=_("Settings"),
                icon="settings",
                endpoint="core_admin.settings_edit",
                permission="core:settings:read",
                section=_("Platform"),
                order=700,
                is_fixed=True,
            ),
            MenuItem(
                id="profile",
                label=_("Profile"),
                icon="user-circle",
                endpoint="core_admin.profile_detail",
                section=_("System"),
                order=890,
                is_fixed=True,
            ),
        ),
        FrontendType.VENDOR: (
            MenuItem(
                id="dashboard",
                label=_("Dashboard"),
                icon="dashboard",
                endpoint="core_vendor.dashboard",
                permission="core:dashboard:read",
                order=10,
                is_fixed=True,
            ),
            MenuItem(
                id="menu",
                label=_("Menu"),
                icon="menu-2",
                endpoint="core_vendor.menu_edit",
                section=_("Settings"),
                order=880,
            ),
            MenuItem(
                id="profile",
                label=_("Profile"),
                icon="user-circle",
                endpoint="core_vendor.profile_detail",
                section=_("Settings"),
                order=890,
                is_fixed=True,
            ),
        ),
    },
)

# What roles and tiers call permissions and features is looked up by these words.
WORDS = (gettext_noop("Internal module"), gettext_noop("Audit"), gettext_noop("Job"))
