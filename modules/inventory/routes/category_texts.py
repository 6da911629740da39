"""A category in the other languages of the platform, each beside the original."""

from __future__ import annotations  # so that naming a form does not load it

from typing import Any

from flask import flash, render_template, request, url_for

from modules.inventory.routes.blueprints import admin as bp
from modules.inventory.schemas import product_text as forms
from modules.inventory.services import category_service, text_service
from wizamart.database import db
from wizamart.exceptions import RuleViolation
from wizamart.i18n import gettext as _, language_name
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


@bp.get("/categories/<int:category_id>/texts/<language>")
@requires("inventory:category:read")
def category_text_edit(category_id: int, language: str) -> str:
    """Show a category's name in a language."""
    category = _category_in(category_id, language)
    text = text_service.find_text(category.texts, language)
    return _page(
        category, language, SchemaForm(forms.CategoryTextForm, obj=text), text_service.digest_of(text)
    )


@bp.post("/categories/<int:category_id>/texts/<language>")
@requires("inventory:category:update")
def category_text_update(category_id: int, language: str) -> Any:
    """Write a category's name in a language, unless somebody else has in the meantime."""
    category = _category_in(category_id, language)
    form, seen, status = SchemaForm.from_request(forms.CategoryTextForm), request.form.get("seen"), 422
    if form.is_valid:
        try:
            text_service.set_category_text(db.session(), category, language, form.value, seen=seen)
        except RuleViolation as refusal:
            form.add_error("", refusal)
            status = refusal.status
            seen = text_service.digest_of(text_service.find_text(category.texts, language))
        else:
            flash(_("Saved."), "success")
            return go_to(url_for(".category_text_edit", category_id=category.id, language=language))
    return _page(category, language, form, seen or ""), status


def _category_in(category_id: int, language: str) -> Any:
    text_service.check_locale(language, current_platform.locales, current_platform.default_locale)
    return category_service.get_category(db.session(), category_id)


def _page(category: Any, language: str, form: SchemaForm[forms.CategoryTextForm], seen: str) -> str:
    return render_template(
        "inventory/admin/category_text_edit.html",
        category=category,
        form=form,
        seen=seen,
        language=language,
        states=text_service.states_of(category, current_platform.locales, current_platform.default_locale),
        language_name=language_name,
    )
