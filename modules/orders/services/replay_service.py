"""Playing the invoices of a file into a platform, each in one call that fits into one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers.services import customer_service
from modules.orders.models.document import Document
from modules.orders.models.happening import HistoryEntry
from modules.orders.models.order import Order, OrderLine
from modules.orders.replay.matching import Cancellation
from modules.orders.replay.reading import FileInvoice, FileLine
from modules.orders.schemas.document import DocumentLine
from modules.orders.schemas.order import FulfilmentForm, PaymentForm, ReturnForm
from modules.orders.services import (
    credit_service,
    document_content,
    fulfilment_service,
    order_service,
    settlement_service,
)
from modules.orders.services.step_service import Step
from wizamart.i18n import force_locale, gettext as _

DOMAIN: Final = "replay.test"  # a reserved one: nobody is ever written to
METHOD: Final = "transfer"


@dataclass(frozen=True, slots=True)
class Replay:
    """Where to, and how a file is to be understood; `series` keeps the numbers of several files apart."""

    platform_id: int
    vendor_id: int
    zone: ZoneInfo
    locale: str
    currency: str
    prices_include_tax: bool
    tax_rate: Decimal
    series: str

    def key(self, number: str) -> str:
        """Return the key under which an invoice is done once."""
        return f"{self.series}:{number}"[:64]

    def time_of(self, invoice: FileInvoice) -> datetime:
        """Return when it happened: the file's clock is taken for the platform's."""
        return invoice.at.replace(tzinfo=self.zone)


def list_played(session: Session, replay: Replay) -> set[str]:
    """Return the keys of the invoices that were played in earlier runs."""
    begins = f"{replay.series}:"
    keys: set[str] = set()
    for column in (Order.form_key, HistoryEntry.form_key, Document.form_key):
        query = sa.select(column).where(column.startswith(begins, autoescape=True))
        keys |= {key for key in session.scalars(query.distinct()) if key}
    return keys


def play_sale(session: Session, invoice: FileInvoice, replay: Replay) -> Order:
    """Draft, place, pay and send an order, all at the time of the invoice."""
    at, key = replay.time_of(invoice), replay.key(invoice.number)
    config = order_service.get_config(session, replay.platform_id)
    order = order_service.build_draft(
        config,
        platform_id=replay.platform_id,
        vendor_id=replay.vendor_id,
        currency=replay.currency,
        form_key=key,
        actor_id=None,
        at=at,
    )
    order.prices_include_tax = replay.prices_include_tax
    _name_customer(session, order, invoice, replay, at=at)
    order.lines = [
        OrderLine(
            platform_id=replay.platform_id,
            vendor_id=replay.vendor_id,
            position=row,
            sku=line.sku,
            title=line.title,
            unit_price_minor=line.price_minor,
            quantity=line.pieces,
            discount_minor=0,
            tax_rate=replay.tax_rate,
            fulfilled_quantity=0,
            returned_quantity=0,
        )
        for row, line in enumerate(invoice.lines)
    ]
    order_service.file_draft(session, order, config, Step(at))
    order_service.place_order(session, order.id, Step(at))
    if order.due_minor:
        paid = PaymentForm(amount_minor=order.due_minor, method=METHOD, reference=invoice.number)
        settlement_service.record_payment(session, order.id, paid, Step(at))
    fulfilment_service.fulfil(session, order.id, FulfilmentForm.model_validate({}), Step(at))
    return order


def play_cancellation(session: Session, cancellation: Cancellation, replay: Replay) -> None:
    """Take goods back with their refunds; what no sale explains becomes a credit note of its own.

    :raises SellerUnknown: when such a credit note is needed and nobody has named the company that sells.
    """
    invoice = cancellation.invoice
    at, key = replay.time_of(invoice), replay.key(invoice.number)
    for number, rows in cancellation.pieces.items():
        order = order_service.find_by_form_key(session, replay.key(number))
        if order is None:
            raise LookupError(number)  # sales are played before what takes them back
        pieces = {line.id: rows[line.position] for line in order.lines if line.position in rows}
        worth = credit_service.value_of_return(order, pieces)
        form = ReturnForm(reason=invoice.number, refund_minor=sum(group.gross_minor for group in worth))
        fulfilment_service.take_back(session, order.id, form, Step(at, form_key=key), pieces=pieces)
    if cancellation.without_origin:
        _credit(session, cancellation, replay, key=key, at=at)


def _credit(session: Session, cancellation: Cancellation, replay: Replay, *, key: str, at: datetime) -> None:
    invoice = cancellation.invoice
    name, email = _customer_of(invoice, replay)
    customer = customer_service.find_or_create_by_email(
        session, platform_id=replay.platform_id, email=email, name=name, at=at, vendor_id=replay.vendor_id
    )
    with force_locale(replay.locale):
        buyer = document_content.as_party(_address(name, invoice))
        reason = _("Cancellation %(number)s without a known sale", number=invoice.number)
    credit_service.issue_free_credit(
        session,
        platform_id=replay.platform_id,
        vendor_id=replay.vendor_id,
        customer_id=customer.id,
        buyer=buyer,
        lines=_as_lines(cancellation.without_origin, replay.tax_rate),
        prices_include_tax=replay.prices_include_tax,
        currency=replay.currency,
        locale=replay.locale,
        reason=reason,
        form_key=key,
        at=at,
    )


def _as_lines(lines: Sequence[FileLine], rate: Decimal) -> list[DocumentLine]:
    return [
        DocumentLine(
            title=line.title,
            sku=line.sku,
            quantity=line.pieces,
            unit_price_minor=line.price_minor,
            tax_rate=rate,
            amount_minor=line.amount_minor,
        )
        for line in lines
    ]


def _name_customer(
    session: Session, order: Order, invoice: FileInvoice, replay: Replay, *, at: datetime
) -> None:
    name, email = _customer_of(invoice, replay)
    customer = customer_service.find_or_create_by_email(
        session, platform_id=replay.platform_id, email=email, name=name, at=at, vendor_id=replay.vendor_id
    )
    order.customer_id, order.customer_name, order.customer_email = customer.id, name, email
    order.shipping_address = order.billing_address = _address(name, invoice)
    order.delivery_title = ""


def _customer_of(invoice: FileInvoice, replay: Replay) -> tuple[str, str]:
    """Return name and address; all sales without a customer are those of one who gave no name."""
    if invoice.customer:
        return f"Customer {invoice.customer}", f"customer-{invoice.customer}@{replay.series}.{DOMAIN}".lower()
    return "Customer without a number", f"customer-unknown@{replay.series}.{DOMAIN}".lower()


def _address(name: str, invoice: FileInvoice) -> dict[str, Any]:
    return {"name": name, "street": "", "postal_code": "", "city": "", "country": invoice.country}
