"""Billing: tiers, subscriptions and invoices to vendors."""

from wizamart.i18n import gettext_noop, lazy_gettext as _
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition

DEFINITION = ModuleDefinition(
    code="billing",
    name=_("Billing"),
    description=_(
        "Sells tiers of features and limits to vendors: subscriptions with trial and proration, and invoices with"
        " VAT and numbers without gaps."
    ),
    version="1.0.0",
    icon="file-invoice",
    requires=("payments",),
    features=("subscription_management", "billing_history", "invoice_generation"),
    permissions=(
        "billing:tier:read",
        "billing:tier:create",
        "billing:tier:update",
        "billing:subscription:read",
        "billing:subscription:create",
        "billing:subscription:update",
        "billing:subscription:change",
        "billing:invoice:read",
        "billing:invoice:update",
        "billing:invoice:credit",
    ),
    audit_actions={
        "billing.tier_create": _("Tier created"),
        "billing.tier_update": _("Tier changed"),
        "billing.feature_grant": _("Feature granted to a vendor"),
        "billing.feature_withdraw": _("Feature taken from a vendor"),
        "billing.subscribe": _("Subscribed"),
        "billing.change_tier": _("Tier of a subscription changed"),
        "billing.cancel": _("Subscription cancelled"),
        "billing.keep": _("Cancellation of a subscription withdrawn"),
        "billing.invoice_issue": _("Invoice issued"),
        "billing.invoice_settle": _("Invoice settled"),
    },
    menu_items={
        FrontendType.ADMIN: (
            MenuItem(
                id="subscription-tiers",
                label=_("Subscription tiers"),
                endpoint="billing_admin.tier_list",
                icon="stack-2",
                section=_("Platform"),
                order=400,
                permission="billing:tier:read",
            ),
            MenuItem(
                id="subscriptions",
                label=_("Subscriptions"),
                endpoint="billing_admin.subscription_list",
                icon="refresh",
                section=_("Platform"),
                order=410,
                permission="billing:subscription:read",
            ),
            MenuItem(
                id="billing-invoices",
                label=_("Invoices to vendors"),
                endpoint="billing_admin.invoice_list",
                icon="file-invoice",
                section=_("Platform"),
                order=420,
                permission="billing:invoice:read",
            ),
        ),
        FrontendType.VENDOR: (
            MenuItem(
                id="billing",
                label=_("My subscription"),
                endpoint="billing_vendor.subscription_detail",
                icon="refresh",
                section=_("Settings"),
                order=400,
                permission="billing:subscription:read",
            ),
            MenuItem(
                id="invoices",
                label=_("My invoices"),
                endpoint="billing_vendor.invoice_list",
                icon="file-invoice",
                section=_("Settings"),
                order=410,
                permission="billing:invoice:read",
            ),
        ),
    },
    config_schema="modules.billing.config:BillingConfig",
    on_enable="modules.billing.services.tier_service:create_initial_tiers",
    count_rows="modules.billing.services.overview_service:count_rows",
    health_check="modules.billing.health:check",
)

# What roles and tiers call permissions and features is looked up by these words.
WORDS = (
    gettext_noop("Billing history"),
    gettext_noop("Invoice"),
    gettext_noop("Invoice generation"),
    gettext_noop("Subscription management"),
)
