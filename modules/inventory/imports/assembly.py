"""From the lines of one product to the product they describe, and the lines that cannot be part of it. Pure."""

from __future__ import annotations  # so that naming a type of a service does not load it

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from modules.inventory.imports import options
from modules.inventory.imports.adapter import CatalogueLine
from modules.inventory.schemas import product as product_forms
from wizamart.i18n import gettext as _
from wizamart.module_system.config_errors import message_for

PRODUCT_VALUES = ("description", "status", "tax_class", "allows_backorder", "seo_title", "seo_description")


@dataclass(slots=True)
class DraftVariant:
    """A variant with the numbers of the lines that describe it; what is `kept` stays as it is known."""

    numbers: list[int]
    line: CatalogueLine
    options: list[str]
    kept: frozenset[str] = frozenset()


@dataclass(slots=True)
class DraftProduct:
    """What the lines of one product say; `refused` are reasons by line number."""

    key: str
    title: str = ""
    title_number: int = 0
    values: dict[str, Any] = field(default_factory=dict)
    categories: list[list[str]] | None = None
    images: list[str] = field(default_factory=list)
    option_names: list[str] = field(default_factory=list)
    variants: list[DraftVariant] = field(default_factory=list)
    part_numbers: list[int] = field(default_factory=list)
    is_by_gtin: bool = False
    refused: dict[int, str] = field(default_factory=dict)


def assemble(key: str, lines: Sequence[tuple[int, Mapping[str, Any]]], *, currency: str) -> DraftProduct:
    """Put the lines of one product together; those in other currencies add what they say beside the price."""
    draft = DraftProduct(key)
    read = [(number, _line(values)) for number, values in lines]
    draft.is_by_gtin = all(line.by_gtin for _number, line in read)
    draft.option_names = options.settle([line for _number, line in read])
    has_options = bool(draft.option_names)
    by_sku: dict[str, DraftVariant] = {}
    for number, line in read:
        _take_product_values(draft, number, line)
    for _number, line in read:
        draft.images += [address for address in line.later_images if address not in draft.images]
    for number, line in sorted(
        read, key=lambda pair: not pair[1].options
    ):  # a line of prices may repeat no options
        name = key if line.by_gtin else line.sku.casefold()
        known = by_sku.get(name)
        if known is not None and not line.is_part:
            _merge(draft, known, number, line, currency)
        elif line.is_part or (has_options and not line.options):
            draft.part_numbers.append(number)
        else:
            by_sku[name] = DraftVariant([number], line, options.values_of(line, draft.option_names))
    draft.variants = [variant for variant in by_sku.values() if _is_sellable(draft, variant, currency)]
    _refuse_repeated_options(draft)
    if not draft.variants:
        for number in draft.part_numbers:
            draft.refused.setdefault(number, _("No line that can be sold belongs to this product."))
    if (
        len(draft.option_names) > product_forms.MAX_OPTIONS
        or len(draft.variants) > product_forms.MAX_VARIANTS
    ):
        _refuse_all(
            draft,
            _(
                "A product has at most %(options)s options and %(variants)s variants.",
                options=product_forms.MAX_OPTIONS,
                variants=product_forms.MAX_VARIANTS,
            ),
        )
    return draft


def _line(values: Mapping[str, Any]) -> CatalogueLine:
    line = CatalogueLine(**values)
    line.options = [(name, value) for name, value in line.options]
    line.more_options = [(name, value) for name, value in line.more_options]
    return line


def _take_product_values(draft: DraftProduct, number: int, line: CatalogueLine) -> None:
    """Let the first line that says something of the product decide."""
    if line.title and not draft.title:
        draft.title, draft.title_number = line.title, number
    for name in PRODUCT_VALUES:
        value = getattr(line, name)
        if value is not None:
            draft.values.setdefault(name, value)
    draft.categories = draft.categories or line.categories
    draft.images += [address for address in line.images if address not in draft.images]


def _merge(
    draft: DraftProduct, variant: DraftVariant, number: int, line: CatalogueLine, currency: str
) -> None:
    """Join a second line of the same SKU, which is one in another currency; any other is one too many."""
    known = variant.line
    if known.currency == line.currency:
        draft.refused[number] = (
            _("Line %(line)s has the same GTIN.", line=variant.numbers[0])
            if line.by_gtin
            else _("Line %(line)s has the same SKU.", line=variant.numbers[0])
        )
        return
    if line.currency == currency:
        known.price, known.compare_at, known.currency = line.price, line.compare_at, line.currency
    for name in ("gtin", "stock", "low_stock"):
        if getattr(known, name) is None:
            setattr(known, name, getattr(line, name))
    variant.numbers.append(number)


