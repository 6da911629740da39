"""The shelf of the shop: what is sold, narrowed and ordered by what stands in the address."""

import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from flask import request, url_for
from sqlalchemy.orm import Session

from modules.inventory.option_keys import LONGEST_OPTION
from modules.inventory.pictures import allow_pictures
from modules.inventory.routes.product_table import as_condition, of_vendor, search_in
from modules.inventory.services import (
    facet_service,
    find_service,
    listing_service,
    shelf_service,
)
from wizamart.i18n import current_locale, format_money, gettext as _, lazy_gettext
from wizamart.platform_context import current_platform, current_vendor
from wizamart.platforms import list_vendors
from wizamart.web.tables import Arguments, Column, Filter, Table

PER_PAGE = 24
OPTION = "option."
MOST_OPTIONS = 4
SORTS = (
    ("created", "desc", lazy_gettext("Newest first")),
    ("title", "asc", lazy_gettext("By name")),
    ("price", "asc", lazy_gettext("Lowest price first")),
    ("price", "desc", lazy_gettext("Highest price first")),
)


@dataclass(frozen=True, slots=True)
class PriceFilter(Filter):
    """A range of prices as customers type them, `value` is the pair of texts."""

    currency: str = "EUR"

    @property
    def arguments(self) -> tuple[str, ...]:
        """The names of its arguments in the query string."""
        return (f"{self.key}_from", f"{self.key}_to")

    def read(self, arguments: Arguments) -> "PriceFilter":
        """Return the filter with what the query string says; what is no price is nothing."""
        given = [arguments.get(name, "").strip() for name in self.arguments]
        return replace(self, value=tuple(text if self.minor(text) is not None else "" for text in given))

    def minor(self, text: str) -> int | None:
        """Return a price in minor units, None for what is none."""
        if not re.fullmatch(r"\d{1,7}([.,]\d{1,3})?", text, re.ASCII):
            return None
        return int(Decimal(text.replace(",", ".")).scaleb(get_currency_precision(self.currency)))

    def conditions(self, zone: ZoneInfo) -> Iterator[Any]:  # noqa: ARG002 - prices have no time zone
        """Yield the conditions for the database."""
        start, end = (self.minor(text) for text in self.value)
        if start is not None or end is not None:
            yield self.expression(start, end)


@dataclass(frozen=True, slots=True)
class OptionFilter(Filter):
    """A value of an option; which there are is known only once the list is, so any may stand in the address."""

    def read(self, arguments: Arguments) -> "OptionFilter":
        """Return the filter with what the query string says."""
        return replace(self, value=arguments.get(self.key, "").strip()[:LONGEST_OPTION])

    @property
    def name_key(self) -> str:
        """The key of the option."""
        return self.key.removeprefix(OPTION)


@dataclass(slots=True)
class ShelfTable(Table):
    """The products on the shelf; counted ones by name are in the alphabet of the language that they are read in."""

    named: Sequence[int] | None = None

    def count_bounded(self, session: Session, statement: Any, bound: int) -> int:
        """Return how many rows there are, having brought those by name into their order."""
        if self.sort != "title":
            return Table.count_bounded(self, session, statement, bound)
        ids = listing_service.list_by_name(session, statement, locale=other_locale(), at_most=bound)
        if len(ids) <= bound:
            self.named = ids[::-1] if self.direction == "desc" else ids
            self.after = self.before = ""
        return len(ids)

    def fetch(self, session: Session, statement: Any, limit: int) -> list[Any]:
        """Return so many rows from where the page begins."""
        if self.named is None:
            return Table.fetch(self, session, statement, limit)
        start = (self.page - 1) * self.per_page
        return listing_service.fetch(session, statement, self.named[start : start + limit])


def read_shelf(session: Session, category: Any = None) -> dict[str, Any]:
    """Return what the page of the catalogue or of a category shows, in a fixed number of queries."""
    search = functools.cache(search_in(session))
    inside = [] if category is None else [as_condition(find_service.by_category(session, category.path))]
    vendors = [] if current_vendor else list_vendors(session, current_platform.id, only_active=True)
    table = ShelfTable.from_select(
        session,
        listing_service.select_shown(),
        columns=[Column(key, key, sort=listing_service.SORTS[key]) for key in ("created", "title", "price")],
        search=search,
        where=inside,
        filters=_filters(session, vendors),
        default_sort="-created",
        count_up_to=listing_service.COUNT_UP_TO,
        per_page=PER_PAGE,
    )
    allow_pictures(address for product in table.rows for address in product.images[:1])
    facets = _facets(session, table, search, inside)
    categories = shelf_service.list_shown_categories(
        session, platform_id=current_platform.id, locale=current_locale()
    )
    return {
        "table": table,
        "category": category,
        "crumbs": crumbs_of(parents_of(category, categories)) if category else [],
        "branches": _branches(category, categories),
        "vendor_names": dict(vendors) if len(vendors) > 1 else {},
        "available": {product.id: product.available for product in table.rows},
        "sorts": SORTS,
        "facets": facets,
        "chips": list(_chips(table, facets)),
        "meta_description": category.description_in(current_locale())[:300] if category else "",
        "canonical_url": _canonical(category, table.page),
    }


