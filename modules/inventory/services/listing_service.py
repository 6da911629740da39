"""Statements for lists of products: what they show, look through, and are narrowed and ordered by."""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from modules.inventory.models.product import Category, Product, Variant
from modules.inventory.models.product_text import ProductText
from modules.inventory.models.stock import Level, Location
from modules.inventory.services.shelf_service import is_shown
from modules.inventory.slugs import alphabetical
from wizamart.platforms import Vendor

VENDOR_NAME: Final = (
    sa.select(Vendor.name).where(Vendor.id == Product.vendor_id).correlate(Product).scalar_subquery()
)
SORTS: Final[dict[str, Any]] = {
    "title": Product.title,
    "status": [Product.status, Product.title],
    "price": Product.price_minor,
    "updated": Product.updated_at,
    "created": Product.created_at,
    "vendor": [Product.vendor_id, Product.handle],
}
# Lists of products are counted no further, and beyond it paged through by cursors.
COUNT_UP_TO: Final = 1000


def select_products() -> sa.Select[Any]:
    """Return the statement of the products in scope, with their variants and pictures in a query each for all."""
    return sa.select(Product).options(selectinload(Product.variants), selectinload(Product.media))


def select_shown() -> sa.Select[Any]:
    """Return the statement of what customers see."""
    return select_products().options(selectinload(Product.texts)).where(is_shown())


def list_by_name(session: Session, select: sa.Select[Any], *, locale: str | None, at_most: int) -> list[int]:
    """Return the ids of what a statement of products selects, in the alphabet of a language, None the platform's own.

    Of more than `at_most` it returns one more than that, in no order.
    """
    found = (
        select.with_only_columns(Product.id, Product.title, maintain_column_froms=True)
        .order_by(None)
        .limit(at_most + 1)
        .subquery()
    )
    named = sa.select(found.c.id, found.c.title)
    if locale is not None:
        here = sa.and_(ProductText.product_id == found.c.id, ProductText.locale == locale)
        title = sa.func.coalesce(ProductText.title, found.c.title)
        named = sa.select(found.c.id, title).outerjoin_from(found, ProductText, here)
    rows = session.execute(named).all()
    if len(rows) <= at_most:
        rows = sorted(rows, key=lambda row: (*alphabetical(row[1]), row[0]))
    return [row[0] for row in rows]


def fetch(session: Session, select: sa.Select[Any], ids: Sequence[int]) -> list[Product]:
    """Return those of the products of a statement that have these ids, in the order of the ids."""
    found = session.scalars(select.where(Product.id.in_(list(ids))).order_by(None))
    by_id = {product.id: product for product in found}
    return [by_id[number] for number in ids if number in by_id]


def select_for_export() -> sa.Select[Any]:
    """Return the statement of everything that the CSV of the own format says."""
    return (
        sa.select(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.archived_at.is_(None))
        .order_by(Product.title, Product.id, Variant.position, Variant.id)
        .options(
            sa.orm.contains_eager(Variant.product).selectinload(Product.categories),
        )
    )


def select_categories() -> sa.Select[Any]:
    """Return the statement of the platform's categories."""
    return sa.select(Category)


CATEGORY_SEARCH: Final = (Category.full_name,)
CATEGORY_PATH: Final = Category.path


def select_locations() -> sa.Select[Any]:
    """Return the statement of the locations in scope, each with its vendor's name and its pieces."""
    pieces = (
        sa.select(sa.func.coalesce(sa.func.sum(Level.on_hand), 0))
        .where(Level.location_id == Location.id)
        .correlate(Location)
        .scalar_subquery()
    )
    vendor = sa.select(Vendor.name).where(Vendor.id == Location.vendor_id).correlate(Location)
    return sa.select(Location, pieces.label("pieces"), vendor.scalar_subquery().label("vendor_name"))


LOCATION_SEARCH: Final = (Location.name, Location.city)
LOCATION_SORTS: Final[dict[str, Any]] = {"name": Location.name, "city": Location.city, "kind": Location.kind}
LOCATION_VENDOR: Final = Location.vendor_id
