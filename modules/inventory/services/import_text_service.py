"""Bringing translations of products in: lines find their products, and say what these are called in a language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import ValidationError
from sqlalchemy.orm import Session, selectinload

from modules.inventory.imports.assembly import told
from modules.inventory.models.catalogue_import import CatalogueImport, ImportLine
from modules.inventory.models.product import Product
from modules.inventory.schemas.product import ProductForm
from modules.inventory.schemas.product_text import ProductTextForm
from modules.inventory.services import product_service, text_service
from modules.inventory.services.text_service import PRODUCT_FIELDS
from wizamart import imports
from wizamart.i18n import gettext as _, language_name
from wizamart.imports import Verdict
from wizamart.module_system.config_errors import message_for
from wizamart.platforms import Platform


@dataclass(slots=True, kw_only=True)
class TextPlan(imports.Plan):
    """The texts that a product gets, by language; that in the platform's own is what the product itself says."""

    product: Product | None = None
    texts: dict[str, ProductTextForm] = field(default_factory=dict)


class TextBatch(imports.Batch[TextPlan]):
    """Products whose texts are judged, or written, together."""

    def __init__(
        self,
        session: Session,
        row: CatalogueImport,
        units: Mapping[str, Sequence[ImportLine]],
        *,
        is_preview: bool,
        at: datetime,
    ) -> None:
        platform = session.get_one(Platform, row.platform_id)
        self.session, self.at = session, at
        self.locales, self.own_locale = platform.locales, platform.default_locale
        named = sa.or_(Product.handle.in_(list(units)), Product.slug.in_(list(units)))
        query = sa.select(Product).where(Product.vendor_id == row.vendor_id, named).order_by(Product.id)
        if not is_preview:
            query = query.with_for_update().execution_options(populate_existing=True)
        whole = query.options(selectinload(Product.texts), *product_service.WHOLE)
        products = session.scalars(whole).all()
        self.products = {one.slug: one for one in products} | {one.handle: one for one in products}

    def plan(self, lines: Sequence[ImportLine]) -> TextPlan:
        """Return which texts the lines of one product would write."""
        plan = TextPlan(product=self.products.get(lines[0].group_key))
        seen: dict[str, int] = {}
        for line in lines:
            locale = self._locale_of(line.values["locale"])
            reason = self._refusal_of(plan, line, locale, seen)
            if reason:
                plan.refused[line.number] = reason
            elif plan.product is not None and locale is not None:
                seen[locale] = line.number
                self._plan_line(plan, plan.product, line, locale)
        return plan

    def _locale_of(self, told_locale: str) -> str | None:
        """Return the platform's language of this name; with a region that the platform does not tell, that without."""
        name = told_locale.replace("_", "-").casefold()
        known = {locale.replace("_", "-").casefold(): locale for locale in self.locales}
        return known.get(name) or known.get(name.partition("-")[0])

    def _refusal_of(
        self, plan: TextPlan, line: ImportLine, locale: str | None, seen: Mapping[str, int]
    ) -> str:
        if plan.product is None:
            return _("You have no product “%(key)s”. Import the products first.", key=line.group_key)
        if locale is None:
            return _("“%(locale)s” is no language of this platform.", locale=line.values["locale"][:40])
        if locale in seen:
            return _("Line %(line)s has the same product and language.", line=seen[locale])
        return ""

    def _plan_line(self, plan: TextPlan, product: Product, line: ImportLine, locale: str) -> None:
        is_own = locale == self.own_locale
        plan.remarks[line.number] = (
            _("%(language)s: what the product itself says", language=language_name(locale))
            if is_own
            else language_name(locale)
        )
        known = product if is_own else text_service.find_text(product.texts, locale)
        now = {name: getattr(known, name) if known is not None else "" for name in PRODUCT_FIELDS}
        said = {name: line.values.get(name) or now[name] for name in PRODUCT_FIELDS}
        try:
            form = ProductTextForm.model_validate(said)
        except ValidationError as error:
            faults = error.errors(include_url=False)
            plan.refused[line.number] = " ".join(told(fault["loc"], message_for(fault)) for fault in faults)
            return
        if said == now:
            plan.verdicts[line.number] = Verdict.UNCHANGED
            return
        plan.texts[locale] = form
        plan.verdicts[line.number] = Verdict.CREATE if known is None else Verdict.UPDATE

    def apply(self, plan: TextPlan) -> None:
        """Write the texts; what the product itself says comes first, since the others are made from it."""
        product = plan.product
        if product is None or not plan.texts:
            return
        others = dict(plan.texts)
        own = others.pop(self.own_locale, None)
        if own is not None:
            values: dict[str, Any] = product_service.form_of(product) | own.model_dump()
            product_service.update_product(
                self.session, product, ProductForm.model_validate(values), at=self.at
            )
        if others:
            text_service.write_product_texts(self.session, product, others, at=self.at)
