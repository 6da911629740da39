"""The table of products, the same for vendors and admins."""

from __future__ import annotations  # so that naming a type of a service does not load it

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.pictures import allow_pictures
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import (
    category_service,
    find_service,
    listing_service,
    stock_service,
    text_service,
)
from wizamart.i18n import language_name, lazy_gettext as _
from wizamart.platform_context import current_platform
from wizamart.platforms import list_vendors, vendor_names
from wizamart.web.tables import Broad, Column, Filter, Table

STOCK_STATES = (("in", _("In stock")), ("low", _("Low stock")), ("out", _("Out of stock")))


def as_condition(found: find_service.Narrowing) -> Any:
    """Return what a table is narrowed by."""
    return Broad(found.condition) if found.is_broad else found.condition


def search_in(session: Session) -> Callable[[str], list[Any]]:
    """Return what a table of products is searched with."""
    return lambda text: [as_condition(find_service.by_words(session, text))]


def _filters(session: Session, threshold: int) -> list[Filter]:
    def of_status(value: str) -> Any:
        return as_condition(find_service.by_status(session, value))

    def of_stock(state: str) -> Any:
        return as_condition(find_service.by_stock(session, state, threshold=threshold))

    def of_category(path: str) -> Any:
        return as_condition(find_service.by_category(session, path))

    statuses = [(status.value, status.label) for status in ProductStatus]
    filters = [
        Filter("status", _("Any status"), of_status, choices=statuses),
        Filter("stock", _("Any stock"), of_stock, choices=STOCK_STATES),
    ]
    categories = [(one.path, one.full_name) for one in category_service.list_categories(session)]
    if categories:
        filters.append(Filter("category", _("Any category"), of_category, choices=categories))
    others = text_service.other_locales(current_platform.locales, current_platform.default_locale)
    if others:
        missing = [(code, _("No text: %(language)s", language=language_name(code))) for code in others]
        filters.append(Filter("untranslated", _("Any language"), _of_missing_text(session), choices=missing))
    return filters


def _of_missing_text(session: Session) -> Callable[[str], Any]:
    return lambda locale: as_condition(find_service.narrow(session, text_service.is_missing(locale)))


def of_vendor(session: Session) -> Callable[[str], Any]:
    """Return what a table of products is narrowed to a vendor with."""
    return lambda number: as_condition(find_service.by_vendor(session, int(number)))


def table_options(session: Session, *, with_vendors: bool) -> dict[str, Any]:
    """Return what the table and its export are made of."""
    sorts = listing_service.SORTS
    threshold = stock_service.get_config(session, current_platform.id).low_stock_threshold
    filters = _filters(session, threshold)
    columns = [
        Column("title", _("Product"), sort=sorts["title"]),
        Column("status", _("Status"), sort=sorts["status"]),
        Column("stock", _("Available"), align="end"),
        Column("price", _("Price"), sort=sorts["price"], align="end"),
        Column("updated", _("Changed"), sort=sorts["updated"]),
    ]
    if with_vendors:
        choices = list_vendors(session, current_platform.id)
        filters.insert(0, Filter("vendor", _("Any vendor"), of_vendor(session), choices=choices))
        columns.insert(1, Column("vendor", _("Vendor"), sort=sorts["vendor"]))
    return {
        "columns": columns,
        "filters": filters,
        "search": search_in(session),
        "default_sort": "-updated",
        "count_up_to": listing_service.COUNT_UP_TO,
    }


def read_products(session: Session, *, with_vendors: bool = False) -> dict[str, Any]:
    """Return what the page of the table needs, in as many queries for ten products as for ten thousand."""
    options = table_options(session, with_vendors=with_vendors)
    table = Table.from_select(session, listing_service.select_products(), **options)
    allow_pictures(address for product in table.rows for address in product.images[:1])
    vendor_ids = [product.vendor_id for product in table.rows] if with_vendors else []
    return {
        "table": table,
        "available": {product.id: product.available for product in table.rows},
        "threshold": stock_service.get_config(session, current_platform.id).low_stock_threshold,
        "vendor_names": vendor_names(session, vendor_ids),
    }


def list_narrowed(session: Session) -> Sequence[Any]:
    """Return all products that the query string narrows the vendor's table to, over all its pages."""
    return session.scalars(select_narrowed(session)).all()


def select_narrowed(session: Session) -> sa.Select[Any]:
    """Return the statement of these products."""
    options = table_options(session, with_vendors=False)
    del options["count_up_to"]
    return Table.select_for_export(listing_service.select_products(), **options)
