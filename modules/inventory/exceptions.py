"""What the inventory refuses."""

from wizamart.exceptions import InvalidInput, NotFound, RuleViolation
from wizamart.i18n import lazy_gettext as _


class ProductNotFound(NotFound):
    """No such product, or another tenant's."""

    code = "inventory.product_not_found"
    message = _("There is no such product.")


class VariantNotFound(NotFound):
    """No such variant, or another tenant's."""

    code = "inventory.variant_not_found"
    message = _("There is no such variant.")


class LocationNotFound(NotFound):
    """No such location, or another vendor's."""

    code = "inventory.location_not_found"
    message = _("There is no such location.")


class CategoryNotFound(NotFound):
    """No such category."""

    code = "inventory.category_not_found"
    message = _("There is no such category.")


class ImportNotFound(NotFound):
    """No such import, or another vendor's."""

    code = "inventory.import_not_found"
    message = _("There is no such import.")


class ImportNotReady(RuleViolation):
    """A file is brought in once, after it was read."""

    code = "inventory.import_not_ready"
    message = _("This file cannot be imported now. Upload it again.")


class OutOfStock(RuleViolation):
    """More was asked for than there is; nothing is sold twice."""

    code = "inventory.out_of_stock"
    message = _("%(title)s (%(sku)s): %(available)s available, %(wanted)s wanted.")


class NothingMoved(InvalidInput):
    """A movement of nothing says nothing."""

    code = "inventory.nothing_moved"
    message = _("Enter a quantity of at least 1.")


class BackordersOpen(RuleViolation):
    """Goods that were promised beyond the stock must come in before back-orders can be forbidden."""

    code = "inventory.backorders_open"
    message = _("Some variants are below zero. Receive the missing goods before you forbid back-orders.")


class LocationInUse(RuleViolation):
    """A place with a history stays, or the ledger would lose its lines."""

    code = "inventory.location_in_use"
    message = _("This location has stock movements and cannot be deleted.")


class CategoryInUse(RuleViolation):
    """A category with categories below it stays until those are gone."""

    code = "inventory.category_in_use"
    message = _("There are categories below this one. Delete them first.")
