"""An offer as a marketplace sees it, and what can be wrong with one."""

import enum
from dataclasses import dataclass
from typing import Final

from wizamart.i18n import LazyText, lazy_gettext as _


class Reason(enum.StrEnum):
    """What can be wrong; an error keeps the offer out of the feed, a warning does not."""

    NO_TITLE = "no_title"
    TITLE_LONG = "title_long"
    NO_DESCRIPTION = "no_description"
    DESCRIPTION_LONG = "description_long"
    NO_IMAGE = "no_image"
    NO_PRICE = "no_price"
    NO_LINK = "no_link"
    SKU_LONG = "sku_long"
    NO_GTIN = "no_gtin"
    NO_BRAND = "no_brand"
    NOT_TRANSLATED = "not_translated"
    SHOUTING = "shouting"

    @property
    def is_error(self) -> bool:
        """Whether the offer stays out."""
        return self not in WARNINGS


WARNINGS: Final = frozenset({Reason.NO_GTIN, Reason.NO_BRAND, Reason.NOT_TRANSLATED, Reason.SHOUTING})
TEXTS: Final[dict[Reason, LazyText]] = {
    Reason.NO_TITLE: _("The title is missing."),
    Reason.TITLE_LONG: _("The title has %(length)s characters; at most %(most)s are taken."),
    Reason.NO_DESCRIPTION: _("The description is missing."),
    Reason.DESCRIPTION_LONG: _("The description has %(length)s characters; at most %(most)s are taken."),
    Reason.NO_IMAGE: _("There is no picture."),
    Reason.NO_PRICE: _("The price is zero."),
    Reason.NO_LINK: _("The product has no page to lead to."),
    Reason.SKU_LONG: _("The SKU has %(length)s characters; at most %(most)s are taken."),
    Reason.NO_GTIN: _("The GTIN is missing: the offer is shown lower."),
    Reason.NO_BRAND: _("The brand is missing: enter one for all products in the connection."),
    Reason.NOT_TRANSLATED: _("There is no text in this language: the original is sent."),
    Reason.SHOUTING: _("The title is written in capitals only."),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with an offer; the numbers fill its text."""

    reason: Reason
    length: int = 0
    most: int = 0

    @property
    def is_error(self) -> bool:
        """Whether the offer stays out."""
        return self.reason.is_error

    @property
    def text(self) -> str:
        """What to tell the vendor."""
        text = str(TEXTS[self.reason])
        return text % {"length": self.length, "most": self.most} if self.length else text


@dataclass(frozen=True, slots=True)
class Offer:
    """A variant in one language, its prices in minor units; `compare_at_minor` is the price before a reduction."""

    sku: str
    group: str
    title: str
    description: str
    link: str
    images: tuple[str, ...]
    price_minor: int
    currency: str
    available: int
    compare_at_minor: int | None = None
    allows_backorder: bool = False
    gtin: str = ""
    brand: str = ""
    category: str = ""
    color: str = ""
    size: str = ""
    is_translated: bool = True
