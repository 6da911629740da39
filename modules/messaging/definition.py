"""The definition of messaging."""

from wizamart.i18n import gettext_noop, lazy_gettext as _
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition

DEFINITION = ModuleDefinition(
    code="messaging",
    name=_("Messaging"),
    description=_("Tells people what happened, in the page and by mail, as each of them wishes."),
    version="1.0.0",
    icon="messages",
    features=("notifications",),
    permissions=(
        "messaging:notification:read",
        "messaging:template:read",
        "messaging:template:update",
        "messaging:mail:read",
    ),
    audit_actions={
        "messaging.template_changed": _("Template of messages changed"),
    },
    menu_items={
        FrontendType.ADMIN: (
            MenuItem(
                id="messaging-notifications",
                label=_("Notifications"),
                endpoint="messaging_admin.notification_list",
                covers=("preference",),
                icon="bell",
                order=20,
                permission="messaging:notification:read",
                badge="modules.messaging.contributions:count_badge",
            ),
            MenuItem(
                id="messaging-templates",
                label=_("Message texts"),
                endpoint="messaging_admin.template_list",
                icon="template",
                section=_("Platform"),
                order=640,
                permission="messaging:template:read",
            ),
            MenuItem(
                id="messaging-mails",
                label=_("Mail log"),
                endpoint="messaging_admin.mail_list",
                icon="mail",
                section=_("Platform"),
                order=650,
                permission="messaging:mail:read",
            ),
        ),
        FrontendType.VENDOR: (
            MenuItem(
                id="messaging-notifications",
                label=_("Notifications"),
                endpoint="messaging_vendor.notification_list",
                covers=("preference",),
                icon="bell",
                order=20,
                permission="messaging:notification:read",
                badge="modules.messaging.contributions:count_badge",
            ),
        ),
    },
    config_schema="modules.messaging.config:MessagingConfig",
    count_rows="modules.messaging.counts:count_rows",
    health_check="modules.messaging.health:check",
)

# What roles and tiers call permissions and features is looked up by these words.
WORDS = (gettext_noop("Mail"), gettext_noop("Template"))
