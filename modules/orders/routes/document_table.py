"""The table of invoices and credit notes, the same for admins and vendors."""

from typing import Any

from sqlalchemy.orm import Session

from modules.orders.schemas import document
from modules.orders.services import document_service
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.web.exports import export_table
from wizamart.web.tables import Column, Filter, Table, amount


def load_table(session: Session, *, with_vendor: bool) -> Table:
    """Read the page of the table that the query string asks for."""
    return Table.from_select(session, **_options(with_vendor=with_vendor))


def export(session: Session, *, with_vendor: bool) -> Any:
    """Return all rows of the table as a file; the currency of the amounts stands beside them."""
    more = [
        Column("currency", lazy_gettext("Currency"), value=_read("currency")),
        Column("net", lazy_gettext("Net"), value=amount("net_minor", place=0)),
        Column("tax", lazy_gettext("VAT"), value=amount("tax_minor", place=0)),
    ]
    return export_table(session, name="documents", more_columns=more, **_options(with_vendor=with_vendor))


def _options(*, with_vendor: bool) -> dict[str, Any]:
    listing = document_service.build_listing()
    columns = [
        Column("number", lazy_gettext("Number"), listing.number, value=_read("number")),
        Column("kind", lazy_gettext("Kind"), value=lambda row: row[0].document_kind.label),
        Column("issued_on", lazy_gettext("Date"), listing.issued_on, value=_read("issued_on")),
        Column("order", lazy_gettext("Order"), value=_read("order_number")),
        Column("customer", lazy_gettext("Customer"), listing.customer, value=_read("customer_name")),
        Column("vendor", lazy_gettext("Vendor"), listing.vendor, value=lambda row: row[1]),
        Column(
            "total", lazy_gettext("Total"), listing.total, align="end", value=amount("total_minor", place=0)
        ),
    ]
    return {
        "select": listing.select,
        "columns": [column for column in columns if with_vendor or column.key != "vendor"],
        "search": listing.search,
        "filters": [
            Filter(
                "kind",
                _("Any kind"),
                listing.kind,
                choices=[(kind.value, kind.label) for kind in document.DocumentKind],
            ),
            Filter("date", lazy_gettext("Date"), listing.issued_at, kind="date_range"),
        ],
        "default_sort": "-issued_on",
    }


def _read(name: str) -> Any:
    return lambda row: getattr(row[0], name)
