"""Bringing the lines of a file into the catalogue, a batch of products in a transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.models.catalogue_import import CatalogueImport, ImportLine
from modules.inventory.models.product import Category, Product, Variant
from modules.inventory.schemas.states import ImportStatus, Verdict
from modules.inventory.services import (
    category_service,
    import_known_service,
    import_plan_service,
    import_service,
    limit_service,
    product_service,
    stock_batch_service,
    stock_service,
)
from modules.inventory.services.import_known_service import Known
from modules.inventory.services.import_plan_service import Plan, Terms
from modules.inventory.services.import_service import APPLY
from modules.inventory.slugs import slugify
from wizamart.exceptions import InvalidInput, WizamartError
from wizamart.i18n import gettext as _

# So many lines are brought in or given up in one transaction where somebody wants all or nothing; a longer file has
# all its lines checked before and is then brought in batch by batch, or nobody else could write for minutes.
ATOMIC_LINES: Final = 2000
NUMBERED: Final = range(2, 30)
CHANGES: Final = frozenset({Verdict.CREATE, Verdict.UPDATE})


@dataclass(slots=True)
class _Batch:
    """Products that come in together."""

    row: CatalogueImport
    terms: Terms
    known: Known
    created: list[Product]
    counted: dict[Variant, int]


def apply_next(
    session: Session, row: CatalogueImport, terms: Terms, *, after: str, locale: str | None
) -> None:
    """Bring in the next products of a file; after the last one it is done."""
    if row.status != ImportStatus.APPLYING:
        return
    is_atomic = row.is_all_or_nothing and row.lines <= ATOMIC_LINES
    try:
        with session.begin_nested():
            while groups := import_plan_service.next_groups(session, row.id, after=after):
                _apply(session, row, groups, terms, is_atomic=is_atomic)
                after = list(groups)[-1]
                if not is_atomic:
                    break
    except WizamartError as error:
        if not is_atomic:
            raise
        session.refresh(row)
        row.status, row.finished_at, row.problem = ImportStatus.NOTHING_IMPORTED, terms.at, _reason_of(error)
        return
    if groups:
        import_service.go_on(session, row, APPLY, after=after, locale=locale)
        return
    row.counts = import_service.count_verdicts(session, row.id)
    row.status, row.finished_at, row.applied_lines = ImportStatus.DONE, terms.at, row.lines


def _apply(
    session: Session,
    row: CatalogueImport,
    groups: Mapping[str, Sequence[ImportLine]],
    terms: Terms,
    *,
    is_atomic: bool,
) -> None:
    row.applied_lines += sum(map(len, groups.values()))
    changing = {key: lines for key, lines in groups.items() if any(line.verdict in CHANGES for line in lines)}
    drafts = {key: import_plan_service.draft_of(lines, terms) for key, lines in changing.items()}
    batch = _Batch(row, terms, import_known_service.load_known(session, row, drafts.values()), [], {})
    # Before the products, so that nobody who moves stock meanwhile waits for us while we wait for them.
    stock_service.lock_variants(session, list(batch.known.levels))
    for key, draft in drafts.items():
        plan = import_plan_service.make_plan(batch.known, draft, terms)
        try:
            _apply_plan(session, batch, plan)
        except WizamartError as error:
            if is_atomic:
                raise
            plan.draft.refused.update({line.number: _reason_of(error) for line in changing[key]})
        import_plan_service.note(changing[key], plan)
    _save(session, batch)


def _reason_of(error: WizamartError) -> str:
    if isinstance(error, InvalidInput):
        return " ".join(text for texts in error.errors.values() for text in texts)
    return str(error)


def _apply_plan(session: Session, batch: _Batch, plan: Plan) -> None:
    form = plan.form
    if form is None:
        return
    categories = _categories(session, batch, plan)
    form.category_ids = [category.id for category in categories]
    product = plan.product
    if product is None:
        row, terms = batch.row, batch.terms
        limit_service.take_place(session, platform_id=row.platform_id, vendor_id=row.vendor_id)
        product = product_service.build_product(
            session,
            form.model_copy(update={"category_ids": []}),
            platform_id=row.platform_id,
            vendor_id=row.vendor_id,
            currency=terms.currency,
            handle=plan.draft.key,
            slug=slugify(plan.draft.key) or "product",
            at=terms.at,
        )
        product.categories = categories
        batch.created.append(product)
    else:
        with session.begin_nested():
            product_service.update_product(session, product, form, at=batch.terms.at)
    batch.known.add(product)
    batch.counted.update(
        {variant: plan.stock[variant.sku] for variant in product.variants if variant.sku in plan.stock}
    )


def _categories(session: Session, batch: _Batch, plan: Plan) -> list[Category]:
    if plan.draft.categories is None:
        return list(plan.product.categories) if plan.product else []
    found: list[Category] = []
    for names in plan.draft.categories:
        path = category_service.path_of(names)
        category = batch.known.categories.get(path) or category_service.ensure_path(
            session,
            names,
            platform_id=batch.row.platform_id,
            at=batch.terms.at,
            may_create=batch.terms.may_create_categories,
        )
        if category is not None:
            batch.known.categories[path] = category
            found.append(category)
    return list(dict.fromkeys(found))


def _save(session: Session, batch: _Batch) -> None:
    """Write the new products under free addresses, then the stock that was counted."""
    _choose_slugs(session, batch.created, platform_id=batch.row.platform_id)
    session.add_all(batch.created)
    session.flush()  # events and movements need the ids
    for product in batch.created:
        product_service.tell_created(session, product)
    stock_batch_service.count_in(
        session,
        batch.counted,
        location_id=batch.row.location_id,
        reason=_("Import of %(file)s", file=batch.row.file_name)[:200],
        at=batch.terms.at,
        actor_id=batch.row.created_by_user_id,
    )


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
