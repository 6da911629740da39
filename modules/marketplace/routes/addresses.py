"""How offers lead back to the shop: complete addresses, as the request sees them."""

from __future__ import annotations  # so that naming a type of a service does not load it

from urllib.parse import urljoin

from flask import request, url_for
from werkzeug.routing import BuildError

from modules.marketplace.services import feed_service


def addresses() -> feed_service.Addresses:
    """Return the makers of addresses for this request."""
    return feed_service.Addresses(product=_product, picture=_picture)


def _product(slug: str, locale: str) -> str:
    try:
        return url_for("inventory_storefront.product_detail", slug=slug, lang=locale, _external=True)
    except BuildError:
        return ""


def _picture(path: str) -> str:
    return urljoin(request.url_root, path.lstrip("/"))
