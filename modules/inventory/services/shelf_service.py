"""What customers may see, and what it costs: the server's word on every product that can be bought."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from modules.inventory.config import InventoryConfig
from modules.inventory.exceptions import ProductNotFound
from modules.inventory.models import product_index
from modules.inventory.models.product import Category, Product, Variant, product_categories
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import (
    category_service,
    option_text_service,
    product_service,
    stock_service,
    text_service,
)
from modules.inventory.services.order_service import reference_of, variant_id_of
from modules.inventory.slugs import alphabetical
from wizamart.platforms import Vendor, VendorPlatform, VendorStatus, get_scope

AT_ONCE: Final = 1000  # ids in one statement
ON_SHELF: Final = (selectinload(Product.variants), selectinload(Product.media), selectinload(Product.texts))


def is_shown() -> sa.ColumnElement[bool]:
    """Return the condition that customers see a product: it is on sale, and so is its vendor."""
    open_vendors = (
        sa.select(VendorPlatform.platform_id, VendorPlatform.vendor_id)
        .join(Vendor, Vendor.id == VendorPlatform.vendor_id)
        .where(Vendor.status == VendorStatus.ACTIVE)
    )
    return sa.and_(
        Product.status == ProductStatus.ACTIVE,
        sa.tuple_(Product.platform_id, Product.vendor_id).in_(open_vendors),
    )


def list_shown_categories(session: Session, *, platform_id: int, locale: str) -> list[Category]:
    """Return the categories in or below which customers see a product, as a tree in the alphabet of a language."""
    links, scope = product_categories.c, get_scope(session)
    vendors = (
        sa.select(VendorPlatform.vendor_id)
        .join(Vendor, Vendor.id == VendorPlatform.vendor_id)
        .where(Vendor.status == VendorStatus.ACTIVE, VendorPlatform.platform_id == platform_id)
    )
    on_sale = [links.category_id == Category.id, links.status == ProductStatus.ACTIVE]
    if scope is not None and scope.vendor_id is not None:
        # Links are no ORM rows, so the scope is named here.
        on_sale.append(links.vendor_id == scope.vendor_id)
    # Asked for the first in the order of the index, PostgreSQL looks there; to know of any it would read all links.
    seller = (
        sa.select(links.vendor_id).where(*on_sale, links.vendor_id.in_(vendors)).order_by(links.vendor_id)
    )
    has_products = seller.correlate(Category).limit(1).scalar_subquery().is_not(None)
    filled = set(session.scalars(sa.select(Category.path).where(has_products)))
    shown = {path for inner in filled for path in _way_to(inner)}
    found = [one for one in category_service.list_categories(session) if one.path in shown] if shown else []
    names = {one.path: alphabetical(one.name_in(locale)) for one in found}
    return sorted(found, key=lambda one: [names[path] for path in _way_to(one.path)])


def heal_places(session: Session, *, platform_id: int, since: datetime) -> int:
    """Write again what stands beside the categories of products that changed since then; return how many it was for.

    The release before that column leaves it out while it runs beside this one, and changes the product alone.
    """
    links = product_categories.c
    differs = sa.or_(links.status != Product.status, links.vendor_id != Product.vendor_id)
    query = (
        sa.select(Product.id)
        .join(product_categories, links.product_id == Product.id)
        .where(Product.platform_id == platform_id, Product.updated_at >= since, differs)
        .distinct()
    )
    ids = session.scalars(query).all()
    for start in range(0, len(ids), AT_ONCE):
        product_index.write_places(session, ids[start : start + AT_ONCE])
    return len(ids)


def _way_to(path: str) -> list[str]:
    """Return the paths from a root to a category, itself the last."""
    return ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 2)]


def select_shown_ids() -> sa.Select[Any]:
    """Return the statement of the ids of what customers see."""
    return sa.select(Product.id).where(is_shown())


def get_shown_product(session: Session, slug: str) -> Product:
    """Return a product that customers may see, by its address.

    :raises ProductNotFound: when there is none.
    """
    query = sa.select(Product).where(Product.slug == slug, is_shown())
    whole = (*product_service.WHOLE, selectinload(Product.texts))
    product = session.scalars(query.options(*whole)).one_or_none()
    if product is None:
        raise ProductNotFound
    return product


def list_newest(session: Session, *, limit: int) -> Sequence[Product]:
    """Return the products that customers can see, newest first."""
    query = sa.select(Product).where(is_shown()).options(*ON_SHELF)
    return session.scalars(query.order_by(Product.created_at.desc(), Product.id.desc()).limit(limit)).all()


def list_related(session: Session, product: Product, *, limit: int) -> Sequence[Product]:
    """Return other products of the same categories, newest first."""
    if not product.categories:
        return []
    ids = [category.id for category in product.categories]
    shares = sa.select(product_categories.c.product_id).where(product_categories.c.category_id.in_(ids))
    query = sa.select(Product).where(is_shown(), Product.id.in_(shares), Product.id != product.id)
    query = query.order_by(Product.created_at.desc(), Product.id.desc()).limit(limit)
    return session.scalars(query.options(*ON_SHELF)).all()


def list_addresses(session: Session) -> Iterator[tuple[str, datetime, list[str]]]:
    """Yield slug and last change of every product that customers see, and the other languages it is written in."""
    written = text_service.list_written_locales(session)
    query = sa.select(Product.id, Product.slug, Product.updated_at).where(is_shown()).order_by(Product.id)
    for row in session.execute(query.execution_options(yield_per=1000)):
        yield row.slug, row.updated_at, written.get(row.id, [])


def is_in_stock(_value: str = "") -> sa.ColumnElement[bool]:
    """Return the condition that some variant of a product can be bought now."""
    return sa.or_(Product.allows_backorder, Product.available > 0)


def list_shown_variants(session: Session, references: Sequence[str]) -> list[Variant]:
    """Return those of the variants that customers may buy, in the order of their references."""
    ids = [number for reference in references if (number := variant_id_of(reference))]
    if not ids:
        return []
    query = (
        sa.select(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Variant.id.in_(ids), Variant.archived_at.is_(None), is_shown())
        .options(
            joinedload(Variant.product, innerjoin=True).options(
                selectinload(Product.media), selectinload(Product.texts)
            )
        )
    )
    found = {variant.id: variant for variant in session.scalars(query)}
    return [found[number] for number in dict.fromkeys(ids) if number in found]


def available_to_customers(session: Session, variants: Sequence[Variant]) -> dict[int, int | None]:
    """Return how many pieces of each variant can be ordered; None where back-orders are taken without a limit."""
    available = stock_service.available_of(session, [variant.id for variant in variants])
    return {
        variant.id: None if variant.product.allows_backorder else max(available[variant.id], 0)
        for variant in variants
    }


def list_lines(
    session: Session, references: Sequence[str], *, config: InventoryConfig, today: date, locale: str
) -> list[dict[str, Any]]:
    """Return what is behind references now, as a cart shows and charges it; addresses come from slug and picture."""
    variants = list_shown_variants(session, references)
    available = available_to_customers(session, variants)
    wording = option_text_service.wording_of(session, variants, locale)
    return [
        {
            "reference": reference_of(variant),
            "sku": variant.sku,
            "title": variant.product.text_in(locale).title,
            "unit_price": variant.price_minor,
            "currency": variant.product.currency,
            "tax_rate": tax_rate_of(variant.product, config=config, today=today),
            "vendor_id": variant.vendor_id,
            "available": available[variant.id],
            "slug": variant.product.slug,
            "picture": next(iter(variant.product.pictures_of(variant)), None),
            "options": ", ".join(wording.values(variant)),
        }
        for variant in variants
    ]


def tax_rate_of(product: Product, *, config: InventoryConfig, today: date) -> str:
    """Return the VAT rate of a product on a day in percent, as a decimal number in text."""
    return f"{config.rate_of(product.tax_class, on=today).normalize():f}"
