"""The catalogue as a file: our own CSV, which an import reads back without a change, and those of other systems."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.models.product import Product, Variant
from modules.inventory.models.stock import Level
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import listing_service, location_service
from modules.inventory.services.export_formats import FORMATS, Line, Shelf

BATCH: Final = 200
Address = Callable[[Product], str]


def list_export_rows(
    session: Session,
    *,
    vendor_id: int,
    code: str = "own",
    narrowed: sa.Select[Any] | None = None,
    address_of: Address | None = None,
    picture_of: Callable[[str], str] = str,
) -> Iterator[Line]:
    """Yield the lines of a vendor's catalogue; the stock is that of the default location, where imports put it.

    `narrowed` is a statement of those products that are meant, if not all are. `address_of` a product and `picture_of`
    an address are what stands in files for other systems.
    """
    locations = location_service.list_locations(session, vendor_id=vendor_id)
    location_id = locations[0].id if locations else 0
    query = listing_service.select_for_export().execution_options(yield_per=BATCH)
    if narrowed is not None:
        query = query.where(Product.id.in_(narrowed.with_only_columns(Product.id).order_by(None)))
    known = FORMATS[code]
    with session.scalars(query) as variants:  # which a reader may leave before the end
        stocked = _with_stock(session, variants, location_id)
        for product, group in groupby(stocked, key=lambda pair: pair[0].product):
            pairs = list(group)
            if known.is_for_active and product.status != ProductStatus.ACTIVE:
                continue
            shelf = Shelf(
                stock={variant.id: pieces for variant, pieces in pairs},
                address=address_of(product) if address_of else "",
                pictures=[picture_of(address) for address in product.images],
            )
            yield from known.write(product, [variant for variant, _pieces in pairs], shelf)


def _with_stock(
    session: Session, variants: sa.ScalarResult[Variant], location_id: int
) -> Iterator[tuple[Variant, int]]:
    """Yield variants with their pieces, which are asked for in batches."""
    for batch in variants.partitions(BATCH):
        ids = [variant.id for variant in batch]
        levels = sa.select(Level.variant_id, Level.on_hand).where(
            Level.variant_id.in_(ids), Level.location_id == location_id
        )
        on_hand = {variant_id: pieces for variant_id, pieces in session.execute(levels)}  # noqa: C416 - a Row is no tuple
        yield from ((variant, on_hand.get(variant.id, 0)) for variant in batch)
