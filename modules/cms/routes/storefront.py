"""What the public sees: pages at their addresses, pictures, the style sheet, and what machines read.

The last route takes every address that nothing else answers, with every method, and says 404 unless a page is there:
so the URL of a module that is off answers as one that never existed.
"""

from typing import Any

from flask import Response, redirect, render_template, request, url_for

from modules.cms.exceptions import NothingHere
from modules.cms.routes import page_pages, theme_pages
from modules.cms.routes.media_pages import media_folder
from modules.cms.services import media_service, page_service, theme_service
from modules.cms.services.picture import MIMETYPES
from wizamart import clock
from wizamart.auth.csrf import csrf
from wizamart.database import db
from wizamart.i18n import current_locale
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import public
from wizamart.platform_context import current_platform, current_vendor

bp = module_blueprint("cms", FrontendType.STOREFRONT)
YEAR = 365 * 24 * 3600
NEWEST = 20


def _vendor_id() -> int | None:
    return current_vendor.id if current_vendor else None


@bp.get("/media/<name>")
@public
def media_file(name: str) -> Any:
    """Send a picture under the type that it was checked to have."""
    key, _dot, extension = name.rpartition(".")
    media = media_service.find_by_key(db.session(), key)
    path = media_service.path_of(media, media_folder()) if media and media.extension == extension else None
    if path is None or not path.is_file():
        raise NothingHere
    response = Response(path.read_bytes(), mimetype=MIMETYPES[extension])
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.set_etag(key)
    response.cache_control.public = True
    response.cache_control.max_age = YEAR
    response.cache_control.immutable = True
    return response.make_conditional(request)


@bp.get("/theme.css")
@public
def theme_css() -> Response:
    """Return the style sheet of the shop's look."""
    theme = theme_service.find_shown(db.session(), vendor_id=_vendor_id())
    if theme is None:
        raise NothingHere
    response = theme_pages.css_response(theme_service.stylesheet_of(theme))
    response.cache_control.max_age = YEAR if request.args.get("v") else 0
    return response


@bp.get("/sitemap.xml")
@public
def sitemap() -> Response:
    """List the public pages for search engines."""
    pages = page_service.list_live(db.session(), vendor_id=_vendor_id(), at=clock.now())
    xml = render_template("cms/storefront/sitemap.xml", pages=pages)
    return Response(xml, content_type="application/xml; charset=utf-8")


@bp.get("/feed.xml")
@public
def feed() -> Response:
    """List what was published last, as an Atom feed (RFC 4287)."""
    now = clock.now()
    pages = page_service.list_live(db.session(), vendor_id=_vendor_id(), at=now)
    newest = sorted(pages, key=lambda page: page.published_at or now, reverse=True)[:NEWEST]
    xml = render_template(
        "cms/storefront/feed.xml",
        pages=newest,
        updated=max((page.updated_at for page in newest), default=now),
        locale=current_locale(),
        shop=(current_vendor or current_platform).name,
    )
    return Response(xml, content_type="application/atom+xml; charset=utf-8")


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
    session, now, vendor_id = db.session(), clock.now(), _vendor_id()
    page = page_service.find_live(session, slug, vendor_id=vendor_id, at=now)
    if page is None:
        moved = page_service.find_moved(session, slug, vendor_id=vendor_id, at=now)
        if moved is None:
            raise NothingHere
        return redirect(url_for("cms_storefront.page_detail", slug=moved), 301)
    text = page.text_in(current_locale(), current_platform.default_locale)
    body = page_pages.render_body(session, text.body, vendor_id=vendor_id)
    return render_template("cms/storefront/page.html", page=page, text=text, body=body)
