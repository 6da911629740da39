"""The table of orders, the same for admins and vendors."""

from typing import Any

from sqlalchemy.orm import Session

from modules.orders.schemas.order_state import OrderStatus
from modules.orders.services import listing_service
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.platforms import list_vendors
from wizamart.web.exports import export_table
from wizamart.web.tables import Column, Filter, Table, amount


def load_table(session: Session, *, platform_id: int, with_vendor: bool) -> Table:
    """Read the page of the table that the query string asks for."""
    return Table.from_select(session, **_options(session, platform_id, with_vendor=with_vendor))


def export(session: Session, *, platform_id: int, with_vendor: bool) -> Any:
    """Return all rows of the table as a file; the currency of the amounts stands beside them."""
    options = _options(session, platform_id, with_vendor=with_vendor)
    more = [
        Column("currency", lazy_gettext("Currency"), value=_read("currency")),
        Column("tax", lazy_gettext("VAT"), value=amount("tax_minor", place=0)),
        Column("paid", lazy_gettext("Paid"), value=amount("paid_minor", place=0)),
        Column("refunded", lazy_gettext("Refunded"), value=amount("refunded_minor", place=0)),
        Column("email", lazy_gettext("E-mail address"), value=_read("customer_email")),
    ]
    return export_table(session, name="orders", more_columns=more, **options)


def list_chosen(session: Session, *, platform_id: int, with_vendor: bool) -> list[int]:
    """Return the ids of all orders that the query string asks for, for actions on every page."""
    options = _options(session, platform_id, with_vendor=with_vendor)
    return [row[0].id for row in session.execute(Table.select_for_export(options.pop("select"), **options))]


def _options(session: Session, platform_id: int, *, with_vendor: bool) -> dict[str, Any]:
    listing = listing_service.build_listing()
    filters = [
        Filter(
            "status",
            _("Any state"),
            listing.status,
            choices=[(status.value, status.label) for status in OrderStatus],
        ),
        Filter("date", lazy_gettext("Date"), listing.created_at, kind="date_range"),
    ]
    if with_vendor:
        vendors = list_vendors(session, platform_id, only_active=True)
        filters.insert(1, Filter("vendor", _("All vendors"), listing.vendor_id, choices=vendors))
    return {
        "select": listing.select,
        "columns": _columns(listing, with_vendor=with_vendor),
        "search": listing.search,
        "filters": filters,
        "default_sort": "-number",
    }


def _columns(listing: Any, *, with_vendor: bool) -> list[Column]:
    columns = [
        Column("number", lazy_gettext("Order"), listing.number, value=_read("number")),
        Column("created_at", lazy_gettext("Date"), listing.created_at, value=_read("created_at")),
        Column("customer", lazy_gettext("Customer"), listing.customer, value=_read("customer_name")),
        Column("vendor", lazy_gettext("Vendor"), listing.vendor, value=lambda row: row[1]),
        Column("status", lazy_gettext("State"), listing.status, value=lambda row: row[0].state.label),
        Column("units", lazy_gettext("Pieces"), listing.units, align="end", value=_read("units")),
        Column(
            "total", lazy_gettext("Total"), listing.total, align="end", value=amount("total_minor", place=0)
        ),
    ]
    return [column for column in columns if with_vendor or column.key != "vendor"]


def _read(name: str) -> Any:
    return lambda row: getattr(row[0], name)
