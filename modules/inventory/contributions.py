"""What the inventory gives to pages of other modules."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from flask import current_app, url_for
from sqlalchemy.orm import Session

from modules.core.schemas.dashboard import DashboardCard
from modules.core.schemas.module_link import ModuleLink
from modules.core.schemas.search import SearchResult
from modules.inventory.pictures import allow_pictures, picture_url
from modules.inventory.services import (
    limit_service,
    overview_service,
    shelf_service,
    stock_service,
)
from wizamart import clock
from wizamart.i18n import current_locale, gettext as _, ngettext
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType
from wizamart.platforms import Platform, get_scope, list_vendors
from wizamart.web.templating import url_if

HOME_PRODUCTS = 8


@contributes("core.module_link")
def module_links(_session: Session, **_tenant: object) -> list[ModuleLink]:
    """Lead from the settings to where VAT rates can be read from a file."""
    url = url_for("inventory_admin.tax_rate_list")
    return [ModuleLink(_("VAT rates"), url, "core:module:update", "percentage")]


@contributes("core.dashboard_card", order=50)
def dashboard_cards(
    session: Session, *, platform_id: int, frontend: FrontendType, **_tenant: object
) -> list[DashboardCard]:
    """Say how many products are on sale, and which run out."""
    if frontend not in {FrontendType.ADMIN, FrontendType.VENDOR}:
        return []
    endpoint = f"inventory_{frontend}.product_list"
    threshold = stock_service.get_config(session, platform_id).low_stock_threshold
    figures = overview_service.count_products(session, threshold=threshold)
    short = figures.low + figures.out
    cards = [
        DashboardCard(
            title=_("Products on sale"),
            value=figures.active,
            icon="package",
            url=url_for(endpoint, status="active"),
            permission="inventory:product:read",
            detail=ngettext("%(num)d draft", "%(num)d drafts", figures.draft) if figures.draft else "",
        )
    ]
    if frontend is FrontendType.VENDOR and not figures.active + figures.draft:
        cards.append(
            DashboardCard(
                title=_("Add your first product"),
                value=_("First step"),
                icon="package",
                url=url_for("inventory_vendor.product_new"),
                permission="inventory:product:create",
                detail=_("One by one, or all at once from a file."),
                todo=True,
            )
        )
    if short:
        cards.append(
            DashboardCard(
                title=_("Low or out of stock"),
                value=short,
                icon="alert-triangle",
                url=url_for(endpoint, status="active", stock="low" if figures.low else "out"),
                permission="inventory:stock:read",
                detail=ngettext("%(num)d is out of stock", "%(num)d are out of stock", figures.out)
                if figures.out
                else "",
                tone="warning",
                todo=True,
            )
        )
    return cards


@contributes("core.search", order=50)
def search_products(
    session: Session, *, frontend: FrontendType, text: str, limit: int, **_tenant: object
) -> list[SearchResult]:
    """Find products by title, SKU and GTIN."""
    if frontend not in {FrontendType.ADMIN, FrontendType.VENDOR}:
        return []
    page = "product_detail" if frontend is FrontendType.ADMIN else "product_edit"
    return [
        SearchResult(
            title=product.title,
            subtitle=", ".join(variant.sku for variant in product.live_variants[:3]),
            url=url_for(f"inventory_{frontend}.{page}", product_id=product.id),
            icon="package",
            permission="inventory:product:read",
            kind=_("Products"),
        )
        for product in overview_service.search_products(session, text, limit=limit)
    ]


@contributes("orders.line_source", order=50)
def order_lines(
    session: Session, *, platform_id: int, vendor_id: int | None, text: str, limit: int
) -> list[dict[str, Any]]:
    """Return what can be sold, for whoever writes an order."""
    config = stock_service.get_config(session, platform_id)
    return overview_service.list_order_lines(
        session, text, vendor_id=vendor_id, config=config, today=clock.now().date(), limit=limit
    )


@contributes("orders.line_lookup", order=50)
def order_line_lookup(
    session: Session, *, platform_id: int, references: Sequence[str]
) -> list[dict[str, Any]]:
    """Return what is behind references of carts now; what customers do not see any more is left out."""
    config = stock_service.get_config(session, platform_id)
    lines = shelf_service.list_lines(
        session, references, config=config, today=clock.now().date(), locale=current_locale()
    )
    for line in lines:
        line["url"] = url_for("inventory_storefront.product_detail", slug=line.pop("slug"))
        line["image_url"] = picture_url(line.pop("picture"), width=160)
    allow_pictures(line["image_url"] for line in lines)
    return lines


@contributes("storefront.navigation", order=50)
def navigation(_session: Session, *, placement: str, **_tenant: object) -> list[dict[str, Any]]:
    """Lead customers to the catalogue."""
    if placement != "header":
        return []
    return [{"label": _("Catalogue"), "url": url_for("inventory_storefront.catalogue"), "order": 20}]


@contributes("framework.frame", order=50)
def search_box(_session: Session, *, frontend: FrontendType, **_tenant: object) -> dict[str, Any] | None:
    """Let customers search from every page of the shop."""
    if frontend is not FrontendType.STOREFRONT:
        return None
    return {"search_url": url_for("inventory_storefront.catalogue")}


@contributes("storefront.home_section", order=50)
def home_section(session: Session, *, platform_id: int, vendor_id: int | None) -> dict[str, Any] | None:
    """Show the newest products on the shop's first page, and where to begin."""
    products = shelf_service.list_newest(session, limit=HOME_PRODUCTS)
    if not products:
        return None
    allow_pictures(address for product in products for address in product.images[:1])
    categories = shelf_service.list_shown_categories(
        session, platform_id=platform_id, locale=current_locale()
    )
    vendors = [] if vendor_id else list_vendors(session, platform_id, only_active=True)
    return {
        "template": "inventory/storefront/_home_section.html",
        "context": {
            "products": products,
            "available": stock_service.available_by_product(session, [product.id for product in products]),
            "categories": [category for category in categories if category.parent_id is None],
            "vendor_names": dict(vendors) if len(vendors) > 1 else {},
        },
        "order": 20,
    }


