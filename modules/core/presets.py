"""Presets: named sets of optional modules that a platform can be brought to in one step."""

from dataclasses import dataclass
from typing import Final

from wizamart.i18n import LazyText, lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of optional modules; those of the set that are not installed are passed over."""

    code: str
    name: LazyText
    description: LazyText
    modules: tuple[str, ...]


PRESETS: Final = (
    Preset(
        "catalogue",
        _("Catalogue only"),
        _("Products and stock, without selling."),
        ("inventory", "analytics"),
    ),
    Preset(
        "shop",
        _("Online shop"),
        _("Products, orders, payments and messages."),
        ("payments", "inventory", "orders", "messaging", "analytics"),
    ),
    Preset(
        "marketplace",
        _("Marketplace"),
        _("A shop whose vendors subscribe, are invoiced and reach other marketplaces."),
        ("payments", "billing", "inventory", "orders", "marketplace", "messaging", "analytics"),
    ),
    Preset(
        "orders",
        _("Order management"),
        _("Orders from elsewhere are worked on here, with stock and payments."),
        ("payments", "inventory", "orders"),
    ),
    Preset("essentials", _("Essentials"), _("Only what is always on."), ()),
)
