"""What customers and search engines are told of a product."""

import json
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import nh3
from babel.numbers import get_currency_precision
from markupsafe import Markup, escape

from modules.inventory.models.product import Product

TAGS = {"p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "table",
        "thead", "tbody", "tr", "th", "td", "a", "span", "div"}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "th": {"scope"}}
IN_STOCK, OUT_OF_STOCK, BACKORDER = (
    "https://schema.org/InStock",
    "https://schema.org/OutOfStock",
    "https://schema.org/BackOrder",
)


def safe_description(text: str) -> Markup:
    """Return a description as markup without anything that runs or looks for itself; plain text gets its paragraphs."""
    if not re.search(r"</?[a-zA-Z]", text):
        paragraphs = [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]
        text = "".join(f"<p>{escape(part).replace(chr(10), Markup('<br>'))}</p>" for part in paragraphs)
    cleaned = nh3.clean(
        text,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="nofollow noopener",
    )
    return Markup(cleaned)  # noqa: S704 - nh3 has left nothing but the tags above


def structured_data(
    product: Product, *, available: Mapping[int, int], address: str, vendor_name: str
) -> Markup:
    """Return schema.org's description of a product as JSON that cannot end the script element it stands in."""
    offers = [
        _offer(product, variant, available.get(variant.id, 0), address=address, vendor_name=vendor_name)
        for variant in product.live_variants
    ]
    first = product.live_variants[0] if product.live_variants else None
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": product.title,
        "url": address,
        "description": re.sub(r"\s+", " ", nh3.clean(product.description, tags=set())).strip()[:5000],
        "image": [image for image in product.images if image.startswith("https://")],
        "offers": offers,
    }
    if first is not None:
        data["sku"] = first.sku
        if first.gtin:
            data["gtin"] = first.gtin
    if product.categories:
        data["category"] = product.categories[-1].full_name
    text = json.dumps({key: value for key, value in data.items() if value}, ensure_ascii=False)
    text = text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(text)  # noqa: S704 - nothing in it is markup any more


def _offer(product: Product, variant: Any, count: int, *, address: str, vendor_name: str) -> dict[str, Any]:
    precision = get_currency_precision(product.currency)
    state = IN_STOCK if count > 0 else BACKORDER if product.allows_backorder else OUT_OF_STOCK
    return {
        "@type": "Offer",
        "sku": variant.sku,
        "price": f"{Decimal(variant.price_minor).scaleb(-precision):.{precision}f}",
        "priceCurrency": product.currency,
        "availability": state,
        "url": address,
        "seller": {"@type": "Organization", "name": vendor_name},
    }
