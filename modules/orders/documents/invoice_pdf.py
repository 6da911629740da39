"""Invoices and credit notes as PDF, in the language of their customer."""

from decimal import Decimal
from typing import Any, Final

from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from modules.orders.documents import paper
from modules.orders.documents.paper import Sheet
from modules.orders.models.document import Document
from modules.orders.schemas.document import DocumentBody, DocumentKind, DocumentLine
from wizamart.i18n import force_locale, format_date, format_money, format_number, format_percent, gettext as _

HUNDRED: Final = 100
ITEMS: Final = (76 * mm, 17 * mm, 28 * mm, 17 * mm, 32 * mm)
SUMS: Final = (24 * mm, 38 * mm, 36 * mm, 36 * mm, 36 * mm)


def render(document: Document) -> bytes:
    """Return a document as PDF; the same document makes the same file."""
    with force_locale(document.locale):
        return _Invoice(document).render()


class _Invoice:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.body: DocumentBody = document.body
        self.is_credit = document.document_kind is DocumentKind.CREDIT_NOTE
        self.title = f"{document.document_kind.label} {document.number}"

    def render(self) -> bytes:
        seller = self.body.seller
        sheet = Sheet(
            title=self.title,
            author=seller.name,
            subject=_("Order %(number)s", number=self.body.order_number)
            if self.body.order_number
            else self.title,
            language=self.document.locale.replace("_", "-"),
            name=f"{seller.name} · {self.title}",
            foot=paper.foot_of(seller),
        )
        return paper.build(sheet, self.content())

    def content(self) -> list[Flowable]:
        return [
            self.head(),
            Spacer(0, 10 * mm),
            self.items(),
            Spacer(0, 5 * mm),
            KeepTogether([self.sums()]),
            KeepTogether(self.remarks()),
        ]

    def head(self) -> Flowable:
        body, document = self.body, self.document
        facts = [
            (_("Credit note number") if self.is_credit else _("Invoice number"), document.number),
            (_("Date"), format_date(document.issued_on)),
            (_("For invoice"), body.corrects_number),
            (_("Invoice of"), format_date(body.corrects_on) if body.corrects_on else ""),
            (_("Order"), body.order_number),
            (_("Ordered on"), format_date(body.ordered_on) if body.ordered_on else ""),
            (_("Supplied on"), format_date(body.supplied_on) if body.supplied_on else ""),
        ]
        return paper.letterhead(body.seller, body.buyer, str(document.document_kind.label), facts)

    def items(self) -> Flowable:
        price = _("Price with VAT") if self.body.prices_include_tax else _("Price without VAT")
        amount = _("Amount with VAT") if self.body.prices_include_tax else _("Amount without VAT")
        head = [
            paper.text(_("Item"), paper.SMALL, bold=True),
            *(
                paper.text(label, paper.SMALL, bold=True, right=True)
                for label in (_("Quantity"), price, _("VAT"), amount)
            ),
        ]
        return paper.table([head, *map(self.item, self.body.lines)], ITEMS, numbers=(1, 2, 3, 4))

    def item(self, line: DocumentLine) -> list[Any]:
        details = [paper.text(line.title)]
        if line.sku:
            details.append(paper.text(line.sku, paper.SMALL, muted=True))
        if line.discount_minor:
            discount = _("Discount %(amount)s", amount=self.money(-line.discount_minor))
            details.append(paper.text(discount, paper.SMALL, muted=True))
        return [
            details,
            format_number(line.quantity),
            self.money(line.unit_price_minor),
            _rate(line.tax_rate),
            self.money(line.amount_minor),
        ]

    def sums(self) -> Flowable:
        """Draw what it comes to by rate, and in all."""
        head = ["", _("VAT rate"), _("Net"), _("VAT"), _("With VAT")]
        rows: list[list[Any]] = [[paper.text(label, paper.SMALL, right=True, muted=True) for label in head]]
        for group in self.body.groups:
            values = (
                _rate(group.rate),
                *map(self.money, (group.net_minor, group.tax_minor, group.gross_minor)),
            )
            rows.append(["", *(paper.text(value, right=True) for value in values)])
        total = _("Total credited") if self.is_credit else _("Total")
        sums = (self.body.net_minor, self.body.tax_minor, self.body.total_minor)
        rows.append(
            [
                "",
                paper.text(total, 10, bold=True, right=True),
                *(paper.text(self.money(value), 10, bold=True, right=True) for value in sums),
            ]
        )
        rules = [*paper.CLOSE, ("LINEABOVE", (1, -1), (-1, -1), 0.9, paper.INK)]
        return Table(rows, colWidths=SUMS, style=rules)

    def remarks(self) -> list[Flowable]:
        body = self.body
        remarks: list[str] = []
        if self.is_credit:
            if body.corrects_number:
                told = _("This credit note corrects invoice %(number)s.", number=body.corrects_number)
                remarks.append(told)
            if body.reason:
                remarks.append(_("Reason: %(reason)s", reason=body.reason))
        elif body.total_minor > body.paid_minor:
            due = self.money(body.total_minor - body.paid_minor)
            remarks.append(_("Still to be paid: %(amount)s", amount=due))
        else:
            remarks.append(_("Paid in full. Thank you for your order."))
        made: list[Flowable] = [Spacer(0, 6 * mm), *(paper.text(remark) for remark in remarks)]
        if body.ship_to:
            made += [
                Spacer(0, 4 * mm),
                paper.text(_("Delivered to"), paper.SMALL, muted=True),
                paper.lines((body.ship_to.name, *body.ship_to.address)),
            ]
        return made

    def money(self, minor: int) -> str:
        return format_money(minor, self.document.currency)


def _rate(rate: Decimal) -> str:
    return format_percent(rate / HUNDRED)
