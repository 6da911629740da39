"""The list of invoices, as both portals show it."""

from datetime import date
from typing import Any

import sqlalchemy as sa

from modules.billing.models.invoice import DocumentKind, Invoice, InvoiceStatus, Settlement
from wizamart.i18n import lazy_gettext
from wizamart.platforms import Vendor
from wizamart.web.tables import Column, Filter


def query() -> sa.Select[Any]:
    """Return the documents with their vendors."""
    return (
        sa.select(Invoice)
        .join(Invoice.vendor)
        .outerjoin(Settlement, Settlement.invoice_id == Invoice.id)
        .options(sa.orm.contains_eager(Invoice.vendor), sa.orm.contains_eager(Invoice.settlement))
    )


def status_expression(day: date) -> sa.ColumnElement[str]:
    """Return the status as the database computes it: the same rules as `Invoice.status_on`."""
    credit = sa.orm.aliased(Invoice)
    is_credited = sa.exists().where(credit.credits_id == Invoice.id)
    return sa.case(
        (Invoice.kind == DocumentKind.CREDIT_NOTE, InvoiceStatus.CREDIT_NOTE.value),
        (is_credited, InvoiceStatus.CREDITED.value),
        (sa.or_(Settlement.id.is_not(None), Invoice.gross_minor == 0), InvoiceStatus.PAID.value),
        (Invoice.due_on < day, InvoiceStatus.OVERDUE.value),
        else_=InvoiceStatus.OPEN.value,
    )


def options(day: date, *, with_vendor: bool) -> dict[str, Any]:
    """Return what `Table.from_select` and `export_table` need."""
    vendor = Column("vendor", lazy_gettext("Vendor"), sort=Vendor.name, value=lambda row: row.vendor.name)
    return {
        "columns": [
            Column("number", lazy_gettext("Number"), sort=Invoice.number),
            *([vendor] if with_vendor else []),
            Column("issued_on", lazy_gettext("Issued on"), sort=Invoice.issued_on),
            Column("due_on", lazy_gettext("Due on"), sort=Invoice.due_on),
            Column("status", lazy_gettext("Status"), value=lambda row: row.status_on(day).label),
            Column("gross_minor", lazy_gettext("Amount"), sort=Invoice.gross_minor, align="end"),
        ],
        "search": [Invoice.number, *([Vendor.name] if with_vendor else [])],
        "filters": [
            Filter(
                "status",
                lazy_gettext("Status"),
                status_expression(day),
                choices=[(status.value, status.label) for status in InvoiceStatus],
            ),
            Filter("issued_on", lazy_gettext("Issued on"), Invoice.issued_on, kind="date_range"),
        ],
        "default_sort": "-issued_on",
    }


def export_options(day: date) -> dict[str, Any]:
    """Return the same with the sums by themselves, in minor units."""
    chosen = options(day, with_vendor=True)
    chosen["columns"] += [
        Column("net_minor", lazy_gettext("Net")),
        Column("vat_minor", lazy_gettext("VAT")),
        Column("currency", lazy_gettext("Currency")),
        Column("is_reverse_charge", lazy_gettext("Reverse charge")),
    ]
    return chosen
