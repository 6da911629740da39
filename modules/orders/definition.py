from wizamart.i18n import gettext_noop, lazy_gettext as _, lazy_pgettext
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition


def _menu(frontend: FrontendType) -> tuple[MenuItem, ...]:
    return (
        MenuItem(
            id=f"orders-{frontend}",
            label=_("Orders"),
            endpoint=f"orders_{frontend}.order_list",
            covers=("payment", "fulfilment", "return", "packing", "document", "cancellation"),
            icon="shopping-bag",
            section=_("Sales"),
            order=10,
            permission="orders:order:read",
            feature="orders.management",
            badge="modules.orders.counts:count_to_confirm",
        ),
    )


DEFINITION = ModuleDefinition(
    code="orders",
    name=_("Orders"),
    description=_("Orders from draft to return: lines, payments, parcels, packing slips."),
    version="1.0.0",
    requires=("payments",),
    icon="shopping-bag",
    features=("orders.management",),
    permissions=(
        "orders:order:read",
        "orders:order:create",
        "orders:order:update",
        "orders:order:cancel",
        "orders:payment:create",
        "orders:fulfilment:create",
        "orders:return:create",
        "orders:invoice:create",
    ),
    menu_items={
        FrontendType.ADMIN: _menu(FrontendType.ADMIN),
        FrontendType.VENDOR: _menu(FrontendType.VENDOR),
    },
    config_schema="modules.orders.config:OrdersConfig",
    on_disable="modules.orders.services.catch_up_service:ask_for_catching_up",
    count_rows="modules.orders.counts:count_rows",
)

# What roles and tiers call permissions and features is looked up by these words.
WORDS = (
    gettext_noop("Invoice"),
    gettext_noop("Management"),
    lazy_pgettext("permission", "Cancel"),
    lazy_pgettext("permission", "Fulfilment"),
)
