"""The list of invoices, as both portals show it."""

from datetime import date
from typing import Any

from modules.billing.schemas.documents import InvoiceStatus
from modules.billing.services import listing_service
from wizamart.i18n import lazy_gettext
from wizamart.web.tables import Column, Filter


def options(day: date, *, with_vendor: bool) -> dict[str, Any]:
    """Return what `Table.from_select` and `export_table` need."""
    found = listing_service.INVOICE_EXPRESSIONS
    vendor = Column("vendor", lazy_gettext("Vendor"), sort=found["vendor"], value=lambda row: row.vendor.name)
    return {
        "columns": [
            Column("number", lazy_gettext("Number"), sort=found["number"]),
            *([vendor] if with_vendor else []),
            Column("issued_on", lazy_gettext("Issued on"), sort=found["issued_on"]),
            Column("due_on", lazy_gettext("Due on"), sort=found["due_on"]),
            Column("status", lazy_gettext("Status"), value=lambda row: row.status_on(day).label),
            Column("gross_minor", lazy_gettext("Amount"), sort=found["gross_minor"], align="end"),
        ],
        "search": [found["number"], *([found["vendor"]] if with_vendor else [])],
        "filters": [
            Filter(
                "status",
                lazy_gettext("Status"),
                listing_service.status_expression(day),
                choices=[(status.value, status.label) for status in InvoiceStatus],
            ),
            Filter("issued_on", lazy_gettext("Issued on"), found["issued_on"], kind="date_range"),
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
