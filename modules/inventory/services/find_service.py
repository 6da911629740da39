"""Finding products among very many: by words, category, stock, price, in a time that does not grow with the catalogue.

What is narrowed to a few is looked up by the numbers of these few. What is not, is found by walking along the order of
the list and trying each product, of which the first many fit. Why: `docs/decisions/016`.
"""

from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.models.product import Category, Product, product_categories
from modules.inventory.models.product_index import option_values, search_words
from modules.inventory.words import words_of
from wizamart.platforms import get_scope

FEW: Final = 1000
MOST_WORDS: Final = 8
SURROGATES: Final = (0xD800, 0xE000)


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A condition on products; `is_broad` where more than a few fit, so that nobody counts them."""

    condition: sa.ColumnElement[bool]
    is_broad: bool = False


def narrow(session: Session, condition: sa.ColumnElement[bool]) -> Narrowing:
    """Return a condition on an indexed column as what it finds, if that is few."""
    return _few_or(session, sa.select(Product.id).where(condition), condition)


def _few_or(session: Session, ids: sa.Select[Any], condition: sa.ColumnElement[bool]) -> Narrowing:
    found = session.scalars(ids.limit(FEW + 1)).all()
    if len(found) > FEW:
        return Narrowing(condition, is_broad=True)
    return Narrowing(Product.id.in_(sorted(set(found))))


def by_words(session: Session, text: str) -> Narrowing:
    """Return the products that have, for each word of a text, a word that begins with it."""
    words = words_of(text)[:MOST_WORDS]
    if not words:
        return Narrowing(sa.false())
    parts = [_having(session, word, place) for place, word in enumerate(words)]
    few: set[int] | None = None
    found: dict[int, list[int]] = {place: [] for place in range(len(words))}
    for place, product_id in session.execute(sa.union_all(*parts)):
        found[place].append(product_id)
    conditions: list[sa.ColumnElement[bool]] = []
    for place, word in enumerate(words):
        if len(found[place]) > FEW:
            conditions.append(_has_word(word))
        else:
            few = set(found[place]) if few is None else few & set(found[place])
    if few is not None:
        conditions.insert(0, Product.id.in_(sorted(few)))
    return Narrowing(sa.and_(*conditions), is_broad=few is None)


def _having(session: Session, word: str, place: int) -> sa.Select[Any]:
    """Return the statement of some products that have a word; words are no ORM rows, so the scope is named here."""
    scope = get_scope(session)
    query = sa.select(search_words.c.product_id).where(_begins(word))
    if scope is not None:
        query = query.where(search_words.c.platform_id == scope.platform_id)
        if scope.vendor_id is not None:
            query = query.where(search_words.c.vendor_id == scope.vendor_id)
    some = query.limit(FEW + 1).subquery()
    return sa.select(sa.literal(place), some.c.product_id)


def _begins(word: str) -> sa.ColumnElement[bool]:
    after = ord(word[-1]) + 1
    if after == SURROGATES[0]:
        after = SURROGATES[1]
    return sa.and_(search_words.c.word >= word, search_words.c.word < word[:-1] + chr(after))


def _has_word(word: str) -> sa.ColumnElement[bool]:
    return _each(sa.select(sa.literal(1)).where(search_words.c.product_id == Product.id, _begins(word)))


def _each(query: sa.Select[Any]) -> sa.ColumnElement[bool]:
    """Return the condition that a product has such a row, tried product by product and never joined: hence the 0."""
    return sa.exists(query.correlate(Product).offset(0))


def by_option(session: Session, name_key: str, value_key: str) -> Narrowing:
    """Return the products that have a variant with this value of an option."""
    chosen = [option_values.c.name_key == name_key, option_values.c.value_key == value_key]
    scope = get_scope(session)
    if scope is not None:
        chosen.append(option_values.c.platform_id == scope.platform_id)
        if scope.vendor_id is not None:
            chosen.append(option_values.c.vendor_id == scope.vendor_id)
    has_value = _each(sa.select(sa.literal(1)).where(option_values.c.product_id == Product.id, *chosen))
    return _few_or(session, sa.select(option_values.c.product_id).where(*chosen), has_value)


def by_category(session: Session, path: str) -> Narrowing:
    """Return the products that lie in a category or below it."""
    below = sa.or_(Category.path == path, Category.path.startswith(f"{path}/", autoescape=True))
    ids = list(session.scalars(sa.select(Category.id).where(below)))
    links = product_categories.c
    inside = sa.select(sa.literal(1)).where(links.product_id == Product.id, links.category_id.in_(ids))
    return _few_or(session, sa.select(links.product_id).where(links.category_id.in_(ids)), _each(inside))


def by_status(session: Session, status: str) -> Narrowing:
    """Return the products of a status."""
    return narrow(session, Product.status == status)


def by_vendor(session: Session, vendor_id: int) -> Narrowing:
    """Return the products of a vendor."""
    return narrow(session, Product.vendor_id == vendor_id)


def by_stock(session: Session, state: str, *, threshold: int) -> Narrowing:
    """Return the products of which none, few (`low`) or more can be promised."""
    condition = {
        "out": Product.available <= 0,
        "low": Product.available.between(1, threshold),
        "in": Product.available > threshold,
    }[state]
    return narrow(session, condition)


def by_price(session: Session, start: int | None, end: int | None) -> Narrowing:
    """Return the products whose lowest price lies between two amounts in minor units."""
    bounds = [Product.price_minor >= start] if start is not None else []
    bounds += [Product.price_minor <= end] if end is not None else []
    return narrow(session, sa.and_(sa.true(), *bounds))
