"""What the public sees: pages at their addresses, pictures, the style sheet, and what machines read.

The last route takes every address that nothing else answers, with every method, and says 404 unless a page is there:
so the URL of a module that is off answers as one that never existed.
"""

from typing import Any

from flask import Response, make_response, redirect, render_template, request, url_for

from modules.cms.exceptions import NothingHere
from modules.cms.routes import machines, public_media
from modules.cms.routes.blueprints import storefront as bp
from modules.cms.routes.redirects import ask_routes
from modules.cms.routes.rendering import render_body
from modules.cms.routes.themes import css_response
from modules.cms.services import (
    draft_service,
    markdown,
    media_service,
    page_service,
    redirect_service,
    sitemap,
    theme_service,
)
from wizamart import clock
from wizamart.auth.csrf import csrf
from wizamart.database import db
from wizamart.i18n import current_locale
from wizamart.permissions import public, signed_in
from wizamart.platform_context import current_platform
from wizamart.web.access import ensure_in_shop
from wizamart.web.portal import current_vendor_id

__all__ = ["bp", "machines", "public_media"]
YEAR = 365 * 24 * 3600
LONGEST_DESCRIPTION = 160


@bp.get("/theme.css")
@public
def theme_css() -> Response:
    """Return the style sheet of the shop's look."""
    theme = theme_service.find_shown(db.session(), vendor_id=current_vendor_id())
    if theme is None:
        raise NothingHere
    response = css_response(theme_service.stylesheet_of(theme))
    response.cache_control.max_age = YEAR if request.args.get("v") else 0
    return response


@bp.route(
    "/<path:slug>",
    methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"],
    provide_automatic_options=False,
)
@public
@csrf.exempt  # nothing is changed here, and an address that does not exist must not ask for a token first
def page_detail(slug: str) -> Any:
    """Show the page at an address, lead on from where it was before, or say that nothing is here."""
    if request.method not in {"GET", "HEAD"}:
        raise NothingHere
    session, now, vendor_id = db.session(), clock.now(), current_vendor_id()
    page = page_service.find_live(session, slug, vendor_id=vendor_id, at=now)
    if page is None:
        moved = redirect_service.find_target(
            session, slug, vendor_id=vendor_id, at=now, ask_routes=ask_routes
        )
        if moved is None:
            raise NothingHere
        response = redirect(request.script_root + moved, 301)
        response.cache_control.max_age = redirect_service.REDIRECT_AGE
        return response
    return _show(page)


@bp.get("/page-preview/<int:page_id>")
@signed_in
def page_preview(page_id: int) -> Any:
    """Show a page as it is written, in the frame of the shop, to those who may read it in its portal."""
    ensure_in_shop("cms:page:read")
    page = page_service.get_page(db.session(), page_id, vendor_id=current_vendor_id())
    response = make_response(
        _show(draft_service.written_page(db.session(), page), preview=page, now=clock.now())
    )
    response.headers["X-Robots-Tag"] = "noindex"
    response.cache_control.no_store = True
    return response


def _show(page: Any, **more: Any) -> str:
    text = page.text_in(current_locale(), current_platform.default_locale)
    url = url_for("cms_storefront.page_detail", slug=page.slug, _external=True)
    ids = [page.picture_id] if page.picture_id else []
    pictures = media_service.list_by_ids(db.session(), ids, vendor_id=current_vendor_id())
    written = [code for code in current_platform.locales if page.has_text_in(code)]
    return render_template(
        "cms/storefront/page.html",
        page=page,
        text=text,
        body=render_body(text.body, vendor_id=current_vendor_id(), locale=text.locale, is_kept=not more),
        canonical_url=url,
        alternates=sitemap.alternates(url, written),
        meta_description=text.seo_description or markdown.plain_text(text.body, length=LONGEST_DESCRIPTION),
        social_image=pictures[0] if pictures else None,
        **{"preview": None, **more},
    )
