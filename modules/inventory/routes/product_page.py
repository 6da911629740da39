"""The page of a product in the shop: what is chosen, what it costs, what can be done with it."""

import logging
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from modules.inventory.pictures import allow_pictures, picture_url
from modules.inventory.routes.shelf import crumbs_of, other_locale, parents_of
from modules.inventory.services import (
    action_service,
    category_service,
    choice_service,
    option_text_service,
    shelf_service,
    stock_service,
    storefront_service,
)
from wizamart.i18n import current_locale
from wizamart.numbers import whole_number
from wizamart.platform_context import current_platform
from wizamart.platforms import vendor_names

log = logging.getLogger(__name__)
RELATED = 4


def read_product(session: Session, product: Any) -> dict[str, Any]:
    """Return what the page of a product shows."""
    variants = product.live_variants
    in_stock = stock_service.available_of(session, [one.id for one in variants])
    buyable = {one.id: None if product.allows_backorder else max(in_stock[one.id], 0) for one in variants}
    chosen = choice_service.choose_variant(
        variants, request.args.get("variant", type=whole_number), lambda one: buyable[one.id] != 0
    )
    related = shelf_service.list_related(session, product, limit=RELATED)
    allow_pictures(address for other in related for address in other.images[:1])
    categories = category_service.list_categories(session)
    place = product.categories[0] if product.categories else None
    places = [*parents_of(place, categories), place] if place else []
    wording = product.text_in(current_locale())
    names = vendor_names(session, [product.vendor_id])
    return {
        "product": product,
        "wording": wording,
        "variant": chosen,
        "pictures": product.pictures_of(chosen),
        "choices": _choices(session, product, chosen, buyable) if chosen else [],
        "in_stock": in_stock,
        "vendor_name": names.get(product.vendor_id, ""),
        "description": storefront_service.safe_description(wording.description),
        "config": stock_service.get_config(session, current_platform.id),
        "actions": _actions(session, product, [chosen] if chosen else [], buyable),
        "related": related,
        "available": stock_service.available_by_product(session, [other.id for other in related]),
        **_for_machines(product, wording, in_stock, names.get(product.vendor_id, ""), places),
    }


def _choices(session: Session, product: Any, chosen: Any, buyable: dict[int, int | None]) -> list[Any]:
    """Return what the product can be chosen by, in the language of its reader."""
    variants, locale = product.live_variants, other_locale()
    wording = option_text_service.AS_WRITTEN
    if locale is not None:
        wording = option_text_service.wording_of(session, variants, locale)
    return choice_service.build_choices(
        product.option_names, variants, chosen, lambda one: buyable[one.id] != 0, wording
    )


def _for_machines(
    product: Any, wording: Any, in_stock: dict[int, int], vendor_name: str, places: list[Any]
) -> dict[str, Any]:
    """Return what search engines are told."""
    address = url_for("inventory_storefront.product_detail", slug=product.slug, _external=True)
    root = request.url_root.rstrip("/")
    host = root.removesuffix(request.script_root)
    pictures = [one if "://" in one else host + one for one in map(picture_url, product.pictures)]
    written = [current_platform.default_locale, *(text.locale for text in product.texts)]
    return {
        "canonical_url": address,
        "alternate_locales": [code for code in current_platform.locales if code in written],
        "meta_description": storefront_service.short_description(wording),
        "structured": storefront_service.structured_data(
            product,
            wording,
            available=in_stock,
            address=address,
            vendor_name=vendor_name,
            category=" > ".join(one.name_in(current_locale()) for one in places),
            pictures=pictures,
        ),
        "crumbs": crumbs_of(places),
        "social_image": next(iter(pictures), None),
    }


def _actions(
    session: Session, product: Any, variants: list[Any], buyable: dict[int, int | None]
) -> list[Markup]:
    """Return what other modules let a customer do here; one whose template is broken is logged and left out."""
    found = action_service.list_actions(
        session, variants, buyable, platform_id=current_platform.id, vendor_id=product.vendor_id
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
