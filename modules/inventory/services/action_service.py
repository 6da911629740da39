"""What a customer can do with a product, such as put it into a cart: other modules bring it.

Providers of `storefront.product_action` are called with `(session, *, platform_id, vendor_id, offers)`, where each
offer is a dict of reference, label, price (minor units), currency and available (None: without a limit). They return
a dict of template and context, or None.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from modules.inventory.models.product import Variant
from modules.inventory.services.order_service import reference_of
from wizamart.module_system.manager import current_manager

HOOK = "storefront.product_action"


def list_actions(
    session: Session,
    variants: Sequence[Variant],
    available: Mapping[int, int | None],
    *,
    platform_id: int,
    vendor_id: int,
) -> list[dict[str, Any]]:
    """Return what the modules in effect let a customer do with these variants of a vendor's product."""
    offers = [
        {
            "reference": reference_of(variant),
            "label": variant.option_text or variant.product.title,
            "price": variant.price_minor,
            "currency": variant.product.currency,
            "available": available[variant.id],
        }
        for variant in variants
    ]
    manager = current_manager()
    state = manager.state_of(session, platform_id)
    answers = manager.contributions.collect(
        HOOK, state, session, platform_id=platform_id, vendor_id=vendor_id, offers=offers
    )
    return [answer for _code, answer in answers if isinstance(answer, dict) and answer.get("template")]
