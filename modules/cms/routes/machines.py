"""What machines read of a shop: its sitemap in files, a feed in each language, and where they may go."""

from __future__ import annotations  # so that naming a type of a service does not load it

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Response, render_template, request, url_for

from modules.cms.exceptions import NothingHere
from modules.cms.routes.blueprints import storefront
from modules.cms.services import markdown, page_service, sitemap
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import current_locale
from wizamart.module_system.manager import current_manager
from wizamart.permissions import public
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.portal import current_vendor_id, get_state

HOUR = 3600
NEWEST = 20
LONGEST_SUMMARY = 240


def _entries() -> list[sitemap.Entry]:
    """Return every public page of the shop, the first one first."""
    session, now, vendor_id = db.session(), clock.now(), current_vendor_id()
    locales = current_platform.locales
    pages = page_service.list_live(session, vendor_id=vendor_id, at=now)
    home = sitemap.Entry(f"{request.url_root.rstrip('/')}/", None, locales)
    own = [
        sitemap.Entry(
            url_for("cms_storefront.page_detail", slug=page.slug, _external=True),
            page.updated_at,
            tuple(code for code in locales if page.has_text_in(code)),
        )
        for page in pages
    ]
    others = [
        sitemap.entry_from(given, host=request.host_url, locales=locales) for given in _given(vendor_id)
    ]
    return [home, *own, *others]


def _given(vendor_id: int | None) -> Iterator[Mapping[str, Any]]:
    """Yield what other modules in effect have in the shop."""
    answers = current_manager().contributions.collect(
        "storefront.sitemap", get_state(), db.session(), platform_id=current_platform.id, vendor_id=vendor_id
    )
    for _code, given in answers:
        yield from given


def _xml(parts: Iterator[str]) -> Response:
    response = Response(parts, content_type="application/xml; charset=utf-8")
    response.cache_control.public = True
    response.cache_control.max_age = HOUR
    return response


@storefront.get("/sitemap.xml")
@public
def sitemap_index() -> Response:
    """List the shop's pages for search engines, or the files that do where one would be too large."""
    entries, most = _entries(), sitemap.entries_per_file(current_platform.locales)
    if len(entries) <= most:
        return _xml(sitemap.write_file(entries))
    count = -(-len(entries) // most)
    urls = [
        url_for("cms_storefront.sitemap_part", number=number, _external=True)
        for number in range(1, count + 1)
    ]
    return _xml(sitemap.write_index(urls))


@storefront.get("/sitemap-<int:number>.xml")
@public
def sitemap_part(number: int) -> Response:
    """List one file's share of the shop's pages."""
    most = sitemap.entries_per_file(current_platform.locales)
    share = _entries()[(number - 1) * most : number * most] if number else []
    if not share:
        raise NothingHere
    return _xml(sitemap.write_file(share))


@storefront.get("/feed.xml")
@public
def feed() -> Response:
    """List what was published last in the reader's language, as an Atom feed (RFC 4287)."""
    now, locale = clock.now(), current_locale()
    pages = [
        page
        for page in page_service.list_live(db.session(), vendor_id=current_vendor_id(), at=now)
        if page.has_text_in(locale)
    ]
    newest = sorted(pages, key=lambda page: page.published_at or now, reverse=True)[:NEWEST]
    xml = render_template(
        "cms/storefront/feed.xml",
        pages=newest,
        summary_of=lambda text: markdown.plain_text(text.body, length=LONGEST_SUMMARY),
        updated=max((page.updated_at for page in newest), default=now),
        locale=locale,
        shop=(current_vendor or current_platform).name,
    )
    return Response(xml, content_type="application/atom+xml; charset=utf-8")


@storefront.get("/robots.txt")
@public
def robots() -> Response:
    """Tell search engines where the sitemap is, and that portals and carts are not for them."""
    root = request.script_root
    closed = [f"Disallow: {root}{path}" for path in ("/admin", "/vendor/", "/account", "/cart", "/login")]
    place = url_for("cms_storefront.sitemap_index", _external=True)
    lines = ["User-agent: *", *closed, f"Sitemap: {place}", ""]
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")
