"""Texts of pages as they are shown, with the addresses of the pictures in them."""

from flask import request
from markupsafe import Markup

from modules.cms.services import markdown, usage_service
from modules.cms.services.markdown import Shown
from wizamart.database import db
from wizamart.i18n import current_locale
from wizamart.platform_context import current_platform

PLACE = 704  # pixels: the widest that the text of a page becomes


def render_body(text: str, *, vendor_id: int | None, locale: str | None = None) -> Markup:
    """Return a page's text as it is shown, with the addresses of its pictures, asked for in one query."""
    root = request.script_root
    locales = (locale or current_locale(), current_platform.default_locale)
    shown = {
        key: Shown(
            address=root + media.path(PLACE),
            source_set=media.source_set(root) if media.widths else "",
            width=media.width,
            height=media.height,
            alt=media.alt_in(*locales),
        )
        for key, media in usage_service.find_shown(db.session(), [text], vendor_id=vendor_id).items()
    }
    return Markup(markdown.render(text, root=root, find_media=shown.get))  # noqa: S704 - cleaned by an allow-list
