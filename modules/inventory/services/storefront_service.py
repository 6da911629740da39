"""What customers and search engines are told of a product."""

import html
import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import nh3
from babel.numbers import get_currency_precision
from markupsafe import Markup, escape

from modules.inventory.models.product import Product
from modules.inventory.schemas.product_text import Wording

TAGS = {"p", "br", "b", "strong", "i", "em", "u", "ul", "ol", "li", "h2", "h3", "h4", "blockquote", "table",
        "thead", "tbody", "tr", "th", "td", "a", "span", "div"}  # fmt: skip
ATTRIBUTES = {"a": {"href"}, "th": {"scope"}}
SHORT = 160
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


def short_description(wording: Wording) -> str:
    """Return what search engines show below a product's title: what its vendor wrote for them, or how it begins."""
    if wording.seo_description:
        return wording.seo_description
    text = _plain(wording.description)
    return text if len(text) <= SHORT else text[:SHORT].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(nh3.clean(text, tags=set()))).strip()


def structured_data(
    product: Product,
    wording: Wording,
    *,
    available: Mapping[int, int],
    address: str,
    vendor_name: str,
    category: str = "",
    pictures: Sequence[str] = (),
) -> Markup:
    """Return schema.org's description of a product in a language; `pictures` are whole addresses."""
    offers = [
        _offer(product, variant, available.get(variant.id, 0), address=address, vendor_name=vendor_name)
        for variant in product.live_variants
    ]
    first = product.live_variants[0] if product.live_variants else None
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": wording.title,
        "url": address,
        "description": _plain(wording.description)[:5000],
        "image": list(pictures),
        "offers": offers,
    }
    if first is not None:
        data["sku"] = first.sku
        if first.gtin:
            data["gtin"] = first.gtin
    if category:
        data["category"] = category
    return _as_script(data)


def _as_script(data: Mapping[str, Any]) -> Markup:
    """Return JSON that cannot end the script element it stands in; what is empty is left out."""
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
        "url": f"{address}?variant={variant.id}" if len(product.live_variants) > 1 else address,
        "seller": {"@type": "Organization", "name": vendor_name},
    }