def _filters(session: Session, vendors: Sequence[tuple[int, str]]) -> list[Filter]:
    @functools.cache
    def of_price(start: int | None, end: int | None) -> Any:
        return as_condition(find_service.by_price(session, start, end))

    currency = current_platform.currency
    filters = [
        Filter("stock", _("In stock only"), shelf_service.is_in_stock, choices=[("in", _("In stock only"))]),
        PriceFilter("price", _("Price"), of_price, currency=currency),
    ]
    if len(vendors) > 1:
        of_one = functools.cache(of_vendor(session))
        filters.append(Filter("vendor", _("Vendor"), of_one, choices=vendors))
    return [*filters, *_option_filters(session)]


def _option_filters(session: Session) -> Iterator[OptionFilter]:
    """Yield a filter for each option that the address names."""
    named = [name for name in request.args if name.startswith(OPTION) and len(name) <= LONGEST_OPTION]
    for name in named[:MOST_OPTIONS]:
        key = name.removeprefix(OPTION)

        @functools.cache
        def of_value(value: str, key: str = key) -> Any:
            return as_condition(find_service.by_option(session, key, value))

        yield OptionFilter(name, key, of_value)


def _facets(session: Session, table: Table, search: Any, inside: Sequence[Any]) -> list[Any]:
    """Return what the list can be narrowed by further; of what is chosen, where another choice would lead."""
    chosen = {one.name_key: one for one in table.filters if isinstance(one, OptionFilter) and one.is_active}

    def ids(left_out: Filter | None = None) -> Any:
        filters = [one for one in table.filters if one is not left_out]
        listed = replace(table, filters=filters)
        statement = listed.narrowed(shelf_service.select_shown_ids(), search, inside)
        return facet_service.Listed(statement, listed.is_broad)

    return facet_service.list_facets(
        session,
        ids(),
        {key: ids(one) for key, one in chosen.items()},
        {key: one.value for key, one in chosen.items()},
        locale=other_locale(),
    )


def other_locale() -> str | None:
    """Return the language of the reader where it is another than the platform's own."""
    return None if current_locale() == current_platform.default_locale else current_locale()


def parents_of(category: Any, categories: Sequence[Any]) -> list[Any]:
    """Return the categories above one, from the root down."""
    return [one for one in categories if category and category.path.startswith(f"{one.path}/")]


def crumbs_of(categories: Sequence[Any]) -> list[tuple[str, str]]:
    """Return the links above a page's title: the catalogue and these categories."""
    links = [
        (
            one.name_in(current_locale()),
            url_for("inventory_storefront.category_detail", path=one.path),
        )
        for one in categories
    ]
    return [(_("Catalogue"), url_for("inventory_storefront.catalogue")), *links]


def _branches(category: Any, categories: Sequence[Any]) -> list[Any]:
    """Return what the list of categories shows: the way to the chosen one, its neighbours, and what lies below it."""
    path = category.path if category else ""
    above = {"/".join(path.split("/")[:depth]) for depth in range(path.count("/") + 2)} | {path}
    return [one for one in categories if one.path.rpartition("/")[0] in above]


def _chips(table: Table, facets: Sequence[Any]) -> Iterator[tuple[str, str]]:
    """Yield what narrows the shelf in words, and the address without it."""
    labels = {(one.key, value.key): value.label for one in facets for value in one.values}
    if table.search:
        yield _("“%(words)s”", words=table.search), table.url(search=None)
    for item in table.filters:
        if isinstance(item, PriceFilter):
            yield from _price_chips(table, item)
        elif isinstance(item, OptionFilter):
            if item.is_active:
                yield labels.get((item.name_key, item.value), item.value), table.url(**{item.key: None})
        elif item.is_active:
            yield str(dict(item.choices)[item.value]), table.url(**{item.key: None})


def _price_chips(table: Table, item: PriceFilter) -> Iterator[tuple[str, str]]:
    for name, text, words in zip(
        item.arguments, item.value, ("from %(price)s", "up to %(price)s"), strict=True
    ):
        minor = item.minor(text)
        if minor is not None:
            shown = format_money(minor, item.currency)
            told = (
                _("from %(price)s", price=shown)
                if words.startswith("from")
                else _("up to %(price)s", price=shown)
            )
            yield told, table.url(**{name: None})


def _canonical(category: Any, page: int) -> str:
    """Return the address of this page of the shelf, without what narrows and orders it."""
    values: dict[str, Any] = {"page": page} if page > 1 and not set(request.args) - {"page"} else {}
    if category is None:
        return url_for("inventory_storefront.catalogue", _external=True, **values)
    return url_for("inventory_storefront.category_detail", path=category.path, _external=True, **values)
