"""What the CMS brings to the pages of others."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import current_app, url_for
from sqlalchemy.orm import Session

from modules.cms.services import media_service, page_service, theme_service
from modules.core.schemas.search import SearchResult
from wizamart import clock
from wizamart.i18n import current_locale, gettext as _
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType
from wizamart.platforms import get_scope


@contributes("storefront.navigation")
def navigation(session: Session, *, platform_id: int, placement: str) -> list[dict[str, Any]]:  # noqa: ARG001 - by the hook
    """Return the pages that stand in the shop's navigation."""
    scope = get_scope(session)
    pages = page_service.list_live(
        session, vendor_id=scope.vendor_id if scope else None, at=clock.now(), placement=placement
    )
    return [
        {
            "label": page.text_in(current_locale()).title,
            "url": url_for("cms_storefront.page_detail", slug=page.slug),
            "order": page.position,
        }
        for page in pages
    ]


@contributes("framework.frame", order=50)
def look(
    session: Session, *, vendor_id: int | None, frontend: FrontendType, **_tenant: object
) -> dict[str, Any] | None:
    """Give the shop its style sheet and the name in its head, where it has a theme."""
    if frontend is not FrontendType.STOREFRONT:
        return None
    look = theme_service.find_look(session, vendor_id=vendor_id)
    if look is None:
        return None
    theme, logo = look
    version = int(theme.updated_at.timestamp())
    values: dict[str, Any] = {"theme_css_url": url_for("cms_storefront.theme_css", v=version)}
    if theme.vendor_id == vendor_id:
        values |= {"shop_name": theme.logo_text or None, "shop_logo": logo}
    return values


@contributes("core.search", order=60)
def found_pages(
    session: Session,
    *,
    vendor_id: int | None,
    frontend: FrontendType,
    text: str,
    limit: int,
    **_tenant: object,
) -> list[SearchResult]:
    """Find pages by title and address."""
    return [
        SearchResult(
            title=page.text_in(current_locale()).title,
            subtitle=f"/{page.slug}",
            url=url_for(f"cms_{frontend}.page_edit", page_id=page.id),
            icon="file-text",
            permission="cms:page:update",
            kind=_("Pages"),
        )
        for page in page_service.search_pages(session, vendor_id=vendor_id, text=text, limit=limit)
    ]


@contributes("core.search", order=65)
def found_pictures(
    session: Session,
    *,
    vendor_id: int | None,
    frontend: FrontendType,
    text: str,
    limit: int,
    **_tenant: object,
) -> list[SearchResult]:
    """Find pictures by name and description."""
    return [
        SearchResult(
            title=media.name,
            subtitle=media.alt_in(current_locale()),
            url=url_for(f"cms_{frontend}.media_detail", media_id=media.id),
            icon="photo",
            permission="cms:media:read",
            kind=_("Media"),
        )
        for media in media_service.search_media(session, vendor_id=vendor_id, text=text, limit=limit)
    ]


@contributes("framework.demo", order=30)
def demo(
    session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime, **_more: object
) -> None:
    """Give a platform of the demonstration its pages, pictures and looks."""
    from modules.cms.demo import create_demo  # only the command that fills a database needs it

    folder = current_app.extensions["settings"].media_path
    create_demo(session, platform_id=platform_id, vendor_ids=vendor_ids, folder=folder, at=at)
