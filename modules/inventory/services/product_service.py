"""Products and their variants: create, change, show, archive."""

import unicodedata
import uuid
from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from modules.cms.services import media_service
from modules.inventory import events
from modules.inventory.exceptions import BackordersOpen, ProductChangedMeanwhile, ProductNotFound
from modules.inventory.models.product import Product, Variant
from modules.inventory.models.stock import Level
from modules.inventory.schemas.picture import is_kept, key_of
from modules.inventory.schemas.product import ProductForm, VariantForm
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import category_service, limit_service
from modules.inventory.slugs import slugify
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.module_system.events import DomainEvent

WHOLE = (selectinload(Product.variants), selectinload(Product.categories), selectinload(Product.media))


def get_product(session: Session, product_id: int) -> Product:
    """Return a product in scope, with variants and categories.

    :raises ProductNotFound: when there is none.
    """
    query = sa.select(Product).where(Product.id == product_id).options(*WHOLE)
    product = session.scalars(query).one_or_none()
    if product is None:
        raise ProductNotFound
    return product


def list_variants(session: Session, variant_ids: Sequence[int]) -> Sequence[Variant]:
    """Return the variants in scope with these ids."""
    return session.scalars(sa.select(Variant).where(Variant.id.in_(list(variant_ids)))).all()


def find_variants_by_sku(
    session: Session, skus: Sequence[str], *, vendor_id: int | None = None
) -> dict[str, Variant]:
    """Return the variants with these SKUs, by SKU; those of one vendor where several vendors are in scope."""
    query = sa.select(Variant).where(Variant.sku.in_(list(skus)))
    if vendor_id is not None:
        query = query.where(Variant.vendor_id == vendor_id)
    return {variant.sku: variant for variant in session.scalars(query)}


def list_products(session: Session, product_ids: Sequence[int] | None) -> Sequence[Product]:
    """Return the products with these ids, or with None all in scope."""
    query = sa.select(Product).order_by(Product.id)
    if product_ids is not None:
        query = query.where(Product.id.in_(list(product_ids)))
    return session.scalars(query).all()


def create_product(
    session: Session,
    form: ProductForm,
    *,
    platform_id: int,
    vendor_id: int,
    currency: str,
    at: datetime,
    handle: str | None = None,
) -> Product:
    """Create a product with its variants; `handle` is the vendor's own key, made from the title if none is given.

    :raises InvalidInput: when an SKU belongs to another of the vendor's products.
    :raises ProductLimitReached: when the vendor's subscription does not include one more.
    """
    _refuse_taken_skus(session, form, vendor_id=vendor_id, product_id=None)
    if needs_place(ProductStatus.ARCHIVED, form.status):
        limit_service.take_place(session, platform_id=platform_id, vendor_id=vendor_id)
    base = slugify(handle or form.title) or "product"
    handle = handle or _free("handle", base, platform_id=platform_id, session=session)
    product = build_product(
        session,
        form,
        platform_id=platform_id,
        vendor_id=vendor_id,
        currency=currency,
        handle=handle,
        slug="",
        at=at,
    )
    _add_with_free_slug(session, product, base)
    session.flush()  # the event names the id
    tell_created(session, product)
    return product


def build_product(
    session: Session,
    form: ProductForm,
    *,
    platform_id: int,
    vendor_id: int,
    currency: str,
    handle: str,
    slug: str,
    at: datetime,
) -> Product:
    """Return a new product that is not saved; whoever saves it has seen to it that handle, slug and SKUs are free."""
    product = Product(
        platform_id=platform_id,
        vendor_id=vendor_id,
        currency=currency,
        handle=handle,
        slug=slug,
        created_at=at,
        updated_at=at,
    )
    _fill(session, product, form)
    _set_variants(session, product, form, at=at)
    return product


def tell_created(session: Session, product: Product) -> None:
    """Tell others of a new product that has its id."""
    _tell(session, events.product_created, product)


def _add_with_free_slug(session: Session, product: Product, base: str) -> None:
    """Save the product under a free address, even if another process takes the same one at this moment."""
    product.slug = _free("slug", base, platform_id=product.platform_id, session=session)
    try:
        with session.begin_nested():
            session.add(product)
    except IntegrityError:
        product.slug = f"{base[:150]}-{uuid.uuid4().hex[:8]}"
        session.add(product)


