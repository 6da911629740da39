"""Texts of pages as they are shown, with the addresses of the pictures in them."""

from __future__ import annotations  # so that naming a type of a service does not load it

import functools

from flask import request
from markupsafe import Markup

from modules.cms.services import markdown, usage_service
from wizamart.database import db
from wizamart.i18n import current_locale
from wizamart.platform_context import current_platform

PLACE = 704  # pixels: the widest that the text of a page becomes
PAGES_KEPT = 64


def render_body(
    text: str, *, vendor_id: int | None, locale: str | None = None, is_kept: bool = False
) -> Markup:
    """Return a page's text as it is shown, with the addresses of its pictures, asked for in one query.

    `is_kept` keeps what comes out for the next who asks: for pages that the public reads, not for what is being typed.
    """
    root = request.script_root
    locales = (locale or current_locale(), current_platform.default_locale)
    shown = {
        key: markdown.Shown(
            address=root + media.path(PLACE),
            source_set=media.source_set(root) if media.widths else "",
            width=media.width,
            height=media.height,
            alt=media.alt_in(*locales),
        )
        for key, media in usage_service.find_shown(db.session(), [text], vendor_id=vendor_id).items()
    }
    if is_kept:
        return _kept(text, root, tuple(sorted(shown.items(), key=lambda item: item[0])))
    return _rendered(text, root, tuple(shown.items()))


def _rendered(text: str, root: str, shown: tuple[tuple[str, markdown.Shown], ...]) -> Markup:
    return Markup(markdown.render(text, root=root, find_media=dict(shown).get))  # noqa: S704 - by an allow-list


_kept = functools.lru_cache(maxsize=PAGES_KEPT)(_rendered)
