"""What the inventory refuses."""

from wizamart.exceptions import InvalidInput, NotFound, RuleViolation
from wizamart.i18n import gettext, lazy_gettext as _


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


class TextNotFound(NotFound):
    """The platform does not offer this language, or it is its own, which the form of the product writes."""

    code = "inventory.text_not_found"
    message = _("There is no text in this language.")


class TextChangedMeanwhile(RuleViolation):
    """Somebody else has written this text since it was shown."""

    code = "inventory.text_changed"
    message = _("Somebody else has changed this text in the meantime. What you wrote is not saved yet.")


class CategoryNotFound(NotFound):
    """No such category."""

    code = "inventory.category_not_found"
    message = _("There is no such category.")


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


class ProductLimitReached(RuleViolation):
    """The subscription says how many products a vendor may have; archived ones do not count."""

    code = "inventory.product_limit_reached"
    message = _("Your subscription includes %(limit)s products. Archive some, or choose a tier with more.")

    def __str__(self) -> str:
        if not self.details.get("tier"):
            return super().__str__()
        return gettext(
            "Your subscription includes %(limit)s products. “%(tier)s” opens more.", **self.details
        )


class ProductChangedMeanwhile(RuleViolation):
    """Two people edited a product at once; the second sees what the first wrote before it is overwritten."""

    code = "inventory.product_changed_meanwhile"
    message = _(
        "Somebody else has changed this product while you were editing it. "
        "Your entries are kept below: check them, then save again to overwrite, or open the product anew."
    )


class StockTakeNotFound(NotFound):
    """No such stock-take, or another vendor's."""

    code = "inventory.stock_take_not_found"
    message = _("There is no such stock-take.")


class StockTakeClosed(RuleViolation):
    """What is booked or cancelled stays as it is."""

    code = "inventory.stock_take_closed"
    message = _("This stock-take is finished. Start another one to count again.")


class StockTakeOpen(RuleViolation):
    """Two counts of one place at once would book each difference twice."""

    code = "inventory.stock_take_open"
    message = _("A stock-take of this location is under way. Finish or cancel it first.")


class CountImpossible(RuleViolation):
    """A difference that would bring a level below zero can only be a mistake of the count."""

    code = "inventory.count_impossible"
    message = _("%(sku)s was counted too low: since then more left the shelf than was there. Count it again.")
