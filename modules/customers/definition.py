from wizamart.i18n import gettext_noop, lazy_gettext as _, lazy_pgettext
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition


def _menu(frontend: FrontendType) -> tuple[MenuItem, ...]:
    return (
        MenuItem(
            id=f"customers-{frontend}",
            label=_("Customers"),
            endpoint=f"customers_{frontend}.customer_list",
            covers=("tag", "import", "duplicate", "merge", "anonymisation"),
            icon="users",
            section=_("Customers"),
            order=95,
            permission="customers:customer:read",
        ),
        MenuItem(
            id=f"segments-{frontend}",
            label=_("Segments"),
            endpoint=f"customers_{frontend}.segment_list",
            icon="users-group",
            section=_("Customers"),
            order=96,
            permission="customers:segment:read",
        ),
    )


DEFINITION = ModuleDefinition(
    code="customers",
    name=_("Customers"),
    description=_("Who buys: profiles, addresses, consent, segments, imports, duplicates."),
    version="1.1.0",
    is_core=True,
    icon="users",
    features=("customers.database",),
    permissions=(
        "customers:customer:read",
        "customers:customer:create",
        "customers:customer:update",
        "customers:customer:export",
        "customers:customer:anonymise",
        "customers:customer:merge",
        "customers:segment:read",
        "customers:segment:create",
        "customers:segment:update",
        "customers:segment:delete",
        "customers:import:read",
        "customers:import:create",
    ),
    audit_actions={
        "customers.anonymise": _("Customer anonymised"),
        "customers.merge": _("Customers merged"),
        "customers.segment.delete": _("Segment deleted"),
    },
    menu_items={
        FrontendType.ADMIN: _menu(FrontendType.ADMIN),
        FrontendType.VENDOR: _menu(FrontendType.VENDOR),
    },
)

# What roles and tiers call permissions and features is looked up by these words.
WORDS = (gettext_noop("Segment"), gettext_noop("Database"), lazy_pgettext("permission", "Import"))
