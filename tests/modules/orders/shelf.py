"""A shelf for tests: what is offered stands in a dict, and the tests change it behind the customers' backs."""

from dataclasses import dataclass, field, replace
from typing import Any

from modules.orders.services.offer_service import HOOK
from wizamart.module_system.contributions import contributes
from wizamart.module_system.manager import EXTENSION

URL = "/platforms/lux"
CHECKOUT = {
    "email": "lea@example.com",
    "name": "Léa Weber",
    "shipping_address.street": "1, Grand-Rue",
    "shipping_address.postal_code": "1660",
    "shipping_address.city": "Luxembourg",
    "shipping_address.country": "LU",
    "delivery_method": "standard",
    "form_key": "one-form",
}


@dataclass
class Shelf:
    """Offers by reference."""

    offers: dict[str, dict[str, Any]] = field(default_factory=dict)

    def put(self, reference: str, vendor_id: int, **changes: Any) -> str:
        """Offer something."""
        known = self.offers.get(reference, {})
        values = {
            "reference": reference,
            "sku": reference.upper(),
            "title": reference.title(),
            "unit_price": 1000,
            "currency": "EUR",
            "tax_rate": "17",
            "vendor_id": vendor_id,
            "available": 5,
            "url": "",
            "image_url": "",
            "options": "",
        }
        self.offers[reference] = values | known | changes
        return reference

    def take_away(self, reference: str) -> None:
        """Offer something no more."""
        del self.offers[reference]


def install(app: Any) -> Shelf:
    """Let the application's orders sell from a shelf."""
    shelf = Shelf()

    @contributes(HOOK)
    def look_up(_session: Any, *, platform_id: int, references: list[str]) -> list[dict[str, Any]]:
        return [shelf.offers[one] for one in references if one in shelf.offers]

    app.extensions[EXTENSION].contributions.add_from("orders", {"look_up": look_up})
    return shelf


def with_changes(purchase: Any, **changes: Any) -> Any:
    """Return a purchase that differs."""
    return replace(purchase, **changes)
