"""The list of invoices, as both portals show it."""

from datetime import date
from typing import Any

from modules.billing.schemas.documents import InvoiceStatus
from modules.billing.services import listing_service
from wizamart.i18n import lazy_gettext
from wizamart.web.tables import Column, Filter, amount


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
            Column(
                "gross_minor",
                lazy_gettext("Amount"),
                sort=found["gross_minor"],
                align="end",
                value=amount("gross_minor"),
            ),
        ],
        "search": [found["number"], *([found["vendor"]] if with_vendor else [])],
        "filters": [
            Filter(
                "status",
                lazy_gettext("Any status"),
                listing_service.status_expression(day),
                choices=[(status.value, status.label) for status in InvoiceStatus],
            ),
            Filter("issued_on", lazy_gettext("Issued on"), found["issued_on"], kind="date_range"),
        ],
        "default_sort": "-issued_on",
    }


def export_options(day: date) -> dict[str, Any]:
    """Return the same for `export_table`, with the sums by themselves."""
    more = [
        Column("net", lazy_gettext("Net"), value=amount("net_minor")),
        Column("vat", lazy_gettext("VAT"), value=amount("vat_minor")),
        Column("currency", lazy_gettext("Currency")),
        Column("is_reverse_charge", lazy_gettext("Reverse charge")),
    ]
    return {**options(day, with_vendor=True), "more_columns": more}
