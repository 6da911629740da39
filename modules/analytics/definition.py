"""The definition of analytics."""

from wizamart.i18n import gettext_noop, lazy_gettext as _
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition

DEFINITION = ModuleDefinition(
    code="analytics",
    name=_("Analytics"),
    description=_("Reports of what was sold, from what the modules that are on contribute."),
    version="1.0.0",
    icon="chart-bar",
    features=("sales-reports",),
    permissions=("analytics:report:read", "analytics:report:refresh"),
    menu_items={
        FrontendType.ADMIN: (
            MenuItem(
                id="analytics-sales",
                label=_("Sales report"),
                endpoint="analytics_admin.sales_report",
                icon="chart-bar",
                section=_("Sales"),
                order=290,
                permission="analytics:report:read",
            ),
        ),
        FrontendType.VENDOR: (
            MenuItem(
                id="analytics-sales",
                label=_("Sales report"),
                endpoint="analytics_vendor.sales_report",
                icon="chart-bar",
                section=_("Sales"),
                order=290,
                permission="analytics:report:read",
                feature="sales-reports",
            ),
        ),
    },
    config_schema="modules.analytics.config:AnalyticsConfig",
    count_rows="modules.analytics.counts:count_rows",
)

# What roles and tiers call permissions and features is looked up by these words.
WORDS = (gettext_noop("Report"), gettext_noop("Sales reports"))
