"""The packing slip of an order or of one parcel as PDF, in the language of the customer, without prices."""

from collections.abc import Mapping
from typing import Final

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, Spacer

from modules.orders.documents import paper
from modules.orders.documents.paper import Sheet
from modules.orders.models.order import Order
from modules.orders.services.slip_service import Slip
from wizamart.i18n import force_locale, format_date, format_number, gettext as _

WIDTHS: Final = (84 * mm, 40 * mm, 23 * mm, 23 * mm)


def render(slip: Slip) -> bytes:
    """Return the slip as PDF; what is not in the parcel is not on it."""
    with force_locale(slip.locale):
        number, sender = slip.order.number, slip.sender
        title = _("Packing slip %(number)s", number=number)
        sheet = Sheet(
            title=title,
            author=sender.name,
            subject=_("Order %(number)s", number=number),
            language=slip.locale.replace("_", "-"),
            name=f"{sender.name} · {title}",
            foot=paper.foot_of(sender),
        )
        return paper.build(sheet, _content(slip))


def _content(slip: Slip) -> list[Flowable]:
    facts = [
        (_("Order"), slip.order.number),
        (_("Date"), format_date(slip.day)),
        (_("Delivery"), slip.order.delivery_title),
        (_("Tracking number"), slip.tracking),
    ]
    pieces = format_number(sum(slip.pieces.values()))
    return [
        paper.letterhead(slip.sender, slip.receiver, _("Packing slip"), facts),
        Spacer(0, 10 * mm),
        _items(slip.order, slip.pieces),
        Spacer(0, 5 * mm),
        paper.text(_("Pieces in this parcel: %(count)s", count=pieces), bold=True),
    ]


def _items(order: Order, pieces: Mapping[int, int]) -> Flowable:
    head = [
        paper.text(_("Item"), paper.SMALL, bold=True),
        paper.text(_("SKU"), paper.SMALL, bold=True),
        paper.text(_("Ordered"), paper.SMALL, bold=True, right=True),
        paper.text(_("In this parcel"), paper.SMALL, bold=True, right=True),
    ]
    rows = [
        [
            paper.text(line.title),
            paper.text(line.sku, muted=True),
            format_number(line.quantity),
            format_number(pieces[line.id]),
        ]
        for line in order.lines
        if pieces.get(line.id)
    ]
    return paper.table([head, *rows], WIDTHS, numbers=(2, 3))
