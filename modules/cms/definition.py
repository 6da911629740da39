from wizamart.i18n import gettext_noop, lazy_gettext as _, lazy_pgettext
from wizamart.module_system.definition import FrontendType, MenuItem, ModuleDefinition


def _menu(frontend: FrontendType) -> tuple[MenuItem, ...]:
    return (
        MenuItem(
            id=f"cms-pages-{frontend}",
            label=_("Pages"),
            endpoint=f"cms_{frontend}.page_list",
            covers=("revision", "override", "redirect"),
            icon="file-text",
            section=_("Content"),
            order=100,
            permission="cms:page:read",
        ),
        MenuItem(
            id=f"cms-media-{frontend}",
            label=_("Media"),
            endpoint=f"cms_{frontend}.media_list",
            covers=("picker",),
            icon="photo",
            section=_("Content"),
            order=110,
            permission="cms:media:read",
        ),
        MenuItem(
            id=f"cms-theme-{frontend}",
            label=_("Look of the shop"),
            endpoint=f"cms_{frontend}.theme_edit",
            icon="palette",
            section=_("Content"),
            order=120,
            permission="cms:theme:read",
        ),
    )


DEFINITION = ModuleDefinition(
    code="cms",
    name=_("Content"),
    description=_("Pages of the shop with versions and translations, pictures, and the shop's look."),
    version="1.0.0",
    is_core=True,
    icon="file-text",
    features=("cms.pages", "cms.media", "cms.themes"),
    permissions=(
        "cms:page:read",
        "cms:page:create",
        "cms:page:update",
        "cms:page:publish",
        "cms:page:delete",
        "cms:media:read",
        "cms:media:create",
        "cms:media:update",
        "cms:media:delete",
        "cms:theme:read",
        "cms:theme:update",
    ),
    health_check="modules.cms.health:check",
    menu_items={
        FrontendType.ADMIN: _menu(FrontendType.ADMIN),
        FrontendType.VENDOR: _menu(FrontendType.VENDOR),
    },
)

# What roles and tiers call permissions and features is looked up by these words.
WORDS = (
    gettext_noop("Page"),
    gettext_noop("Pages"),
    gettext_noop("Themes"),
    lazy_pgettext("permission", "Theme"),
)
