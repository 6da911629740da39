"""The formats that are known, each an adapter that turns a record into our words, found from the headings."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from wizamart.i18n import gettext as _


@dataclass(slots=True)
class CatalogueLine:
    """What one record says; None and empty mean that it says nothing of it.

    `options` are pairs of name and value, the name empty where an earlier record gave it. `is_part` marks what adds
    to a product (a picture, a description) and is nothing that can be sold.
    """

    group_key: str
    sku: str = ""
    alias: str | None = None
    title: str = ""
    description: str | None = None
    status: str | None = None
    categories: list[list[str]] | None = None
    images: list[str] = field(default_factory=list)
    tax_class: str | None = None
    options: list[tuple[str, str]] = field(default_factory=list)
    gtin: str | None = None
    price: int | None = None
    compare_at: int | None = None
    currency: str = ""
    stock: int | None = None
    allows_backorder: bool | None = None
    low_stock: int | None = None
    is_part: bool = False

    def as_values(self) -> dict[str, Any]:
        """Return it as JSON holds it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Context:
    """What an adapter may know of where the file goes."""

    currency: str
    today: dt.date


Row = Mapping[str, str]
Read = Callable[[Row, Context], CatalogueLine]


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of catalogue file; `required` headings prove it, of `any_of` at least one is there."""

    code: str
    name: str
    required: frozenset[str]
    any_of: frozenset[str]
    read: Read
    clean: Callable[[str], str] = lambda heading: heading


def _formats() -> tuple[Format, ...]:
    from modules.inventory.imports import (  # they need the classes above
        google,
        own,
        shopify,
        spree,
        woocommerce,
    )

    return (
        own.FORMAT,
        woocommerce.FORMAT,
        shopify.OLD_FORMAT,
        shopify.NEW_FORMAT,
        spree.FORMAT,
        google.FORMAT,
    )


def list_formats() -> tuple[Format, ...]:
    """Return the formats in the order in which they are tried."""
    return _formats()


def known_headings() -> frozenset[str]:
    """Return the headings by which delimiters are told apart."""
    return frozenset().union(*(known.required | known.any_of for known in _formats()))


def detect(headings: list[str]) -> tuple[Format | None, str]:
    """Return the format that headings belong to, or None and the reason why none does, for people."""
    best: tuple[float, str, list[str]] | None = None
    for candidate in _formats():
        present = {candidate.clean(heading) for heading in headings}
        missing = sorted(candidate.required - present)
        if not missing and (not candidate.any_of or candidate.any_of & present):
            return candidate, ""
        share = 1 - len(missing) / len(candidate.required)
        if missing and (best is None or share > best[0]):
            best = (share, candidate.name, missing)
    shown = ", ".join(heading or "–" for heading in headings[:12])
    if best is None or best[0] <= 1 / 2:
        return None, _("This is no catalogue that we know. Its headings are: %(headings)s.", headings=shown)
    return None, _(
        "This looks like a file of %(format)s, but these columns are missing: %(columns)s.",
        format=best[1],
        columns=", ".join(best[2]),
    )
