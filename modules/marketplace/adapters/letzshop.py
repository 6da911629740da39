"""Letzshop, Luxembourg's national marketplace: a feed per language with the columns of Google's product attributes.

The limits are those of Google's product data specification, which the columns follow.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Final

from babel.numbers import get_currency_precision

from modules.marketplace.schemas.offer import Offer, Problem, Reason

MOST_TITLE: Final = 150
MOST_DESCRIPTION: Final = 5000
MOST_ID: Final = 50
MOST_IMAGES: Final = 10
COLUMNS: Final = (
    "id",
    "title",
    "description",
    "link",
    "image_link",
    "additional_image_link",
    "availability",
    "price",
    "sale_price",
    "gtin",
    "mpn",
    "brand",
    "identifier_exists",
    "condition",
    "product_type",
    "item_group_id",
    "color",
    "size",
)


class Letzshop:
    """See the module."""

    code = "letzshop"
    name = "Letzshop"
    locales = ("fr", "de", "en", "lb")
    columns = COLUMNS

    def write(self, offer: Offer) -> Mapping[str, str]:
        """Return an offer as a line of the feed; while a price is reduced, the old one stands before it."""
        before = offer.compare_at_minor or 0
        is_reduced = before > offer.price_minor
        price = _amount(offer.price_minor, offer.currency)
        return {
            "id": offer.sku,
            "title": _flat(offer.title),
            "description": _flat(offer.description),
            "link": offer.link,
            "image_link": offer.images[0] if offer.images else "",
            "additional_image_link": ",".join(offer.images[1 : MOST_IMAGES + 1]),
            "availability": _availability(offer),
            "price": _amount(before, offer.currency) if is_reduced else price,
            "sale_price": price if is_reduced else "",
            "gtin": offer.gtin,
            "mpn": _flat(offer.sku),
            "brand": _flat(offer.brand),
            "identifier_exists": "yes" if offer.gtin else "no",
            "condition": "new",
            "product_type": _flat(offer.category),
            "item_group_id": offer.group,
            "color": _flat(offer.color),
            "size": _flat(offer.size),
        }

    def check(self, offer: Offer) -> list[Problem]:
        """Return what is wrong with an offer, errors first."""
        return sorted(_problems(offer), key=lambda problem: not problem.is_error)


def _problems(offer: Offer) -> Iterator[Problem]:
    yield from _too_long(offer)
    missing = {
        Reason.NO_TITLE: not offer.title.strip(),
        Reason.NO_DESCRIPTION: not offer.description.strip(),
        Reason.NO_IMAGE: not offer.images,
        Reason.NO_PRICE: offer.price_minor <= 0,
        Reason.NO_LINK: not offer.link,
        Reason.NO_GTIN: not offer.gtin,
        Reason.NO_BRAND: not offer.brand,
        Reason.NOT_TRANSLATED: not offer.is_translated,
        Reason.SHOUTING: offer.title.isupper() and " " in offer.title.strip(),
    }
    yield from (Problem(reason) for reason, holds in missing.items() if holds)


def _too_long(offer: Offer) -> Iterator[Problem]:
    for reason, text, most in (
        (Reason.TITLE_LONG, offer.title, MOST_TITLE),
        (Reason.DESCRIPTION_LONG, offer.description, MOST_DESCRIPTION),
        (Reason.SKU_LONG, offer.sku, MOST_ID),
    ):
        if len(text) > most:
            yield Problem(reason, len(text), most)


def _availability(offer: Offer) -> str:
    if offer.available > 0:
        return "in_stock"
    return "backorder" if offer.allows_backorder else "out_of_stock"


def _amount(minor: int, currency: str) -> str:
    precision = get_currency_precision(currency)
    return f"{Decimal(minor).scaleb(-precision):.{precision}f} {currency}"


def _flat(text: str) -> str:
    """Return a text on one line without tabs, which would end its cell."""
    return re.sub(r"\s+", " ", text).strip()