def _free(column_name: str, base: str, *, platform_id: int, session: Session) -> str:
    """Return `base`, or with a number behind it; looks at the table, since other vendors' rows are out of scope."""
    table = Product.metadata.tables[Product.__tablename__]
    column = table.c[column_name]
    query = sa.select(column).where(
        table.c.platform_id == platform_id, sa.or_(column == base, column.like(f"{base}-%"))
    )
    taken = set(session.execute(query).scalars())
    number, candidate = 1, base
    while candidate in taken:
        number += 1
        candidate = f"{base}-{number}"
    return candidate


def update_product(
    session: Session, product: Product, form: ProductForm, *, at: datetime, version: int | None = None
) -> bool:
    """Change a product; returns whether anything was different. Variants that are not named any more are archived.

    :raises ProductChangedMeanwhile: when it is not the `version` any more that was shown.
    :raises InvalidInput: when an SKU belongs to another of the vendor's products.
    :raises BackordersOpen: when back-orders are forbidden while some variant is below zero.
    :raises ProductLimitReached: when it would leave the archive and the subscription does not include one more.
    """
    if needs_place(product.status, form.status):
        limit_service.take_place(session, platform_id=product.platform_id, vendor_id=product.vendor_id)
    current = sa.select(Product.version).where(Product.id == product.id).with_for_update()
    if version is not None and session.scalar(current) != version:
        raise ProductChangedMeanwhile
    _refuse_taken_skus(session, form, vendor_id=product.vendor_id, product_id=product.id)
    if product.allows_backorder != form.allows_backorder:
        _switch_backorders(session, product, allowed=form.allows_backorder)
    _fill(session, product, form)
    _set_variants(session, product, form, at=at)
    changed = bool(session.new) or any(session.is_modified(row) for row in session.dirty)
    if changed:
        product.updated_at = at
        product.version += 1
        session.flush()  # what is changed belongs to this event
        _tell(session, events.product_updated, product)
    return changed


def needs_place(before: str, after: str) -> bool:
    """Tell whether a product that changes so counts against the limit from then on; a new one did not."""
    return before == ProductStatus.ARCHIVED != after


def set_status(session: Session, product: Product, status: ProductStatus, *, at: datetime) -> bool:
    """Show, hide or archive a product; returns whether that changed anything.

    :raises ProductLimitReached: when one would leave the archive that the subscription does not include.
    """
    if product.status == status:
        return False
    if needs_place(product.status, status):
        limit_service.take_place(session, platform_id=product.platform_id, vendor_id=product.vendor_id)
    product.status = status
    product.updated_at = at
    product.version += 1
    is_archived = status is ProductStatus.ARCHIVED
    _tell(session, events.product_archived if is_archived else events.product_updated, product)
    return True


def list_given_away(products: Sequence[Product]) -> set[Product]:
    """Return those that are not shown and cost nothing, such as drafts of an import that knew no prices.

    Whoever shows many products at once does not look at each of them.
    """
    return {one for one in products if one.status != ProductStatus.ACTIVE and not one.price_minor}


def note_change(session: Session, product: Product, *, at: datetime) -> None:
    """Note that something of a product has changed that its form does not hold, and tell others."""
    product.updated_at = at
    _tell(session, events.product_updated, product)


def _switch_backorders(session: Session, product: Product, *, allowed: bool) -> None:
    levels = session.scalars(
        sa.select(Level)
        .join(Variant, Variant.id == Level.variant_id)
        .where(Variant.product_id == product.id)
        .with_for_update(of=Level)
        .execution_options(populate_existing=True)
    ).all()
    if not allowed and any(level.on_hand < 0 for level in levels):
        raise BackordersOpen
    for level in levels:
        level.is_backorderable = allowed


def _refuse_taken_skus(
    session: Session, form: ProductForm, *, vendor_id: int, product_id: int | None
) -> None:
    taken = find_variants_by_sku(session, [row.sku for row in form.variants], vendor_id=vendor_id)
    errors = {
        f"variants.{number}.sku": [_("Another product has this SKU.")]
        for number, row in enumerate(form.variants)
        if row.sku in taken and taken[row.sku].product_id != product_id
    }
    if errors:
        raise InvalidInput(errors)


