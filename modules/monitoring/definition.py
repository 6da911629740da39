from wizamart.i18n import gettext_noop, lazy_gettext as _
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition

PERMISSIONS = (
    "monitoring:task:read",
    "monitoring:task:retry",
    "monitoring:task:cancel",
    "monitoring:log:read",
    "monitoring:mail:read",
    "monitoring:health:read",
)

DEFINITION = ModuleDefinition(
    code="monitoring",
    name=_("Monitoring"),
    description=_("Background tasks, schedules, logs, mails and health, for operators."),
    version="1.0.0",
    is_internal=True,
    icon="activity",
    permissions=PERMISSIONS,
    reserved_permissions=PERMISSIONS,
    config_schema="modules.monitoring.config:MonitoringConfig",
    audit_actions={
        "queue.task.retry": _("Background task started again"),
        "queue.task.cancel": _("Background task cancelled"),
    },
    menu_items={
        FrontendType.ADMIN: (
            MenuItem(
                id="tasks",
                label=_("Background tasks"),
                icon="list-check",
                endpoint="monitoring_admin.task_list",
                section=_("System"),
                order=700,
                permission="monitoring:task:read",
                badge="modules.monitoring.services.task_service:count_dead",
            ),
            MenuItem(
                id="logs",
                label=_("Logs and mails"),
                icon="file-text",
                endpoint="monitoring_admin.log_list",
                section=_("System"),
                order=710,
                permission="monitoring:log:read",
            ),
            MenuItem(
                id="health",
                label=_("Health"),
                icon="heartbeat",
                endpoint="monitoring_admin.health_detail",
                section=_("System"),
                order=720,
                permission="monitoring:health:read",
            ),
        ),
    },
)

# What roles and tiers call permissions and features is looked up by these words.
WORDS = (gettext_noop("Mail"), gettext_noop("Retry"))
