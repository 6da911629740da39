"""The texts of notifications: the platform's own for each kind and language, with preview and test."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from modules.messaging.routes.blueprints import admin
from modules.messaging.schemas import forms, kind as kind_schemas
from modules.messaging.services import kind_service, mail_service, template_service, text_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput, NotFound
from wizamart.i18n import gettext as _, language_name
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.portal import get_state


@admin.get("/messages/templates")
@requires("messaging:template:read")
def template_list() -> str:
    """Show the kinds and in which languages the platform has its own texts."""
    return render_template(
        "messaging/admin/template_list.html",
        kinds=kind_service.list_kinds(get_state()),
        own=template_service.list_own_locales(db.session()),
        language_name=language_name,
        first_locale=_locale(None),
    )


@admin.get("/messages/templates/<code>/<locale>")
@requires("messaging:template:read")
def template_edit(code: str, locale: str) -> str:
    """Show the text of a kind in one language, with a preview."""
    kind = kind_service.get_kind(get_state(), code)
    texts = template_service.get_texts(db.session(), kind, _locale(locale))
    return _page(kind, locale, SchemaForm(forms.TemplateForm, obj=texts, guarded=True))


@admin.post("/messages/templates/<code>/<locale>")
@requires("messaging:template:update")
def template_update(code: str, locale: str) -> Any:
    """Save the text, or show it with sample values if that was asked for."""
    kind = kind_service.get_kind(get_state(), code)
    texts = template_service.get_texts(db.session(), kind, _locale(locale))
    form = SchemaForm.from_request(forms.TemplateForm, obj=texts, guarded=True)
    try:
        value = form.value
        template_service.check_texts(kind, subject=value.subject, body=value.body)
        if request.form.get("action") == "preview":
            return _page(kind, _locale(locale), form)
        template_service.save_texts(
            db.session(),
            kind,
            locale=_locale(locale),
            subject=value.subject,
            body=value.body,
            actor_id=current_user.id,
            platform_id=current_platform.id,
            at=clock.now(),
        )
    except InvalidInput as error:
        if form.is_valid:
            form.add_errors(error.errors)
        return _page(kind, _locale(locale), form), 422
    flash(_("The text is saved."), "success")
    return go_to(url_for(".template_edit", code=code, locale=locale))


@admin.post("/messages/templates/<code>/<locale>/default")
@requires("messaging:template:update")
def template_reset(code: str, locale: str) -> Any:
    """Go back to the text that comes with Wizamart."""
    kind = kind_service.get_kind(get_state(), code)
    template_service.reset_texts(
        db.session(), kind, locale=_locale(locale), actor_id=current_user.id, platform_id=current_platform.id
    )
    flash(_("The text is the one that comes with Wizamart again."), "success")
    return go_to(url_for(".template_edit", code=code, locale=locale))


@admin.post("/messages/templates/<code>/<locale>/test")
@requires("messaging:template:update")
def template_test(code: str, locale: str) -> Any:
    """Send the saved text with sample values to whoever asks."""
    kind = kind_service.get_kind(get_state(), code)
    texts = template_service.get_texts(db.session(), kind, _locale(locale))
    values = text_service.example_values(kind, locale=locale)
    mail_service.send_test_mail(
        db.session(),
        to=current_user.email,
        subject=text_service.fill(texts.subject, values),
        body=text_service.fill(texts.body, values),
        locale=locale,
    )
    flash(_("A test is on its way to %(address)s.", address=current_user.email), "success")
    return redirect(url_for(".template_edit", code=code, locale=locale), code=303)


def _locale(locale: str | None) -> str:
    """Return the language if the platform offers it, or its first one where none is asked for."""
    if locale is None:
        return str(current_platform.default_locale)
    if locale not in current_platform.locales:
        raise NotFound
    return locale


def _page(kind: kind_schemas.NotificationKind, locale: str, form: SchemaForm[forms.TemplateForm]) -> str:
    values = text_service.example_values(kind, locale=locale)
    subject, body = (str(form.data.get(name) or "") for name in ("subject", "body"))
    own = template_service.texts_by_locale(db.session(), kind)
    return render_template(
        "messaging/admin/template_edit.html",
        kind=kind,
        language=locale,
        form=form,
        is_own=locale in own,
        preview={"subject": text_service.fill(subject, values), "body": text_service.fill(body, values)},
        examples=values,
        languages=[(code, language_name(code), code in own) for code in current_platform.locales],
    )