def _fill(session: Session, product: Product, form: ProductForm) -> None:
    """Copy the form's values; what is equal is left alone, so that an unchanged product is no change."""
    wanted = {
        "title": form.title,
        "description": form.description,
        "status": form.status.value,
        "tax_class": form.tax_class,
        "images": list(form.images),
        "seo_title": form.seo_title,
        "seo_description": form.seo_description,
        "allows_backorder": form.allows_backorder,
        "option_names": list(form.option_names),
        "price_minor": min(row.price_minor for row in form.variants),
        "search_text": _search_text(form),
    }
    for name, value in wanted.items():
        if getattr(product, name) != value:
            setattr(product, name, value)
    if {category.id for category in product.categories} != set(form.category_ids):
        product.categories = category_service.find_categories(session, form.category_ids)
    _link_pictures(session, product)


def _link_pictures(session: Session, product: Product) -> None:
    """Note which pictures of the media library a product shows, so that nobody deletes them."""
    kept = {address for address in product.images if is_kept(address)}
    if kept == {media.path() for media in product.media}:
        return
    keys = [key_of(address) for address in kept]
    found = [media for key in keys if (media := media_service.find_by_key(session, key)) is not None]
    product.media = [media for media in found if media.vendor_id in {None, product.vendor_id}]


def _search_text(form: ProductForm) -> str:
    """Return what searches look through: as written, in small letters, and without accents."""
    parts = [
        form.title,
        *(row.sku for row in form.variants),
        *(row.gtin for row in form.variants if row.gtin),
    ]
    text = " ".join(parts)
    small = text.casefold()
    plain = unicodedata.normalize("NFKD", small).encode("ascii", "ignore").decode()
    return " ".join(dict.fromkeys((text, small, plain)))


def _set_variants(session: Session, product: Product, form: ProductForm, *, at: datetime) -> None:
    known = list(product.variants) if product in session and product.id else []
    by_id = {variant.id: variant for variant in known}
    by_sku = {variant.sku: variant for variant in known}
    kept = set()
    for position, row in enumerate(form.variants):
        variant = by_id.get(row.id or 0) or by_sku.get(row.sku)
        if variant is None:
            variant = Variant(platform_id=product.platform_id, vendor_id=product.vendor_id)
            _fill_variant(variant, row, form, position)
            product.variants.append(variant)
        else:
            _fill_variant(variant, row, form, position)
        kept.add(variant)
    for variant in known:
        if variant not in kept and variant.archived_at is None:
            variant.archived_at = at


def _fill_variant(variant: Variant, row: VariantForm, form: ProductForm, position: int) -> None:
    wanted = {
        "sku": row.sku,
        "gtin": row.gtin or None,
        "options": dict(zip(form.option_names, row.values, strict=False)),
        "image": row.image if row.image in form.images else "",
        "position": position,
        "price_minor": row.price_minor,
        "compare_at_minor": row.compare_at_minor,
        "low_stock_threshold": row.low_stock_threshold,
        "archived_at": None,
    }
    for name, value in wanted.items():
        if getattr(variant, name) != value:
            setattr(variant, name, value)


def form_of(product: Product) -> dict[str, object]:
    """Return a product as the values of its form."""
    rows = []
    for variant in product.live_variants:
        values = [str(variant.options.get(name, "")) for name in product.option_names]
        options = {f"option{number}": value for number, value in enumerate(values, start=1)}
        rows.append(
            {
                "id": variant.id,
                **options,
                "sku": variant.sku,
                "image": variant.image,
                "gtin": variant.gtin or "",
                "price_minor": variant.price_minor,
                "compare_at_minor": variant.compare_at_minor,
                "low_stock_threshold": variant.low_stock_threshold,
            }
        )
    return {
        "title": product.title,
        "description": product.description,
        "status": product.status,
        "tax_class": product.tax_class,
        "category_ids": [category.id for category in product.categories],
        "images": list(product.images),
        "seo_title": product.seo_title,
        "seo_description": product.seo_description,
        "allows_backorder": product.allows_backorder,
        "option_names": list(product.option_names),
        "variants": rows,
    }


def _tell(session: Session, event: DomainEvent[events.ProductChanged], product: Product) -> None:
    payload = events.ProductChanged(
        platform_id=product.platform_id,
        vendor_id=product.vendor_id,
        product_id=product.id,
        title=product.title,
        status=product.status,
    )
    event.emit(session, payload, platform_id=product.platform_id, vendor_id=product.vendor_id)
