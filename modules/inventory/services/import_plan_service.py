"""What the lines of a product would do, and doing it: the preview and the import run through the same plan."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from modules.inventory.imports.assembly import DraftProduct, assemble, build_form
from modules.inventory.models.catalogue_import import CatalogueImport, ImportLine
from modules.inventory.models.product import Product, Variant
from modules.inventory.schemas.product import ProductForm
from modules.inventory.schemas.states import ImportStatus, Verdict
from modules.inventory.services import (
    category_service,
    import_service,
    product_service,
    stock_service,
)
from modules.inventory.services.import_service import APPLY, JUDGE
from wizamart.exceptions import InvalidInput, WizamartError
from wizamart.i18n import gettext as _

BATCH = 200


@dataclass(slots=True)
class Plan:
    """What happens to one product; `stock` are the counted pieces by SKU, `verdicts` by line number."""

    draft: DraftProduct
    product: Product | None = None
    form: ProductForm | None = None
    stock: dict[str, int] = field(default_factory=dict)
    verdicts: dict[int, Verdict] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """Where the import goes: currency and categories of the platform, the place of the stock, and when."""

    currency: str
    may_create_categories: bool
    at: datetime


def judge_next(
    session: Session, row: CatalogueImport, terms: Terms, *, after: str, locale: str | None
) -> None:
    """Judge the next products of a file; after the last one it is ready."""
    keys = import_service.list_groups(session, row.id, after=after, limit=BATCH)
    for lines in import_service.list_group_lines(session, row.id, keys).values():
        good = [line for line in lines if line.verdict != Verdict.REFUSED]
        if good:
            _note(good, make_plan(session, row, good, terms))
    session.flush()  # the counts below read the table
    row.counts = import_service.count_verdicts(session, row.id)
    if keys:
        import_service.go_on(session, row, JUDGE, after=keys[-1], locale=locale)
    else:
        row.status = ImportStatus.READY


def _note(lines: Sequence[ImportLine], plan: Plan) -> None:
    for line in lines:
        reason = plan.draft.refused.get(line.number)
        line.verdict = Verdict.REFUSED if reason else plan.verdicts.get(line.number, Verdict.UNCHANGED)
        line.reason = reason or ""


def make_plan(session: Session, row: CatalogueImport, lines: Sequence[ImportLine], terms: Terms) -> Plan:
    """Return what the good lines of one product would do; writes nothing."""
    pairs = [(line.number, line.values) for line in lines]
    draft = assemble(lines[0].group_key, pairs, currency=terms.currency)
    plan = Plan(draft)
    if not draft.variants:
        return plan
    owners = _find_owners(session, row, draft)
    if len(owners) > 1:
        reason = _("The SKUs of these lines belong to different products.")
        draft.refused.update(dict.fromkeys(_numbers(draft), reason))
        return plan
    product = plan.product = owners[0] if owners else None
    known = product_service.form_of(product) if product else None
    if product is not None:
        known["variants"] = known["variants"] + _archived_rows(product, draft)  # type: ignore[index, operator]
    category_ids, are_missing = _categories(session, draft, product)
    plan.form = build_form(draft, known, category_ids)
    if plan.form is None and draft.variants:
        plan.form = build_form(draft, known, category_ids)
    if plan.form is not None:
        levels = _levels(session, row, product, draft)
        _judge(plan, are_missing=are_missing and terms.may_create_categories, levels=levels)
    return plan


def _numbers(draft: DraftProduct) -> list[int]:
    return [*draft.part_numbers, *(number for variant in draft.variants for number in variant.numbers)]


def _find_owners(session: Session, row: CatalogueImport, draft: DraftProduct) -> list[Product]:
    """Return the products that have these SKUs, or else the one with this handle."""
    skus = [variant.line.sku for variant in draft.variants]
    found = product_service.find_variants_by_sku(session, skus, vendor_id=row.vendor_id)
    product_ids = sorted({variant.product_id for variant in found.values()})
    if not product_ids:
        known = product_service.find_by_handle(session, draft.key, vendor_id=row.vendor_id)
        return [known] if known else []
    return [product_service.get_product(session, product_id) for product_id in product_ids]


def _archived_rows(product: Product, draft: DraftProduct) -> list[dict[str, object]]:
    """Return the archived variants that the file names again."""
    skus = {variant.line.sku for variant in draft.variants}
    gone: list[Variant] = [one for one in product.variants if one.archived_at is not None and one.sku in skus]
    return [{"id": one.id, "sku": one.sku, "gtin": one.gtin or ""} for one in gone]


def _categories(session: Session, draft: DraftProduct, product: Product | None) -> tuple[list[int], bool]:
    """Return the product's categories after the import as far as they exist, and whether some do not."""
    if draft.categories is None:
        return [category.id for category in product.categories] if product else [], False
    found = [
        category_service.find_category_by_path(session, category_service.path_of(names))
        for names in draft.categories
    ]
    return [category.id for category in found if category is not None], None in found


