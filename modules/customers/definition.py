from wizamart.i18n import lazy_gettext as _
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition


def _menu(frontend: FrontendType) -> tuple[MenuItem, ...]:
    return (
        MenuItem(
            id=f"customers-{frontend}",
            label=_("Customers"),
            endpoint=f"customers_{frontend}.customer_list",
            icon="users",
            section=_("Customers"),
            order=95,
            permission="customers:customer:read",
        ),
    )


DEFINITION = ModuleDefinition(
    code="customers",
    name=_("Customers"),
    description=_("Who buys: profiles, addresses, consent, notes and tags."),
    version="1.0.0",
    is_core=True,
    icon="users",
    features=("customers.database",),
    permissions=(
        "customers:customer:read",
        "customers:customer:create",
        "customers:customer:update",
        "customers:customer:export",
        "customers:customer:anonymise",
    ),
    menu_items={
        FrontendType.ADMIN: _menu(FrontendType.ADMIN),
        FrontendType.VENDOR: _menu(FrontendType.VENDOR),
    },
)
