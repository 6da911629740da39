"""What fields of a page are called where they are not asked for."""

from typing import Final

from wizamart.i18n import lazy_gettext as _

FIELDS: Final = {
    "slug": _("Address"),
    "placement": _("In the navigation"),
    "position": _("Position"),
    "picture_id": _("Picture"),
    "title": _("Title"),
    "body": _("Text"),
    "seo_title": _("Title for search engines"),
    "seo_description": _("Description for search engines"),
}
