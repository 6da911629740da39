"""Sets of modules to begin a platform with; what the installation does not have is left out."""

from dataclasses import dataclass
from typing import Final

from wizamart.i18n import LazyText, lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Preset:
    """A named choice of optional modules; what they require comes with them."""

    code: str
    name: LazyText
    description: LazyText
    modules: tuple[str, ...] = ()


PRESETS: Final = (
    Preset("essentials", _("Essentials"), _("Only what is always on: pages, customers, people.")),
    Preset(
        "marketplace",
        _("Marketplace"),
        _("Many vendors with catalogues, orders, payments, subscriptions and product feeds."),
        ("payments", "billing", "inventory", "orders", "marketplace", "messaging"),
    ),
    Preset(
        "order-desk",
        _("Order desk"),
        _("Orders, stock and payments, without a marketplace."),
        ("payments", "orders", "inventory", "messaging"),
    ),
    Preset(
        "loyalty",
        _("Loyalty programme"),
        _("Customers, messages and figures."),
        ("analytics", "messaging"),
    ),
    Preset(
        "everything",
        _("Everything"),
        _("All optional modules."),
        ("payments", "billing", "inventory", "orders", "marketplace", "analytics", "messaging"),
    ),
)


def find_preset(code: str | None) -> Preset | None:
    """Return the preset of this code, if there is one."""
    return next((preset for preset in PRESETS if preset.code == code), None)
