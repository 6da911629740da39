"""Credit notes: what takes an invoice back, wholly or in part; an invoice itself is never changed."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.models.document import Document
from modules.orders.models.happening import MoneyEntry
from modules.orders.models.order import Order, OrderLine
from modules.orders.schemas.document import DocumentBody, DocumentKind, DocumentLine, Party, RateGroup
from modules.orders.schemas.order_state import OrderStatus
from modules.orders.services import credit_shares, document_content, document_service, totals_service
from modules.orders.services.credit_shares import SoldLine
from modules.orders.services.step_service import Step
from modules.payments.services import listing_service
from wizamart.i18n import force_locale


def credit_refunds(
    session: Session,
    order: Order,
    step: Step,
    *,
    pieces: Mapping[int, int] | None = None,
    coming_minor: int = 0,
    reason: str = "",
) -> Document | None:
    """Issue a credit note for what was refunded and not credited yet; a cancelled order is credited whole.

    What a provider was asked to give back and has not confirmed counts, and so does what this step is about to refund:
    the customer is owed it. Money that was taken back for a dispute is not credited: the sale stands. `pieces` by line
    have just come back and are counted as returned already; where the refund is what they cost, the credit note names
    them. Without an invoice, or with nothing to credit, there is none.
    """
    invoice = document_service.find_invoice(session, order)
    if invoice is None:
        return None
    notes = _notes_of(session, invoice)
    credited = sum(note.total_minor for note in notes)
    is_cancelled = order.state is OrderStatus.CANCELLED
    owed = order.refunded_minor + order.refunding_minor + coming_minor
    if not is_cancelled and owed > credited:
        owed -= _disputed(session, order)
    target = invoice.total_minor if is_cancelled else min(owed, invoice.total_minor)
    if target <= credited:
        return None
    left = credit_shares.left_of(invoice.body.groups, [group for note in notes for group in note.body.groups])
    with force_locale(invoice.locale):
        groups, lines = _what_is_credited(order, invoice, left, target - credited, pieces or {})
        body = document_content.build_credit(invoice, groups, lines, reason=reason)
    return document_service.write(
        session,
        DocumentKind.CREDIT_NOTE,
        body,
        platform_id=order.platform_id,
        vendor_id=order.vendor_id,
        currency=invoice.currency,
        locale=invoice.locale,
        at=step.at,
        order_id=order.id,
        invoice_id=invoice.id,
        customer_id=order.customer_id,
    )


def _what_is_credited(
    order: Order, invoice: Document, left: Sequence[RateGroup], amount_minor: int, pieces: Mapping[int, int]
) -> tuple[list[RateGroup], list[DocumentLine]]:
    """Return the groups by rate of a credit note, and the lines that it names, if any."""
    if amount_minor == invoice.total_minor:
        return credit_shares.share(left, amount_minor), list(invoice.body.lines)
    worth = value_of_return(order, pieces, are_back=True)
    if (
        pieces
        and sum(group.gross_minor for group in worth) == amount_minor
        and credit_shares.fits(worth, left)
    ):
        return worth, _lines_of(order, pieces)
    return credit_shares.share(left, amount_minor), []


def value_of_return(order: Order, pieces: Mapping[int, int], *, are_back: bool = False) -> list[RateGroup]:
    """Return what pieces are worth by rate; `are_back` says that the order counts them as returned already."""
    sold = [SoldLine(line.tax_rate, line.quantity, _amount_of(line)) for line in order.lines]
    counts = [pieces.get(line.id, 0) for line in order.lines]
    before = [
        line.returned_quantity - (count if are_back else 0)
        for line, count in zip(order.lines, counts, strict=True)
    ]
    return credit_shares.value_of(sold, before, counts, prices_include_tax=order.prices_include_tax)


def refund_for(order: Order, pieces: Mapping[int, int]) -> int:
    """Return what pieces that come back have cost, in minor units, as far as it can be refunded."""
    back = {line.id: min(pieces.get(line.id, 0), line.returnable_quantity) for line in order.lines}
    worth = sum(group.gross_minor for group in value_of_return(order, back))
    return max(0, min(worth, order.refundable_minor))


def issue_free_credit(
    session: Session,
    *,
    platform_id: int,
    vendor_id: int,
    customer_id: int | None,
    buyer: Party,
    lines: Sequence[DocumentLine],
    prices_include_tax: bool,
    currency: str,
    locale: str,
    reason: str,
    form_key: str,
    at: datetime,
) -> Document:
    """Credit goods that no order here has sold; the same key again returns the same credit note.

    :raises SellerUnknown: when nobody has named the company that sells.
    """
    query = sa.select(Document).where(Document.form_key == form_key)
    known = session.scalars(query).one_or_none()
    if known is not None:
        return known
    items = [totals_service.Item(line.amount_minor, 1, line.tax_rate) for line in lines]
    totals = totals_service.compute(items, prices_include_tax=prices_include_tax)
    with force_locale(locale):
        seller = document_content.get_seller(session, vendor_id)
    body = DocumentBody(
        seller=seller,
        buyer=buyer,
        lines=tuple(lines),
        groups=tuple(
            RateGroup(rate=group.rate, net_minor=group.net_minor, tax_minor=group.tax_minor)
            for group in totals.groups
        ),
        prices_include_tax=prices_include_tax,
        reason=reason,
    )
    return document_service.write(
        session,
        DocumentKind.CREDIT_NOTE,
        body,
        platform_id=platform_id,
        vendor_id=vendor_id,
        currency=currency,
        locale=locale,
        at=at,
        customer_id=customer_id,
        form_key=form_key,
    )


def _notes_of(session: Session, invoice: Document) -> Sequence[Document]:
    query = sa.select(Document).where(Document.invoice_id == invoice.id).order_by(Document.id)
    return session.scalars(query).all()


def _disputed(session: Session, order: Order) -> int:
    """Return what providers hold, or have given away, because customers disputed it."""
    query = sa.select(MoneyEntry.payment_id).where(
        MoneyEntry.order_id == order.id, MoneyEntry.payment_id.is_not(None)
    )
    return listing_service.withdrawn_minor(session, session.scalars(query.distinct()).all())


def _amount_of(line: OrderLine) -> int:
    return line.unit_price_minor * line.quantity - line.discount_minor


def _lines_of(order: Order, pieces: Mapping[int, int]) -> list[DocumentLine]:
    lines = []
    for line in order.lines:
        count = pieces.get(line.id, 0)
        if not count:
            continue
        sold = SoldLine(line.tax_rate, line.quantity, _amount_of(line))
        amount = credit_shares.part_of(sold, line.returned_quantity - count, count)
        lines.append(
            DocumentLine(
                title=line.title,
                sku=line.sku,
                quantity=count,
                unit_price_minor=line.unit_price_minor,
                discount_minor=line.unit_price_minor * count - amount,
                tax_rate=line.tax_rate,
                amount_minor=amount,
            )
        )
    return lines
