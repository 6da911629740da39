"""The states and kinds that rows can have, in words for people."""

import enum

from wizamart.i18n import LazyText, lazy_pgettext


class ProductStatus(enum.StrEnum):
    """Only an active product is shown to customers; an archived one keeps its history."""

    DRAFT = "draft"
    ACTIVE = "active"
    ARCHIVED = "archived"

    @property
    def label(self) -> LazyText:
        """The status in words."""
        return _STATUS_LABELS[self]


_STATUS_LABELS = {
    ProductStatus.DRAFT: lazy_pgettext("product status", "Draft"),
    ProductStatus.ACTIVE: lazy_pgettext("product status", "Active"),
    ProductStatus.ARCHIVED: lazy_pgettext("product status", "Archived"),
}


class LocationKind(enum.StrEnum):
    """A warehouse ships, a shop sells over the counter too."""

    WAREHOUSE = "warehouse"
    SHOP = "shop"

    @property
    def label(self) -> LazyText:
        """The kind in words."""
        return _LOCATION_LABELS[self]


class MovementKind(enum.StrEnum):
    """Why a level changed."""

    RECEIPT = "receipt"
    SALE = "sale"
    RETURN = "return"
    TRANSFER = "transfer"
    CORRECTION = "correction"

    @property
    def label(self) -> LazyText:
        """The kind in words."""
        return _MOVEMENT_LABELS[self]


class ReservationStatus(enum.StrEnum):
    """Goods are held, then taken, or given back by somebody or by the clock."""

    ACTIVE = "active"
    TAKEN = "taken"
    RELEASED = "released"
    EXPIRED = "expired"


_LOCATION_LABELS = {
    LocationKind.WAREHOUSE: lazy_pgettext("location", "Warehouse"),
    LocationKind.SHOP: lazy_pgettext("location", "Shop"),
}
_MOVEMENT_LABELS = {
    MovementKind.RECEIPT: lazy_pgettext("stock movement", "Receipt"),
    MovementKind.SALE: lazy_pgettext("stock movement", "Sale"),
    MovementKind.RETURN: lazy_pgettext("stock movement", "Return"),
    MovementKind.TRANSFER: lazy_pgettext("stock movement", "Transfer"),
    MovementKind.CORRECTION: lazy_pgettext("stock movement", "Correction"),
}


class StockTakeStatus(enum.StrEnum):
    """A location is counted, then the differences are booked, or the count is given up."""

    COUNTING = "counting"
    BOOKED = "booked"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyText:
        """The status in words."""
        return _STOCK_TAKE_LABELS[self]


_STOCK_TAKE_LABELS = {
    StockTakeStatus.COUNTING: lazy_pgettext("stock-take", "Counting"),
    StockTakeStatus.BOOKED: lazy_pgettext("stock-take", "Booked"),
    StockTakeStatus.CANCELLED: lazy_pgettext("stock-take", "Cancelled"),
}
