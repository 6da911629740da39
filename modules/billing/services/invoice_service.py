"""Invoices: issued with the next number, settled, credited; never edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.billing import events
from modules.billing.config import BillingConfig
from modules.billing.exceptions import (
    CreditRefused,
    InvoiceEmpty,
    InvoiceNotFound,
    InvoiceSettled,
    SellerIncomplete,
)
from modules.billing.models.invoice import Invoice, InvoiceLine, Settlement
from modules.billing.schemas.documents import DocumentKind
from modules.billing.schemas.vat import VatTreatment, decide, sum_by_rate
from modules.billing.services import numbering_service
from modules.tenancy.services import company_service
from wizamart import audit
from wizamart.module_system.config_service import get_module_config
from wizamart.platforms import Platform, Vendor


@dataclass(frozen=True, slots=True)
class Item:
    """What is sold: the price of one, without VAT, in minor units; it may be negative (a credit)."""

    text: str
    unit_minor: int
    quantity: int = 1


def read_config(session: Session, platform_id: int) -> BillingConfig:
    """Return the settings of billing on a platform."""
    return cast("BillingConfig", get_module_config(session, platform_id, "billing"))


def today(session: Session, platform_id: int, at: datetime) -> date:
    """Return the day it is on the platform: invoices bear the date of where they are issued."""
    zone = session.scalar(sa.select(Platform.time_zone).where(Platform.id == platform_id)) or "UTC"
    return at.astimezone(ZoneInfo(zone)).date()


def get_invoice(session: Session, invoice_id: int) -> Invoice:
    """Return a document of the session's tenant.

    :raises InvoiceNotFound: when there is none, or it is another tenant's.
    """
    invoice = session.scalars(sa.select(Invoice).where(Invoice.id == invoice_id)).one_or_none()
    if invoice is None:
        raise InvoiceNotFound
    return invoice


def find_by_source(session: Session, *, platform_id: int, source_key: str) -> Invoice | None:
    """Return the invoice that was issued for this reason, if one was."""
    query = sa.select(Invoice).where(Invoice.platform_id == platform_id, Invoice.source_key == source_key)
    return session.scalars(query).one_or_none()


def issue_invoice(
    session: Session,
    items: Sequence[Item],
    *,
    platform_id: int,
    vendor_id: int,
    currency: str,
    source_key: str,
    at: datetime,
    period: tuple[date, date] | None = None,
    actor_id: int | None = None,
) -> Invoice:
    """Issue an invoice to a vendor. With a `source_key` that has one already, that one is returned.

    :raises InvoiceEmpty: without items.
    :raises SellerIncomplete: when the settings do not name the seller.
    """
    known = find_by_source(session, platform_id=platform_id, source_key=source_key)
    if known is not None:
        return known
    if not items:
        raise InvoiceEmpty
    config = read_config(session, platform_id)
    if not config.is_seller_complete:
        raise SellerIncomplete
    day = today(session, platform_id, at)
    buyer = _buyer(session, vendor_id)
    vat = _vat_of(config, buyer, day)
    lines = [_line(number, item, vat, platform_id, vendor_id) for number, item in enumerate(items, start=1)]
    period_start, period_end = period or (None, None)
    invoice = Invoice(
        platform_id=platform_id,
        vendor_id=vendor_id,
        kind=DocumentKind.INVOICE,
        source_key=source_key,
        issued_on=day,
        due_on=day + timedelta(days=config.due_days),
        period_start=period_start,
        period_end=period_end,
        currency=currency,
        seller=_seller(config),
        buyer=buyer,
        note=vat.note,
        is_reverse_charge=vat.is_reverse_charge,
        lines=lines,
        created_at=at,
        **_sums(lines, currency),
    )
    return _publish(session, invoice, config.invoice_prefix, actor_id=actor_id, at=at)


def _vat_of(config: BillingConfig, buyer: dict[str, Any], day: date) -> VatTreatment:
    return decide(
        config.vat_rates,
        seller_country=config.seller_country,
        buyer_country=buyer.get("country"),
        buyer_vat_number=buyer.get("vat_number"),
        on=day,
    )


def issue_credit_note(
    session: Session, invoice: Invoice, *, at: datetime, actor_id: int | None = None
) -> Invoice:
    """Take an invoice back whole, by a document of its own with its own number.

    :raises CreditRefused: when it is a credit note itself, or was credited before.
    """
    query = (
        sa.select(Invoice)
        .where(Invoice.id == invoice.id)
        .with_for_update(of=Invoice)
        .execution_options(populate_existing=True)
    )
    invoice = session.scalars(query).one()
    if invoice.kind != DocumentKind.INVOICE or invoice.credit_note is not None:
        raise CreditRefused
    config = read_config(session, invoice.platform_id)
    day = today(session, invoice.platform_id, at)
    note = Invoice(
        platform_id=invoice.platform_id,
        vendor_id=invoice.vendor_id,
        kind=DocumentKind.CREDIT_NOTE,
        source_key=f"credit:{invoice.number}",
        issued_on=day,
        due_on=day,
        period_start=invoice.period_start,
        period_end=invoice.period_end,
        currency=invoice.currency,
        seller=invoice.seller,
        buyer=invoice.buyer,
        note=invoice.note,
        is_reverse_charge=invoice.is_reverse_charge,
        credits_id=invoice.id,
        lines=[_taken_back(line) for line in invoice.lines],
        created_at=at,
        net_minor=-invoice.net_minor,
        vat_minor=-invoice.vat_minor,
        gross_minor=-invoice.gross_minor,
    )
    _publish(session, note, config.credit_note_prefix, actor_id=actor_id, at=at)
    session.expire(invoice, ["credit_note"])
    return note


def _taken_back(line: InvoiceLine) -> InvoiceLine:
    return InvoiceLine(
        platform_id=line.platform_id,
        vendor_id=line.vendor_id,
        position=line.position,
        text=line.text,
        quantity=line.quantity,
        unit_minor=-line.unit_minor,
        net_minor=-line.net_minor,
        vat_percent=line.vat_percent,
    )


def settle(
    session: Session,
    invoice: Invoice,
    *,
    paid_on: date,
    at: datetime,
    reference: str = "",
    payment_id: int | None = None,
    actor_id: int | None = None,
) -> Settlement:
    """Write down that an invoice was paid.

    :raises InvoiceSettled: when it was paid or credited before, or is a credit note.
    """
    session.execute(sa.select(Invoice.id).where(Invoice.id == invoice.id).with_for_update())
    session.refresh(invoice, ["settlement", "credit_note"])
    is_open = invoice.kind == DocumentKind.INVOICE and not invoice.settlement and not invoice.credit_note
    if not is_open:
        raise InvoiceSettled
    settlement = Settlement(
        platform_id=invoice.platform_id,
        vendor_id=invoice.vendor_id,
        invoice_id=invoice.id,
        paid_on=paid_on,
        reference=reference,
        payment_id=payment_id,
        actor_id=actor_id,
        created_at=at,
    )
    session.add(settlement)
    session.flush()  # the invoice is asked for it
    session.expire(invoice, ["settlement"])
    _record(session, invoice, "billing.invoice_settle", actor_id=actor_id, at=at)
    _tell(session, events.invoice_paid, invoice)
    return settlement


def _publish(
    session: Session, invoice: Invoice, series: str, *, actor_id: int | None, at: datetime
) -> Invoice:
    """Give the document its number as the last thing, so that others wait as short as can be."""
    year = invoice.issued_on.year
    with session.no_autoflush:
        number = numbering_service.take_number(
            session, platform_id=invoice.platform_id, series=series, year=year
        )
    invoice.number = numbering_service.format_number(series, year, number)
    session.add(invoice)
    session.flush()  # others are told its id
    _record(session, invoice, "billing.invoice_issue", actor_id=actor_id, at=at)
    _tell(session, events.invoice_issued, invoice)
    return invoice


def _line(number: int, item: Item, vat: VatTreatment, platform_id: int, vendor_id: int) -> InvoiceLine:
    return InvoiceLine(
        platform_id=platform_id,
        vendor_id=vendor_id,
        position=number,
        text=item.text[:300],
        quantity=item.quantity,
        unit_minor=item.unit_minor,
        net_minor=item.unit_minor * item.quantity,
        vat_percent=vat.percent,
    )


def _sums(lines: Sequence[InvoiceLine], currency: str) -> dict[str, int]:
    groups = sum_by_rate(lines, currency)
    net, vat = sum(group.net.minor for group in groups), sum(group.vat.minor for group in groups)
    return {"net_minor": net, "vat_minor": vat, "gross_minor": net + vat}


def _seller(config: BillingConfig) -> dict[str, Any]:
    names = ("name", "street", "postal_code", "city", "country", "vat_number", "iban")
    return {name: getattr(config, f"seller_{name}") for name in names}


def _buyer(session: Session, vendor_id: int) -> dict[str, Any]:
    """Return the company behind a vendor as it is today, or its name where nobody has entered one."""
    company = company_service.find_company_of(session, vendor_id)
    if company is None:
        return {"name": session.scalar(sa.select(Vendor.name).where(Vendor.id == vendor_id)) or ""}
    return {
        "name": company.legal_name,
        "street": company.street,
        "postal_code": company.postal_code,
        "city": company.city,
        "country": company.country,
        "vat_number": company.vat_number,
    }


def _record(session: Session, invoice: Invoice, action: str, *, actor_id: int | None, at: datetime) -> None:
    audit.record(
        session,
        action=action,
        target=f"invoice:{invoice.number}",
        actor_id=actor_id,
        platform_id=invoice.platform_id,
        after={"number": invoice.number, "gross_minor": invoice.gross_minor, "currency": invoice.currency},
        at=at,
    )


def _tell(session: Session, event: Any, invoice: Invoice) -> None:
    event.emit(
        session,
        events.InvoiceIssued(
            platform_id=invoice.platform_id,
            vendor_id=invoice.vendor_id,
            invoice_id=invoice.id,
            number=invoice.number,
            gross_minor=invoice.gross_minor,
            currency=invoice.currency,
        ),
        platform_id=invoice.platform_id,
        vendor_id=invoice.vendor_id,
    )
