"""Which sale a cancellation takes back: pure, and the same for the same file, so that a broken-off run can go on.

A row of a cancellation names customer, article and price. It is taken from what that customer bought at that price
before, the latest sale first, as far as pieces are left. What is left over has no origin in the file.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modules.orders.replay.reading import FileInvoice, FileLine


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What a cancellation takes back: pieces by sale and row of it, and rows without an origin."""

    invoice: FileInvoice
    pieces: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    without_origin: tuple[FileLine, ...] = ()

    @property
    def free_minor(self) -> int:
        """What the rows without an origin come to."""
        return sum(line.amount_minor for line in self.without_origin)

    @property
    def matched_minor(self) -> int:
        """What the other rows come to."""
        return self.invoice.amount_minor - self.free_minor


@dataclass(slots=True)
class _Sold:
    number: str
    row: int
    left: int


def match(invoices: Iterable[FileInvoice]) -> dict[str, Cancellation]:
    """Return the cancellations by number, given all invoices in the order of time."""
    sold: dict[tuple[str, str, int], list[_Sold]] = defaultdict(list)
    found: dict[str, Cancellation] = {}
    for invoice in invoices:
        if invoice.is_cancellation:
            found[invoice.number] = _take(invoice, sold)
            continue
        for row, line in enumerate(invoice.lines):
            if invoice.customer:
                key = (invoice.customer, line.sku, line.price_minor)
                sold[key].append(_Sold(invoice.number, row, line.pieces))
    return found


def _take(invoice: FileInvoice, sold: Mapping[tuple[str, str, int], list[_Sold]]) -> Cancellation:
    pieces: dict[str, dict[int, int]] = {}
    free: list[FileLine] = []
    for line in invoice.lines:
        missing = line.pieces
        for one in reversed(sold.get((invoice.customer, line.sku, line.price_minor), [])):
            taken = min(missing, one.left)
            if taken:
                one.left -= taken
                missing -= taken
                rows = pieces.setdefault(one.number, {})
                rows[one.row] = rows.get(one.row, 0) + taken
        if missing:
            free.append(FileLine(line.sku, line.title, missing, line.price_minor))
    return Cancellation(invoice, pieces, tuple(free))
