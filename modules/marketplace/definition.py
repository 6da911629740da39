from wizamart.i18n import lazy_gettext as _
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition

DEFINITION = ModuleDefinition(
    code="marketplace",
    name=_("Marketplace"),
    description=_(
        "Letzshop: the catalogue as a feed in each language, with what is wrong with which product."
    ),
    version="1.0.0",
    requires=("inventory",),
    icon="world",
    features=("marketplace.feed",),
    permissions=(
        "marketplace:connection:read",
        "marketplace:connection:update",
        "marketplace:feed:read",
        "marketplace:feed:update",
    ),
    menu_items={
        FrontendType.ADMIN: (
            MenuItem(
                id="marketplace-admin",
                label=_("Marketplace"),
                endpoint="marketplace_admin.connection_list",
                icon="world",
                section=_("Sales"),
                order=60,
                permission="marketplace:connection:read",
            ),
        ),
        FrontendType.VENDOR: (
            MenuItem(
                id="marketplace-vendor",
                label=_("Marketplace"),
                endpoint="marketplace_vendor.connection_detail",
                covers=("address", "feed", "problem", "product"),
                icon="world",
                section=_("Sales"),
                order=60,
                permission="marketplace:connection:read",
                feature="marketplace.feed",
            ),
        ),
    },
    count_rows="modules.marketplace.counts:count_rows",
)
