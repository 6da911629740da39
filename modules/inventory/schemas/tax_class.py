"""What tax classes are called."""

from typing import Final

from wizamart.i18n import lazy_gettext as _

NAMES: Final = {
    "standard": _("Standard rate"),
    "intermediate": _("Intermediate rate"),
    "reduced": _("Reduced rate"),
    "super_reduced": _("Super-reduced rate"),
    "exempt": _("Exempt"),
}


def name_of_tax_class(code: str) -> str:
    """Return the name of a class; one of a platform's own is called by its code."""
    return str(NAMES.get(code, code))