def _levels(
    session: Session, row: CatalogueImport, product: Product | None, draft: DraftProduct
) -> dict[str, int]:
    if product is None or all(variant.line.stock is None for variant in draft.variants):
        return {}
    skus = {variant.id: variant.sku for variant in product.variants}
    levels = stock_service.list_levels(session, product)
    return {skus[one.variant_id]: one.on_hand for one in levels if one.location_id == row.location_id}


def _judge(plan: Plan, *, are_missing: bool, levels: dict[str, int]) -> None:
    """Give each line its verdict: a line is changed if what it describes is."""
    form = plan.form
    known = product_service.form_of(plan.product) if plan.product else None
    before = {row["sku"]: row for row in known["variants"]} if known else {}  # type: ignore[attr-defined]
    wanted = form.model_dump(mode="json") if form else {}
    is_product_changed = are_missing or known is None or _differs(wanted, known)
    after = {row["sku"]: row for row in wanted["variants"]}
    verdicts: dict[int, Verdict] = {}
    for variant in plan.draft.variants:
        sku, stock = variant.line.sku, variant.line.stock
        if stock is not None:
            plan.stock[sku] = stock
        old = before.get(sku)
        if old is None:
            verdict = Verdict.CREATE
        else:
            is_moved = stock is not None and stock != levels.get(sku, 0)
            is_changed = is_moved or any(
                after[sku][name] != value for name, value in old.items() if name != "id"
            )
            verdict = Verdict.UPDATE if is_changed else Verdict.UNCHANGED
        verdicts.update(dict.fromkeys(variant.numbers, verdict))
    head = Verdict.CREATE if known is None else Verdict.UPDATE if is_product_changed else Verdict.UNCHANGED
    verdicts.update(dict.fromkeys(plan.draft.part_numbers, head))
    teller = plan.draft.title_number
    if is_product_changed and verdicts.get(teller) is Verdict.UNCHANGED:
        verdicts[teller] = Verdict.UPDATE
    plan.verdicts = verdicts


def _differs(wanted: dict[str, object], known: dict[str, object]) -> bool:
    return any(
        (sorted(wanted[name]) != sorted(value) if name == "category_ids" else wanted[name] != value)  # type: ignore[call-overload]
        for name, value in known.items()
        if name != "variants"
    )


def apply_next(
    session: Session, row: CatalogueImport, terms: Terms, *, after: str, locale: str | None
) -> None:
    """Bring in the next products of a file: some of them, or with `is_all_or_nothing` all in one transaction."""
    while keys := import_service.list_groups(session, row.id, after=after, limit=BATCH):
        for lines in import_service.list_group_lines(session, row.id, keys).values():
            row.applied_lines += len(lines)
            _apply_group(session, row, [one for one in lines if one.verdict != Verdict.REFUSED], terms)
        after = keys[-1]
        session.flush()  # what is written leaves the session before the next products come
        if not row.is_all_or_nothing:
            import_service.go_on(session, row, APPLY, after=after, locale=locale)
            return
    row.counts = import_service.count_verdicts(session, row.id)
    row.status, row.finished_at = ImportStatus.DONE, terms.at


def _apply_group(session: Session, row: CatalogueImport, lines: Sequence[ImportLine], terms: Terms) -> None:
    if not any(line.verdict in {Verdict.CREATE, Verdict.UPDATE} for line in lines):
        return
    try:
        with session.begin_nested():
            _apply_plan(session, row, make_plan(session, row, lines, terms), terms)
    except WizamartError as error:
        if row.is_all_or_nothing:
            raise
        reason = (
            " ".join(text for texts in error.errors.values() for text in texts)
            if isinstance(error, InvalidInput)
            else str(error)
        )
        for line in lines:
            line.verdict, line.reason = Verdict.REFUSED, reason


def _apply_plan(session: Session, row: CatalogueImport, plan: Plan, terms: Terms) -> None:
    form = plan.form
    if form is None:
        return
    form.category_ids = _ensure_categories(session, row, plan, terms)
    product = plan.product
    if product is None:
        product = product_service.create_product(
            session,
            form,
            platform_id=row.platform_id,
            vendor_id=row.vendor_id,
            currency=terms.currency,
            handle=plan.draft.key,
            at=terms.at,
        )
    else:
        product_service.update_product(session, product, form, at=terms.at)
    session.flush()  # movements need the variants' ids
    levels = {
        one.variant_id: one
        for one in stock_service.list_levels(session, product)
        if one.location_id == row.location_id
    }
    for variant in product.variants:
        counted = plan.stock.get(variant.sku)
        on_hand = levels[variant.id].on_hand if variant.id in levels else 0
        if counted is not None and counted != on_hand:
            stock_service.correct(
                session,
                variant.id,
                counted,
                location_id=row.location_id,
                reason=_("Import of %(file)s", file=row.file_name)[:200],
                at=terms.at,
                actor_id=row.created_by_user_id,
            )


def _ensure_categories(session: Session, row: CatalogueImport, plan: Plan, terms: Terms) -> list[int]:
    if plan.draft.categories is None:
        return plan.form.category_ids if plan.form else []
    found = [
        category_service.ensure_path(
            session,
            names,
            platform_id=row.platform_id,
            at=terms.at,
            may_create=terms.may_create_categories,
        )
        for names in plan.draft.categories
    ]
    return sorted({category.id for category in found if category is not None})
