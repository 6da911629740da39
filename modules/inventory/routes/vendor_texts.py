"""A product in the other languages of the platform, each beside the original."""

from __future__ import annotations  # so that naming a form does not load it

from typing import Any

from flask import flash, render_template, request, url_for

from modules.inventory.routes.blueprints import vendor as bp
from modules.inventory.schemas import product_text as forms
from modules.inventory.services import option_text_service, product_service, text_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import RuleViolation
from wizamart.i18n import gettext as _, language_name
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


@bp.get("/products/<int:product_id>/texts/<language>")
@requires("inventory:product:read")
def text_edit(product_id: int, language: str) -> str:
    """Show a product's text in a language."""
    product = _product_in(product_id, language)
    text = text_service.find_text(product.texts, language)
    return _page(product, language, SchemaForm(forms.ProductTextForm, obj=text), text_service.digest_of(text))


@bp.post("/products/<int:product_id>/texts/<language>")
@requires("inventory:product:update")
def text_update(product_id: int, language: str) -> Any:
    """Write a product's text in a language, unless somebody else has in the meantime."""
    product = _product_in(product_id, language)
    form, seen, status = SchemaForm.from_request(forms.ProductTextForm), request.form.get("seen"), 422
    if form.is_valid:
        try:
            text_service.set_product_text(
                db.session(), product, language, form.value, at=clock.now(), seen=seen
            )
        except RuleViolation as refusal:
            form.add_error("", refusal)
            status = refusal.status
            seen = text_service.digest_of(text_service.find_text(product.texts, language))
        else:
            flash(_("Saved."), "success")
            return go_to(url_for(".text_edit", product_id=product.id, language=language))
    return _page(product, language, form, seen or ""), status


def _product_in(product_id: int, language: str) -> Any:
    text_service.check_locale(language, current_platform.locales, current_platform.default_locale)
    return product_service.get_product(db.session(), product_id)


def _page(product: Any, language: str, form: SchemaForm[forms.ProductTextForm], seen: str) -> str:
    return render_template(
        "inventory/vendor/text_edit.html",
        product=product,
        form=form,
        seen=seen,
        language=language,
        states=text_service.states_of(product, current_platform.locales, current_platform.default_locale),
        language_name=language_name,
        options=option_text_service.list_words(db.session(), product, language),
    )
