from wizamart.i18n import gettext_noop, lazy_gettext as _
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition

PERMISSIONS = (
    "dev-tools:component:read",
    "dev-tools:translation:read",
    "dev-tools:module:read",
    "dev-tools:event:read",
)

DEFINITION = ModuleDefinition(
    code="dev-tools",
    name=_("Developer tools"),
    description=_("Component library, icons, translations, modules and events from inside."),
    version="1.0.0",
    is_internal=True,
    icon="code",
    permissions=PERMISSIONS,
    reserved_permissions=PERMISSIONS,
    menu_items={
        FrontendType.ADMIN: (
            MenuItem(
                id="components",
                label=_("Component library"),
                icon="template",
                endpoint="dev_tools_admin.component_list",
                section=_("System"),
                order=850,
                permission="dev-tools:component:read",
            ),
            MenuItem(
                id="translations",
                label=_("Translations"),
                icon="language",
                endpoint="dev_tools_admin.translation_list",
                section=_("System"),
                order=851,
                permission="dev-tools:translation:read",
            ),
            MenuItem(
                id="inspector",
                label=_("Module inspector"),
                icon="code",
                endpoint="dev_tools_admin.inspection_list",
                section=_("System"),
                order=852,
                permission="dev-tools:module:read",
            ),
            MenuItem(
                id="events",
                label=_("Event explorer"),
                icon="webhook",
                endpoint="dev_tools_admin.event_list",
                section=_("System"),
                order=853,
                permission="dev-tools:event:read",
            ),
        ),
    },
)

# What roles and tiers call permissions and features is looked up by these words.
WORDS = (gettext_noop("Component"),)
