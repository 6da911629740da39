"""What the lines of a product would do: the preview shows it, and the import does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.inventory.imports.adapter import Context
from modules.inventory.imports.assembly import DraftProduct, assemble, build_form, refuse_lines
from modules.inventory.imports.merge import drop_what_is_so, keep_what_is_there, name_own_pictures
from modules.inventory.models.catalogue_import import ImportLine
from modules.inventory.models.product import Product
from modules.inventory.schemas.product import ProductForm
from modules.inventory.services import import_known_service, product_service, stock_service
from modules.inventory.services.import_known_service import Known
from wizamart import imports
from wizamart.i18n import gettext as _
from wizamart.imports import Verdict
from wizamart.imports.steps import MOST_LINES
from wizamart.module_system.exceptions import UnknownPlatform
from wizamart.platforms import Platform

CANDIDATES: Final = 20


@dataclass(slots=True, kw_only=True)
class Plan(imports.Plan):
    """What happens to one product; `stock` are the counted pieces by SKU."""

    draft: DraftProduct
    product: Product | None = None
    form: ProductForm | None = None
    stock: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Terms:
    """Where the import goes: currency and categories of the platform, and when; and the format it comes in."""

    currency: str
    may_create_categories: bool
    at: datetime
    format: str
    tax_classes: tuple[str, ...]

    def context_of(self, headings: Sequence[str]) -> Context:
        """Return what adapters may know of it, for a file with these headings."""
        return Context(self.currency, self.at.date(), frozenset(headings))


def get_terms(session: Session, platform_id: int, *, format_code: str, at: datetime) -> Terms:
    """Return the terms of a platform for files of a format.

    :raises UnknownPlatform: when there is none with this id.
    """
    platform = session.get(Platform, platform_id)
    if platform is None:
        raise UnknownPlatform(platform=platform_id)
    config = stock_service.get_config(session, platform_id)
    return Terms(platform.currency, config.vendors_create_categories, at, format_code, config.tax_classes)


def refuse_repeated_skus(
    session: Session, import_id: int, drafts: Mapping[str, DraftProduct], terms: Terms
) -> None:
    """Refuse what another product of the file sells under the same SKU in an earlier line; the first one keeps it."""
    skus = {variant.line.sku for draft in drafts.values() for variant in draft.variants}
    query = (
        sa.select(ImportLine.sku)
        .where(
            ImportLine.import_id == import_id,
            ImportLine.sku.in_(skus),
            ImportLine.verdict != Verdict.REFUSED,
        )
        .group_by(ImportLine.sku)
        .having(sa.func.count(ImportLine.group_key.distinct()) > 1)
    )
    first = {sku: _first_seller(session, import_id, sku, terms) for sku in session.scalars(query).all()}
    for draft in drafts.values() if first else ():
        repeated = {
            number: _("Line %(line)s has the same SKU.", line=first[variant.line.sku][1])
            for variant in draft.variants
            if first.get(variant.line.sku, (draft.key, 0))[0] != draft.key
            for number in variant.numbers
        }
        refuse_lines(draft, repeated)


def _first_seller(session: Session, import_id: int, sku: str, terms: Terms) -> tuple[str, int]:
    """Return who sells an SKU in the first line that does: heads of products carry SKUs that nobody buys."""
    query = (
        sa.select(ImportLine.group_key, ImportLine.number)
        .where(
            ImportLine.import_id == import_id, ImportLine.sku == sku, ImportLine.verdict != Verdict.REFUSED
        )
        .order_by(ImportLine.number)
        .limit(CANDIDATES)
    )
    found = session.execute(query).all()
    for key in dict.fromkeys(key for key, _number in found):
        lines = sa.select(ImportLine).where(ImportLine.import_id == import_id, ImportLine.group_key == key)
        draft = draft_of(session.scalars(lines.order_by(ImportLine.number).limit(MOST_LINES)).all(), terms)
        numbers = [one.numbers[0] for one in draft.variants if one.line.sku == sku]
        if numbers:
            return key, numbers[0]
    return found[0][0], found[0][1]


def draft_of(lines: Sequence[ImportLine], terms: Terms) -> DraftProduct:
    """Return what the good lines of one product describe."""
    pairs = [(line.number, line.values) for line in lines if line.verdict != Verdict.REFUSED]
    return assemble(lines[0].group_key, pairs, currency=terms.currency)


def make_plan(known: Known, draft: DraftProduct, terms: Terms) -> Plan:
    """Return what the lines of one product would do; writes nothing."""
    plan = Plan(draft=draft, refused=draft.refused)
    if not draft.variants:
        return plan
    owners = known.owners(draft)
    if len(owners) > 1:
        reason = _("The SKUs of these lines belong to different products.")
        draft.refused.update(dict.fromkeys(_numbers(draft), reason))
        return plan
    product = plan.product = owners[0] if owners else None
    values: dict[str, Any] | None = None
    if product is not None:
        values = dict(product_service.form_of(product))
        named = {variant.line.sku: variant for variant in draft.variants}
        values["variants"] += import_known_service.archived_rows(product, named)
        name_own_pictures(draft, product.images)
        told = import_known_service.told_of(product, terms.format, known=known, context_of=terms.context_of)
        drop_what_is_so(draft, told, currency=terms.currency)
        if draft.is_by_gtin:
            keep_what_is_there(draft, values)
    _drop_unknown_tax(plan, terms)
    ids, are_missing = import_known_service.category_ids(known, draft, product)
    plan.form = build_form(draft, values, ids)
    if plan.form is None and draft.variants:
        plan.form = build_form(draft, values, ids)  # without the lines that the first try has refused
    if plan.form is not None:
        levels = known.on_hand(product) if product else {}
        _judge(plan, are_missing=are_missing and terms.may_create_categories, levels=levels)
    return plan


def _drop_unknown_tax(plan: Plan, terms: Terms) -> None:
    """Take no tax class of another shop over that the platform has no rate for, and say so."""
    draft = plan.draft
    name = draft.values.get("tax_class", "standard")
    if name in terms.tax_classes:
        return
    del draft.values["tax_class"]
    plan.remarks[draft.title_number or min(_numbers(draft))] = _(
        "There is no tax class “%(name)s” here. A new product gets the standard one, others keep theirs.",
        name=name,
    )


def _numbers(draft: DraftProduct) -> list[int]:
    return [*draft.part_numbers, *(number for variant in draft.variants for number in variant.numbers)]


def _judge(plan: Plan, *, are_missing: bool, levels: Mapping[str, int]) -> None:
    """Give each line its verdict: a line is changed if what it describes is."""
    known: dict[str, Any] | None = product_service.form_of(plan.product) if plan.product else None
    before = {row["sku"]: row for row in known["variants"]} if known else {}
    wanted = plan.form.model_dump(mode="json") if plan.form else {}
    is_product_changed = are_missing or known is None or _differs(wanted, known)
    after = {row["sku"]: row for row in wanted["variants"]}
    for variant in plan.draft.variants:
        sku, stock = variant.line.sku, variant.line.stock
        if stock is not None:
            plan.stock[sku] = stock
        verdict = Verdict.CREATE
        if sku in before:
            is_moved = stock is not None and stock != levels.get(sku, 0)
            is_changed = is_moved or any(
                after[sku][name] != value for name, value in before[sku].items() if name != "id"
            )
            verdict = Verdict.UPDATE if is_changed else Verdict.UNCHANGED
        plan.verdicts.update(dict.fromkeys(variant.numbers, verdict))
        if verdict is Verdict.CREATE and variant.line.price is None:
            remark = _("The file names no price: this is a draft at 0 until you set one.")
            plan.remarks.update(dict.fromkeys(variant.numbers, remark))
    head = Verdict.CREATE if known is None else Verdict.UPDATE if is_product_changed else Verdict.UNCHANGED
    plan.verdicts.update(dict.fromkeys(plan.draft.part_numbers, head))
    teller = plan.draft.title_number if plan.draft.title_number in plan.verdicts else min(plan.verdicts)
    if is_product_changed and plan.verdicts[teller] is Verdict.UNCHANGED:
        plan.verdicts[teller] = Verdict.UPDATE


def _differs(wanted: Mapping[str, Any], known: Mapping[str, Any]) -> bool:
    return any(
        sorted(wanted[name]) != sorted(value) if name == "category_ids" else wanted[name] != value
        for name, value in known.items()
        if name != "variants"
    )
