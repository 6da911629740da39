"""Pages of customers: the catalogue and its products."""

import logging
from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from modules.inventory.pictures import allow_pictures
from modules.inventory.routes.blueprints import storefront as bp
from modules.inventory.services import (
    action_service,
    category_service,
    listing_service,
    shelf_service,
    stock_service,
    storefront_service,
    vendor_service,
)
from wizamart.database import db
from wizamart.i18n import lazy_gettext as _
from wizamart.permissions import public
from wizamart.platform_context import current_platform
from wizamart.web.tables import Column, Filter, Table

log = logging.getLogger(__name__)
SORTS = (
    ("created", "desc", _("Newest first")),
    ("title", "asc", _("By name")),
    ("price", "asc", _("Lowest price first")),
    ("price", "desc", _("Highest price first")),
)


@bp.get("/catalogue")
@public
def catalogue() -> str:
    """Show what is sold, narrowed by search and category."""
    session = db.session()
    shown = category_service.list_shown_categories(session)
    choices = [(category.path, category.full_name) for category, _count in shown]
    table = Table.from_select(
        session,
        listing_service.select_shown(),
        columns=[Column(key, key, sort=listing_service.SORTS[key]) for key in ("created", "title", "price")],
        search=listing_service.SEARCH,
        filters=[Filter("category", _("Any category"), listing_service.IN_CATEGORY, choices=choices)],
        default_sort="-created",
        per_page=25,
    )
    chosen = table.filters[0].value
    allow_pictures(address for product in table.rows for address in product.images[:1])
    return render_template(
        "inventory/storefront/catalogue.html",
        table=table,
        category=next((one for one, _count in shown if one.path == chosen), None),
        categories=shown,
        available=stock_service.available_by_product(session, [one.id for one in table.rows]),
        sorts=SORTS,
    )


@bp.get("/products/<slug>")
@public
def product_detail(slug: str) -> str:
    """Show a product with its variants and whether they are in stock."""
    session = db.session()
    product = shelf_service.get_shown_product(session, slug)
    allow_pictures(product.images)
    return render_template("inventory/storefront/product_detail.html", **_context(product))


def _context(product: Any) -> dict[str, Any]:
    session = db.session()
    variants = product.live_variants
    available = stock_service.available_of(session, [one.id for one in variants])
    address = url_for("inventory_storefront.product_detail", slug=product.slug, _external=True)
    vendor_name = vendor_service.names_of(session, [product.vendor_id]).get(product.vendor_id, "")
    return {
        "product": product,
        "variants": variants,
        "available": available,
        "vendor_name": vendor_name,
        "description": storefront_service.safe_description(product.description),
        "shows_count": stock_service.get_config(session, current_platform.id).show_stock_count,
        "structured": storefront_service.structured_data(
            product, available=available, address=address, vendor_name=vendor_name
        ),
        "canonical": address,
        "actions": _actions(product),
    }


def _actions(product: Any) -> list[Markup]:
    """Return what other modules let a customer do here; one whose template is broken is logged and left out."""
    session, variants = db.session(), product.live_variants
    found = action_service.list_actions(
        session,
        variants,
        shelf_service.available_to_customers(session, variants),
        platform_id=current_platform.id,
        vendor_id=product.vendor_id,
    )
    return [markup for action in found if (markup := _render_action(action))]


def _render_action(action: dict[str, Any]) -> Markup | None:
    context = action.get("context", {})
    try:
        html = render_template(action["template"], **{"section": context, **context})
    except Exception:
        log.exception("product_action_failed", extra={"template": action["template"]})
        return None
    return Markup(html)  # noqa: S704 - a template's own output
