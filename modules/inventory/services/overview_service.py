"""Figures, searches and order lines that other modules' pages show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from modules.inventory.config import InventoryConfig
from modules.inventory.models.product import Product, Variant, product_media
from modules.inventory.models.stock import Level, Location
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import find_service
from modules.inventory.services.order_service import reference_of
from wizamart.i18n import npgettext
from wizamart.platforms import scoped


@dataclass(frozen=True, slots=True)
class Figures:
    """How many products there are in the scope; `low` and `out` are of those on sale."""

    active: int
    draft: int
    low: int
    out: int


def count_products(session: Session, *, threshold: int) -> Figures:
    """Return the figures of the dashboard."""
    counted = sa.select(Product.status, sa.func.count()).group_by(Product.status)
    by_status = {status: count for status, count in session.execute(counted)}  # noqa: C416 - a Row is no tuple
    scarce = sa.select(Product.available).where(
        Product.status == ProductStatus.ACTIVE, Product.available <= threshold
    )
    rows = scarce.subquery()
    out = sa.func.coalesce(sa.func.sum(sa.case((rows.c.available <= 0, 1), else_=0)), 0)
    short_count, out_count = session.execute(sa.select(sa.func.count(), out).select_from(rows)).one()
    return Figures(
        active=by_status.get(ProductStatus.ACTIVE, 0),
        draft=by_status.get(ProductStatus.DRAFT, 0),
        low=int(short_count) - int(out_count),
        out=int(out_count),
    )


def search_products(session: Session, text: str, *, limit: int) -> list[Product]:
    """Return the products in which every word is found."""
    query = sa.select(Product).options(selectinload(Product.variants)).order_by(Product.title, Product.id)
    if text.strip():
        query = query.where(find_service.by_words(session, text).condition)
    return list(session.scalars(query.limit(limit)))


def list_order_lines(
    session: Session, text: str, *, vendor_id: int | None, config: InventoryConfig, today: date, limit: int
) -> list[dict[str, Any]]:
    """Return what can be sold, as an order writes it down."""
    query = (
        sa.select(Variant)
        .join(Product, Product.id == Variant.product_id)
        .where(Product.status == ProductStatus.ACTIVE, Variant.archived_at.is_(None))
        .order_by(Product.title, Variant.position)
        .limit(limit)
        .options(joinedload(Variant.product, innerjoin=True))
    )
    if vendor_id is not None:
        query = query.where(Variant.vendor_id == vendor_id)
    if text.strip():
        query = query.where(find_service.by_words(session, text).condition)
    return [
        {
            "sku": variant.sku,
            "title": variant.title,
            "unit_price": variant.price_minor,
            "currency": variant.product.currency,
            "tax_rate": f"{config.rate_of(variant.product.tax_class, on=today).normalize():f}",
            "reference": reference_of(variant),
        }
        for variant in session.scalars(query)
    ]


def count_rows(session: Session, platform_id: int) -> dict[str, int]:
    """Return what switching the module off would hide on a platform, asked in one statement."""
    counts = [
        sa.select(sa.func.count()).where(model.platform_id == platform_id).scalar_subquery()
        for model in (Product, Location, Level)
    ]
    with scoped(session, platform_id):
        products, locations, levels = session.execute(sa.select(*counts)).one()
    return {
        npgettext("rows", "product", "products", products): products,
        npgettext("rows", "location", "locations", locations): locations,
        npgettext("rows", "stock level", "stock levels", levels): levels,
    }


def list_media_uses(session: Session, media_ids: Sequence[int]) -> list[tuple[int, int, str]]:
    """Return picture, product and title for every picture of the media library that a product shows."""
    query = (
        sa.select(product_media.c.media_id, Product.id, Product.title)
        .join(Product, Product.id == product_media.c.product_id)
        .where(product_media.c.media_id.in_(list(media_ids)))
        .order_by(Product.title, Product.id)
    )
    return [(media_id, product_id, title) for media_id, product_id, title in session.execute(query)]


def has_products(session: Session) -> bool:
    """Tell whether there is any product in the scope."""
    return session.scalars(sa.select(Product.id).limit(1)).first() is not None
