"""Payments: provider accounts, and the ledger of every payment."""

from wizamart.i18n import gettext_noop, lazy_gettext as _, lazy_pgettext
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition, Text


def _menu(frontend: FrontendType, accounts_section: Text) -> tuple[MenuItem, ...]:
    return (
        MenuItem(
            id="payments",
            label=_("Payments"),
            endpoint=f"payments_{frontend}.payment_list",
            covers=("stuck", "refund", "hand_refund", "capture", "test_payment"),
            icon="credit-card",
            section=_("Sales"),
            order=300,
            permission="payments:payment:read",
        ),
        MenuItem(
            id="bank-statements",
            label=_("Bank statements"),
            endpoint=f"payments_{frontend}.statement_list",
            covers=("entry", "transfer"),
            icon="building-bank",
            section=_("Sales"),
            order=305,
            permission="payments:statement:read",
        ),
        MenuItem(
            id="payment-accounts",
            label=_("Payment providers"),
            endpoint=f"payments_{frontend}.account_list",
            icon="plug-connected",
            section=accounts_section,
            order=310,
            permission="payments:account:read",
        ),
    )


DEFINITION = ModuleDefinition(
    code="payments",
    name=_("Payments"),
    description=_(
        "Takes payments through accounts at providers, and keeps a ledger of what was authorised, captured, refunded"
        " and released. Comes with a test provider."
    ),
    version="1.0.0",
    icon="credit-card",
    permissions=(
        "payments:account:read",
        "payments:account:create",
        "payments:account:update",
        "payments:payment:read",
        "payments:payment:create",
        "payments:payment:capture",
        "payments:payment:refund",
        "payments:payment:void",
        "payments:payment:reconcile",
        "payments:statement:read",
        "payments:statement:create",
        "payments:statement:update",
        "payments:transfer:read",
        "payments:transfer:update",
    ),
    audit_actions={
        "payments.account_create": _("Payment account created"),
        "payments.account_update": _("Payment account changed"),
    },
    menu_items={
        FrontendType.ADMIN: _menu(FrontendType.ADMIN, _("Platform")),
        FrontendType.VENDOR: _menu(FrontendType.VENDOR, _("Settings")),
    },
    config_schema="modules.payments.config:PaymentsConfig",
    health_check="modules.payments.health:check",
    count_rows="modules.payments.services.overview_service:count_rows",
)

# What roles and tiers call permissions and features is looked up by these words.
WORDS = (
    gettext_noop("Reconcile"),
    gettext_noop("Statement"),
    gettext_noop("Transfer"),
    gettext_noop("Void"),
    lazy_pgettext("permission", "Refund"),
)
