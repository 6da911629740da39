"""What the inventory gives to pages of other modules."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy.orm import Session

from modules.core.schemas.dashboard import DashboardCard
from modules.core.schemas.search import SearchResult
from modules.inventory import demo
from modules.inventory.pictures import allow_pictures
from modules.inventory.services import overview_service, shelf_service, stock_service
from wizamart import clock
from wizamart.i18n import gettext as _
from wizamart.module_system.contributions import contributes
from wizamart.module_system.definition import FrontendType

HOME_PRODUCTS = 8


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
            detail=_("%(count)s drafts", count=figures.draft) if figures.draft else "",
        )
    ]
    if short:
        cards.append(
            DashboardCard(
                title=_("Low or out of stock"),
                value=short,
                icon="alert-triangle",
                url=url_for(endpoint, status="active", stock="low" if figures.low else "out"),
                permission="inventory:stock:read",
                detail=_("%(count)s are out of stock", count=figures.out) if figures.out else "",
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
    lines = shelf_service.list_lines(session, references, config=config, today=clock.now().date())
    for line in lines:
        line["url"] = url_for("inventory_storefront.product_detail", slug=line.pop("slug"))
    return lines


@contributes("storefront.navigation", order=50)
def navigation(_session: Session, *, placement: str, **_tenant: object) -> list[dict[str, Any]]:
    """Lead customers to the catalogue."""
    if placement != "header":
        return []
    return [{"label": _("Catalogue"), "url": url_for("inventory_storefront.catalogue"), "order": 20}]


@contributes("storefront.home_section", order=50)
def home_section(session: Session, **_tenant: object) -> dict[str, Any] | None:
    """Show the newest products on the shop's first page."""
    products = shelf_service.list_newest(session, limit=HOME_PRODUCTS)
    if not products:
        return None
    allow_pictures(address for product in products for address in product.images[:1])
    available = stock_service.available_by_product(session, [product.id for product in products])
    return {
        "template": "inventory/storefront/_home_section.html",
        "context": {"products": products, "available": available},
        "order": 20,
    }


@contributes("framework.demo", order=50)
def demo_catalogue(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Fill the shelves of a demonstration."""
    demo.create(session, platform_id=platform_id, vendor_ids=vendor_ids, at=at)
