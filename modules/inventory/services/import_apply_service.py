"""Bringing the products of a file into the catalogue, a batch of them in a transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.exceptions import ProductLimitReached
from modules.inventory.models.catalogue_import import CatalogueImport, ImportLine
from modules.inventory.models.product import Category, Product, Variant
from modules.inventory.schemas.product import ProductForm
from modules.inventory.schemas.states import ProductStatus
from modules.inventory.services import (
    category_service,
    import_known_service,
    import_plan_service,
    limit_service,
    product_service,
    stock_batch_service,
    stock_service,
)
from modules.inventory.services.import_plan_service import Plan
from modules.inventory.slugs import slugify
from wizamart import imports
from wizamart.i18n import gettext as _

NUMBERED: Final = range(2, 30)
# Among the counts of a file while it is judged; the verdicts take its place at the end.
NEW_PRODUCTS: Final = "new_products"


class CatalogueBatch(imports.Batch[Plan]):
    """Products of a file that are judged, or come in, together."""

    def __init__(
        self,
        session: Session,
        row: CatalogueImport,
        units: Mapping[str, Sequence[ImportLine]],
        *,
        is_preview: bool,
        at: datetime,
    ) -> None:
        self.session, self.row = session, row
        self.terms = import_plan_service.get_terms(session, row.platform_id, format_code=row.format, at=at)
        self.drafts = {key: import_plan_service.draft_of(lines, self.terms) for key, lines in units.items()}
        self.places = _places_in_preview(session, row) if is_preview else limit_service.Places(None)
        if is_preview:
            import_plan_service.refuse_repeated_skus(session, row.id, self.drafts, self.terms)
        self.known = import_known_service.load_known(session, row, self.drafts.values())
        if not is_preview:
            limit_service.hold_places(session, vendor_id=row.vendor_id)
            # Before the products, so that nobody who moves stock meanwhile waits for us while we wait for them.
            stock_service.lock_variants(session, list(self.known.levels))
        self.created: list[Product] = []
        self.counted: dict[Variant, int] = {}

    def plan(self, lines: Sequence[ImportLine]) -> Plan:
        """Return what the lines of one product would do; a preview sees, too, how many more there may be."""
        plan = import_plan_service.make_plan(self.known, self.drafts[lines[0].group_key], self.terms)
        if plan.form is not None and self.places.left is not None:
            before = plan.product.status if plan.product is not None else ProductStatus.ARCHIVED
            if product_service.needs_place(before, plan.form.status):
                self._take_place(plan)
        return plan

    def _take_place(self, plan: Plan) -> None:
        try:
            self.places.take()
        except ProductLimitReached as full:
            plan.refused.update(dict.fromkeys(plan.verdicts, str(full)))
        else:
            self.row.counts = {NEW_PRODUCTS: self.row.counts.get(NEW_PRODUCTS, 0) + 1}

    def apply(self, plan: Plan) -> None:
        """Build a new product, to be written with the others, or change the one that is there."""
        if plan.form is None:
            return
        categories = self._categories(plan)
        plan.form.category_ids = [category.id for category in categories]
        product = plan.product
        if product is None:
            product = self._build(plan, plan.form, categories)
        else:
            product_service.update_product(self.session, product, plan.form, at=self.terms.at)
        self.known.add(product)
        self.counted.update(
            {variant: plan.stock[variant.sku] for variant in product.variants if variant.sku in plan.stock}
        )

    def _build(self, plan: Plan, form: ProductForm, categories: list[Category]) -> Product:
        row, terms = self.row, self.terms
        if product_service.needs_place(ProductStatus.ARCHIVED, form.status):
            limit_service.take_place(self.session, platform_id=row.platform_id, vendor_id=row.vendor_id)
        product = product_service.build_product(
            self.session,
            form.model_copy(update={"category_ids": []}),
            platform_id=row.platform_id,
            vendor_id=row.vendor_id,
            currency=terms.currency,
            handle=plan.draft.key,
            slug=slugify(form.title if plan.draft.key.isdigit() else plan.draft.key) or "product",
            at=terms.at,
        )
        product.categories = categories
        self.created.append(product)
        return product

    def _categories(self, plan: Plan) -> list[Category]:
        if plan.draft.categories is None:
            return list(plan.product.categories) if plan.product else []
        found: list[Category] = []
        for names in plan.draft.categories:
            path = category_service.path_of(names)
            category = self.known.categories.get(path) or category_service.ensure_path(
                self.session,
                names,
                platform_id=self.row.platform_id,
                at=self.terms.at,
                may_create=self.terms.may_create_categories,
            )
            if category is not None:
                self.known.categories[path] = category
                found.append(category)
        return list(dict.fromkeys(found))

    def save(self) -> None:
        """Write the new products under free addresses, then the stock that was counted."""
        _choose_slugs(self.session, self.created, platform_id=self.row.platform_id)
        self.session.add_all(self.created)
        self.session.flush()  # events and movements need the ids
        for product in self.created:
            product_service.tell_created(self.session, product)
        stock_batch_service.count_in(
            self.session,
            self.counted,
            location_id=self.row.location_id,
            reason=_("Import of %(file)s", file=self.row.file_name)[:200],
            at=self.terms.at,
            actor_id=self.row.created_by_user_id,
        )


def _places_in_preview(session: Session, row: CatalogueImport) -> limit_service.Places:
    """Return how many products a vendor may have beside those which earlier lines of the file would make."""
    places = limit_service.find_places(session, platform_id=row.platform_id, vendor_id=row.vendor_id)
    if places.left is not None:
        places.left -= row.counts.get(NEW_PRODUCTS, 0)
    return places


def _choose_slugs(session: Session, products: Sequence[Product], *, platform_id: int) -> None:
    """Put a number behind addresses that others have, whose rows are out of scope: hence the look at the table."""
    table = Product.metadata.tables[Product.__tablename__]

    def taken_of(candidates: Sequence[str]) -> set[str]:
        query = sa.select(table.c.slug).where(
            table.c.platform_id == platform_id, table.c.slug.in_(candidates)
        )
        return set(session.connection().execute(query).scalars()) if candidates else set()

    taken = taken_of([product.slug for product in products])
    clashing = []
    for product in products:
        if product.slug in taken:
            clashing.append(product)
        taken.add(product.slug)
    taken |= taken_of([f"{product.slug}-{number}" for product in clashing for number in NUMBERED])
    for product in clashing:
        free = (name for number in NUMBERED if (name := f"{product.slug}-{number}") not in taken)
        product.slug = next(free, f"{product.slug}-{platform_id}-{slugify(product.variants[0].sku)}"[:200])
        taken.add(product.slug)
