"""What the catalogue has already of the products of a batch of lines, read in a handful of queries."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.imports import formats
from modules.inventory.imports.adapter import CatalogueLine, Context
from modules.inventory.imports.assembly import DraftProduct, refuse_lines
from modules.inventory.imports.values import plain_text
from modules.inventory.models.catalogue_import import CatalogueImport
from modules.inventory.models.product import Category, Product, Variant
from modules.inventory.models.stock import Level
from modules.inventory.schemas.product import GTIN_LENGTHS
from modules.inventory.services import category_service, export_formats, product_service
from wizamart.csv_reader import clean_cell, clean_heading
from wizamart.csv_text import guarded
from wizamart.i18n import gettext as _
from wizamart.imports import LineRefused


@dataclass(slots=True)
class Known:
    """Products by handle and by each of their SKUs, categories by path, levels at the import's location by variant.

    `skus_by_gtin` are the SKUs of what is asked for by GTIN, by its digits without the zeros before them.
    """

    by_handle: dict[str, Product] = field(default_factory=dict)
    by_sku: dict[str, Product] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    levels: dict[int, Level] = field(default_factory=dict)
    skus_by_gtin: dict[str, list[str]] = field(default_factory=dict)

    def add(self, product: Product) -> None:
        """Remember a product; one that the batch itself creates counts as well."""
        self.by_handle[product.handle] = product
        self.by_sku.update({variant.sku: product for variant in product.variants})

    def owners(self, draft: DraftProduct) -> list[Product]:
        """Return the products that have the SKUs of a draft, or else the one with its handle."""
        found = [self.by_sku[one.line.sku] for one in draft.variants if one.line.sku in self.by_sku]
        if not found and draft.key in self.by_handle:
            found = [self.by_handle[draft.key]]
        return list(dict.fromkeys(found))

    def on_hand(self, product: Product) -> dict[str, int]:
        """Return how many pieces of each SKU lie at the location."""
        return {
            variant.sku: self.levels[variant.id].on_hand
            for variant in product.variants
            if variant.id in self.levels
        }


def load_known(session: Session, row: CatalogueImport, drafts: Iterable[DraftProduct]) -> Known:
    """Read what the drafts of a batch may be about."""
    drafts = list(drafts)
    known = Known(skus_by_gtin=_skus_by_gtin(session, row, drafts))
    for draft in drafts:
        _find_by_gtin(draft, known.skus_by_gtin)
    skus = {variant.line.sku for draft in drafts for variant in draft.variants}
    owners = set(
        session.scalars(
            sa.select(Variant.product_id).where(Variant.vendor_id == row.vendor_id, Variant.sku.in_(skus))
        )
    )
    handles = [draft.key for draft in drafts]
    query = sa.select(Product).where(
        Product.vendor_id == row.vendor_id, sa.or_(Product.id.in_(owners), Product.handle.in_(handles))
    )
    for product in session.scalars(query.options(*product_service.WHOLE)):
        known.add(product)
    variant_ids = [variant.id for product in known.by_handle.values() for variant in product.variants]
    if variant_ids:
        levels = sa.select(Level).where(
            Level.variant_id.in_(variant_ids), Level.location_id == row.location_id
        )
        known.levels = {level.variant_id: level for level in session.scalars(levels)}
    known.categories = _categories(session, drafts)
    return known


def _skus_by_gtin(
    session: Session, row: CatalogueImport, drafts: Iterable[DraftProduct]
) -> dict[str, list[str]]:
    """Return the SKUs of what has the GTINs of drafts that are known by them, whatever zeros stand before these."""
    digits = {draft.key for draft in drafts if draft.is_by_gtin}
    if not digits:
        return {}
    written = {text.zfill(length) for text in digits for length in GTIN_LENGTHS}
    query = sa.select(Variant.gtin, Variant.sku).where(
        Variant.vendor_id == row.vendor_id, Variant.gtin.in_(written), Variant.archived_at.is_(None)
    )
    found: dict[str, list[str]] = {}
    for gtin, sku in session.execute(query.order_by(Variant.id)):
        found.setdefault(str(gtin).lstrip("0"), []).append(sku)
    return found


def _find_by_gtin(draft: DraftProduct, skus_by_gtin: Mapping[str, list[str]]) -> None:
    """Let lines that name a GTIN mean what has it; one that two things share names neither."""
    if not draft.is_by_gtin:
        return
    skus = skus_by_gtin.get(draft.key, [])
    if len(skus) > 1:
        reason = _("Several of your variants have this GTIN: %(skus)s.", skus=", ".join(skus[:5]))
        refuse_lines(draft, {number: reason for one in draft.variants for number in one.numbers})
    for variant in draft.variants if skus else ():
        variant.line.sku = skus[0]


def _categories(session: Session, drafts: Iterable[DraftProduct]) -> dict[str, Category]:
    paths = {category_service.path_of(names) for draft in drafts for names in draft.categories or ()}
    if not paths:
        return {}
    found = session.scalars(sa.select(Category).where(Category.path.in_(paths)))
    return {category.path: category for category in found}


def category_ids(known: Known, draft: DraftProduct, product: Product | None) -> tuple[list[int], bool]:
    """Return a product's categories after the import as far as they exist, and whether some do not."""
    if draft.categories is None:
        return [category.id for category in product.categories] if product else [], False
    found = [known.categories.get(category_service.path_of(names)) for names in draft.categories]
    return list(dict.fromkeys(one.id for one in found if one is not None)), None in found


def told_of(
    product: Product, code: str, *, known: Known, context_of: Callable[[Sequence[str]], Context]
) -> list[CatalogueLine]:
    """Return what a file of this format would say of a product as it stands; nothing where we write no such files."""
    export = export_formats.find_writer(code)
    if export is None:
        return []
    stock = {variant_id: level.on_hand for variant_id, level in known.levels.items()}
    shelf = export_formats.Shelf(stock=stock, pictures=product.images)
    form = formats.get_format(export.read_as[0])
    names = {heading: form.clean(clean_heading(heading)) for heading in export.columns}
    context = context_of(list(names.values()))
    lines = []
    for row in export.write(product, product.live_variants, shelf):
        cells = {
            names[heading]: _as_read(cell, names[heading] in form.verbatim) for heading, cell in row.items()
        }
        try:
            lines.append(form.read({name: cell for name, cell in cells.items() if cell}, context))
        except LineRefused:  # what stands here and would not be taken is nothing that a file could agree with
            continue
    return lines


def _as_read(cell: str, is_verbatim: bool) -> str:
    """Return a cell as an import gets it back from a file."""
    return plain_text(guarded(cell) if is_verbatim else clean_cell(guarded(cell)))


def archived_rows(product: Product, skus: Mapping[str, object]) -> list[dict[str, object]]:
    """Return the archived variants that a file names again."""
    gone = [one for one in product.variants if one.archived_at is not None and one.sku in skus]
    return [{"id": one.id, "sku": one.sku, "gtin": one.gtin or ""} for one in gone]