def _is_sellable(draft: DraftProduct, variant: DraftVariant, currency: str) -> bool:
    line = variant.line
    reason = ""
    if not line.sku:
        reason = _("The SKU is missing.")
    elif line.price is None and not line.by_gtin:
        reason = _("The price is missing.")
    elif line.currency != currency:
        reason = _(
            "The price is in %(theirs)s, and this platform sells in %(ours)s.",
            theirs=line.currency,
            ours=currency,
        )
    elif not all(variant.options):
        reason = _("A value for one of the options is missing.")
    for number in variant.numbers if reason else ():
        draft.refused[number] = reason
    return not reason


def _refuse_repeated_options(draft: DraftProduct) -> None:
    seen: dict[tuple[str, ...], int] = {}
    kept = []
    for variant in draft.variants:
        chosen = tuple(value.casefold() for value in variant.options)
        if chosen in seen:
            for number in variant.numbers:
                draft.refused[number] = _("Line %(line)s has the same options.", line=seen[chosen])
            continue
        seen[chosen] = variant.numbers[0]
        kept.append(variant)
    draft.variants = kept


def refuse_lines(draft: DraftProduct, reasons: Mapping[int, str]) -> None:
    """Refuse what lines of a product sell; when nothing is left, the lines that only add to it go too."""
    draft.refused.update(reasons)
    draft.variants = [variant for variant in draft.variants if variant.numbers[0] not in draft.refused]
    if not draft.variants:
        _refuse_all(draft, _("No line that can be sold belongs to this product."))


def _refuse_all(draft: DraftProduct, reason: str) -> None:
    for number in [*draft.part_numbers, *(n for variant in draft.variants for n in variant.numbers)]:
        draft.refused.setdefault(number, reason)
    draft.variants = []


def build_form(
    draft: DraftProduct, known: Mapping[str, Any] | None, category_ids: Sequence[int]
) -> product_forms.ProductForm | None:
    """Return the product's form after the import, over what is `known` of it; faults are noted in the draft."""
    current = dict(known or {})
    rows = {row["sku"].casefold(): row for row in current.get("variants", ())}
    names = draft.option_names or list(current.get("option_names", ()))
    merged = {
        **current,
        **draft.values,
        "title": draft.title or current.get("title", ""),
        "category_ids": list(category_ids),
        "images": draft.images or current.get("images", []),
        "option_names": names,
    }
    for variant in draft.variants:
        row = rows.setdefault(variant.line.sku.casefold(), {"sku": variant.line.sku})
        row.update(_row(variant, row))
    merged["variants"] = list(rows.values())
    try:
        return product_forms.ProductForm.model_validate(merged)
    except ValidationError as error:
        _note_faults(draft, error, list(rows))
    return None


def _row(variant: DraftVariant, known: Mapping[str, Any]) -> dict[str, Any]:
    line = variant.line
    chosen = {f"option{place}": value for place, value in enumerate(variant.options, start=1)}
    is_kept = line.by_gtin and bool(known.get("gtin"))
    said = {
        "image": line.image if line.image is not None else known.get("image", ""),
        "gtin": line.gtin if line.gtin is not None and not is_kept else known.get("gtin", ""),
        "price_minor": line.price if line.price is not None else known.get("price_minor", 0),
        "compare_at_minor": known.get("compare_at_minor") if line.by_gtin else line.compare_at,
        "low_stock_threshold": line.low_stock
        if line.low_stock is not None
        else known.get("low_stock_threshold"),
    }
    return chosen | {name: value for name, value in said.items() if name not in variant.kept}


def _note_faults(draft: DraftProduct, error: ValidationError, skus: Sequence[str]) -> None:
    """Put what pydantic refuses at the lines that said it; what concerns the product, at all of them."""
    of_sku = {variant.line.sku.casefold(): variant for variant in draft.variants}
    whole: list[str] = []
    for detail in error.errors(include_url=False):
        place = detail["loc"]
        text = message_for(detail)
        reason = told(place, text)
        is_variant = len(place) > 1 and place[0] == "variants" and isinstance(place[1], int)
        variant = of_sku.get(skus[int(place[1])]) if is_variant else None
        if variant is None:
            whole.append(reason)
        else:
            draft.refused.update(dict.fromkeys(variant.numbers, reason))
    if whole:
        _refuse_all(draft, " ".join(dict.fromkeys(whole)))
    refuse_lines(draft, {})


def told(place: tuple[int | str, ...], text: str) -> str:
    """Return what is wrong with a value of a product's form, with the name of its field before it."""
    names = [part for part in place if isinstance(part, str)]
    fields = {**product_forms.ProductForm.model_fields, **product_forms.VariantForm.model_fields}
    info = fields.get(names[-1]) if names else None
    return f"{_(info.title)}: {text}" if info is not None and info.title else text
