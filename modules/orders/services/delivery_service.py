"""Ways of delivery, with what they cost for a cart."""

from modules.orders.config import OrdersConfig
from modules.orders.services.basket import Delivery


def list_deliveries(config: OrdersConfig, goods_minor: int) -> list[Delivery]:
    """Return the ways that a platform offers for goods of this amount."""
    return [
        Delivery(
            method.code,
            method.title,
            method.price_for(goods_minor),
            config.delivery_tax_rate,
            method.detail,
        )
        for method in config.delivery_methods
    ]


def choose(deliveries: list[Delivery], code: str) -> Delivery | None:
    """Return the way with this code, or else the first; None where nothing has to be chosen."""
    return next((one for one in deliveries if one.code == code), next(iter(deliveries), None))
