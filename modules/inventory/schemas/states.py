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


class ImportStatus(enum.StrEnum):
    """A file is read first, and brought in when somebody has seen what it would do."""

    READING = "reading"
    READY = "ready"
    REFUSED = "refused"
    APPLYING = "applying"
    DONE = "done"
    NOTHING_IMPORTED = "nothing_imported"
    CANCELLED = "cancelled"

    @property
    def label(self) -> LazyText:
        """The status in words."""
        return _LABELS[self]

    @property
    def is_running(self) -> bool:
        """Whether a task is at work on it."""
        return self in {ImportStatus.READING, ImportStatus.APPLYING}


_LABELS = {
    ImportStatus.READING: lazy_pgettext("import", "Reading the file"),
    ImportStatus.READY: lazy_pgettext("import", "Ready to import"),
    ImportStatus.REFUSED: lazy_pgettext("import", "File refused"),
    ImportStatus.APPLYING: lazy_pgettext("import", "Importing"),
    ImportStatus.DONE: lazy_pgettext("import", "Imported"),
    ImportStatus.NOTHING_IMPORTED: lazy_pgettext("import", "Nothing imported"),
    ImportStatus.CANCELLED: lazy_pgettext("import", "Cancelled"),
}


class Verdict(enum.StrEnum):
    """What a line of a file does."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    REFUSED = "refused"

    @property
    def label(self) -> LazyText:
        """The verdict in words."""
        return _VERDICTS[self]


_VERDICTS = {
    Verdict.CREATE: lazy_pgettext("import line", "New"),
    Verdict.UPDATE: lazy_pgettext("import line", "Changed"),
    Verdict.UNCHANGED: lazy_pgettext("import line", "Unchanged"),
    Verdict.REFUSED: lazy_pgettext("import line", "Refused"),
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
