"""Presets: named sets of optional modules that a platform begins with, or is brought to in one step."""

from collections.abc import Container
from dataclasses import dataclass, replace
from typing import Final

from modules.core.exceptions import UnknownPreset
from wizamart.i18n import LazyText, lazy_gettext as _


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of optional modules; what they require comes with them."""

    code: str
    name: LazyText
    description: LazyText
    modules: tuple[str, ...]


PRESETS: Final = (
    Preset("essentials", _("Essentials"), _("Only what is always on."), ()),
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
)


def list_presets(installed: Container[str]) -> list[Preset]:
    """Return the presets, each without modules that are not installed."""
    return [
        replace(preset, modules=tuple(code for code in preset.modules if code in installed))
        for preset in PRESETS
    ]


def get_preset(installed: Container[str], code: str) -> Preset:
    """Return the preset of this code, without modules that are not installed.

    :raises UnknownPreset: when there is none.
    """
    found = next((preset for preset in list_presets(installed) if preset.code == code), None)
    if found is None:
        raise UnknownPreset(preset=code)
    return found
