"""What can be sold: items that modules in effect offer through `orders.line_source`.

A provider is called with `(session, *, platform_id, vendor_id, text, limit)` and returns dicts with sku, title,
unit_price (minor units), currency, tax_rate (a decimal as text) and reference.
"""

from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from modules.orders.exceptions import ItemNotFound
from modules.orders.models.order import Order
from modules.orders.schemas.order import LineForm
from wizamart.module_system.manager import current_manager

HOOK = "orders.line_source"
LIMIT = 8


def has_sources(session: Session, platform_id: int) -> bool:
    """Tell whether anything offers items here; without, lines are typed by hand."""
    manager = current_manager()
    return bool(manager.contributions.providers(HOOK, manager.state_of(session, platform_id)))


def find_items(session: Session, order: Order, text: str, *, limit: int = LIMIT) -> list[dict[str, Any]]:
    """Return the items of the order's vendor and currency that match a text; nothing is found by no text."""
    if not text.strip():
        return []
    manager = current_manager()
    answers = manager.contributions.collect(
        HOOK,
        manager.state_of(session, order.platform_id),
        session,
        platform_id=order.platform_id,
        vendor_id=order.vendor_id,
        text=text.strip()[:200],
        limit=limit,
    )
    found = [item for _code, items in answers for item in items]
    return [item for item in found if item.get("currency", order.currency) == order.currency][:limit]


def get_item(session: Session, order: Order, *, sku: str, reference: str, quantity: int) -> LineForm:
    """Return an item as a line, its price as the source tells it now and not as a browser sent it.

    :raises ItemNotFound: when nobody offers it any more.
    """
    for item in find_items(session, order, sku, limit=50):
        if str(item["reference"]) == reference:
            return _as_line(item, quantity)
    raise ItemNotFound


def _as_line(item: dict[str, Any], quantity: int) -> LineForm:
    try:
        return LineForm(
            title=item["title"][:300],
            sku=item["sku"],
            unit_price_minor=item["unit_price"],
            quantity=quantity,
            discount_minor=0,
            tax_rate=item["tax_rate"],
            reference=str(item["reference"]),
        )
    except (KeyError, ValidationError) as error:
        raise ItemNotFound from error