@contributes("storefront.sitemap", order=50)
def sitemap(session: Session, *, platform_id: int, **_tenant: object) -> Iterator[dict[str, Any]]:
    """Tell search engines every product and category that customers can see."""
    own = session.get_one(Platform, platform_id).default_locale
    for category in shelf_service.list_shown_categories(
        session, platform_id=platform_id, locale=current_locale()
    ):
        url = url_for("inventory_storefront.category_detail", path=category.path, _external=True)
        yield {"url": url, "updated_at": None}
    for slug, updated_at, locales in shelf_service.list_addresses(session):
        url = url_for("inventory_storefront.product_detail", slug=slug, _external=True)
        yield {"url": url, "updated_at": updated_at, "locales": [own, *locales]}


@contributes("cms.media_usage", order=50)
def media_usage(session: Session, *, media_ids: Sequence[int], **_tenant: object) -> list[dict[str, Any]]:
    """Tell which products show a picture, so that nobody deletes it."""
    scope = get_scope(session)
    endpoint = (
        "inventory_vendor.product_edit" if scope and scope.vendor_id else "inventory_admin.product_detail"
    )
    return [
        {"media_id": media_id, "label": title, "url": url_if(endpoint, product_id=product_id)}
        for media_id, product_id, title in overview_service.list_media_uses(session, media_ids)
    ]


@contributes("billing.usage", order=50)
def usage(session: Session, *, vendor_id: int, **_tenant: object) -> dict[str, int]:
    """Say how many products a vendor has, as its subscription counts them."""
    return {"products": limit_service.count_products(session, vendor_id=vendor_id)}


@contributes("framework.demo", order=50)
def demo_catalogue(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Fill the shelves of a demonstration."""
    # Only the command that fills a database needs them.
    from modules.inventory import demo, demo_import, demo_texts

    folder = current_app.extensions["settings"].media_path
    demo.create(session, platform_id=platform_id, vendor_ids=vendor_ids, folder=folder, at=at)
    demo_texts.create(session, platform_id=platform_id, vendor_ids=vendor_ids, at=at)
    demo_import.create(session, platform_id=platform_id, vendor_ids=vendor_ids, at=at)
