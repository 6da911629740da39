"""How a cart stands against what is offered now: values in, words and sums out, no database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import Final

from pydantic import ConfigDict, Field

from modules.orders.services import totals_service
from modules.orders.services.totals_service import Item, Totals
from wizamart.i18n import gettext as _, ngettext
from wizamart.schema import Schema

MOST_OF_ONE: Final = 999
MOST_LINES: Final = 100


class Offer(Schema):
    """What a provider of `orders.line_lookup` says about a reference now; `available` None is without a limit."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reference: str = Field(min_length=1, max_length=120)
    sku: str
    title: str
    unit_price: int = Field(ge=0)
    currency: str
    tax_rate: Decimal = Field(ge=0, le=100)
    vendor_id: int
    available: int | None = None
    url: str = ""
    image_url: str = ""
    options: str = ""

    @property
    def full_title(self) -> str:
        """The title with what was chosen, as an order keeps it."""
        return f"{self.title} ({self.options})"[:300] if self.options else self.title[:300]

    def most(self) -> int:
        """Return how many pieces somebody may put into a cart."""
        return MOST_OF_ONE if self.available is None else max(0, min(self.available, MOST_OF_ONE))


@dataclass(frozen=True, slots=True)
class Wish:
    """A line of a cart; title and price are what was seen when it was put in."""

    reference: str
    quantity: int
    title: str
    unit_price_minor: int
    vendor_id: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a cart as it stands now; `problem` says in words why it cannot be ordered so."""

    reference: str
    title: str
    quantity: int
    unit_price_minor: int
    vendor_id: int
    offer: Offer | None
    problem: str = ""
    price_before: int | None = None

    @property
    def amount_minor(self) -> int:
        """What the line comes to."""
        return self.unit_price_minor * self.quantity

    @property
    def item(self) -> Item:
        """The line as it is priced."""
        rate = self.offer.tax_rate if self.offer else Decimal(0)
        return Item(self.unit_price_minor, self.quantity, rate)


@dataclass(frozen=True, slots=True)
class Group:
    """The lines of one vendor, which become one order."""

    vendor_id: int
    vendor_code: str
    vendor_name: str
    currency: str
    entries: tuple[Entry, ...]
    totals: Totals

    @property
    def is_orderable(self) -> bool:
        """Whether all of it can be had as it is."""
        return bool(self.entries) and not any(entry.problem for entry in self.entries)

    @property
    def goods_minor(self) -> int:
        """What the goods come to, as their prices are written."""
        return sum(entry.amount_minor for entry in self.entries if entry.offer)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A way of delivery with what it costs for a cart."""

    code: str
    title: str
    price_minor: int
    tax_rate: Decimal
    detail: str = ""


def judge(wish: Wish, offer: Offer | None, *, currency: str) -> Entry:
    """Hold a line of a cart against what is offered now."""
    if offer is None or offer.currency != currency:
        gone = _("Not available now")
        return Entry(
            wish.reference, wish.title, wish.quantity, wish.unit_price_minor, wish.vendor_id, None, gone
        )
    most, problem = offer.most(), ""
    if most == 0:
        problem = _("Sold out")
    elif wish.quantity > most:
        problem = ngettext("Only %(num)d left", "Only %(num)d left", most)
    before = wish.unit_price_minor if wish.unit_price_minor != offer.unit_price else None
    return Entry(
        wish.reference,
        offer.title,
        wish.quantity,
        offer.unit_price,
        offer.vendor_id,
        offer,
        problem,
        before,
    )


def group_entries(
    entries: Sequence[Entry], vendors: Mapping[int, tuple[str, str]], *, currency: str, includes_tax: bool
) -> tuple[Group, ...]:
    """Return the lines by vendor; `vendors` are code and name of those that sell here."""
    by_vendor: dict[int, list[Entry]] = {}
    for entry in entries:
        by_vendor.setdefault(entry.vendor_id, []).append(entry)
    groups = []
    for vendor_id, own in by_vendor.items():
        code, name = vendors.get(vendor_id, ("", ""))
        sellable = [entry.item for entry in own if entry.offer]
        totals = totals_service.compute(sellable, prices_include_tax=includes_tax)
        groups.append(Group(vendor_id, code, name, currency, tuple(own), totals))
    return tuple(groups)


def total_of(group: Group, delivery: Delivery | None, *, includes_tax: bool) -> Totals:
    """Return what an order of these lines comes to, with its delivery."""
    items = [entry.item for entry in group.entries if entry.offer]
    if delivery is not None and delivery.price_minor:
        items.append(Item(delivery.price_minor, 1, delivery.tax_rate))
    return totals_service.compute(items, prices_include_tax=includes_tax)


def quote_of(group: Group, delivery: Delivery | None, totals: Totals) -> str:
    """Return the print of all that was shown: it differs as soon as a price, a quantity or the delivery does."""
    parts = [
        f"{entry.reference}*{entry.quantity}@{entry.unit_price_minor}/{entry.item.tax_rate.normalize():f}"
        for entry in group.entries
    ]
    parts += [delivery.code if delivery else "-", str(totals.total_minor), group.currency]
    return sha256("|".join(parts).encode()).hexdigest()[:32]
