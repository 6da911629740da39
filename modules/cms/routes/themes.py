"""How the shop looks: the form, its preview, the style sheet of what is not saved."""

from __future__ import annotations  # so that naming a type of a form does not load it

from typing import Any

from flask import Response, flash, render_template, request, url_for

from modules.cms.exceptions import PictureUnknown
from modules.cms.routes.blueprints import in_portals
from modules.cms.schemas import theme as theme_forms
from modules.cms.services import media_service, theme_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import NotFound
from wizamart.i18n import gettext as _
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout, current_vendor_id


def css_response(css: str) -> Response:
    """Return a style sheet."""
    return Response(css, content_type="text/css; charset=utf-8")


def _logo(form: SchemaForm[Any]) -> Any:
    ids = media_service.parse_ids(form["logo_id"].text)
    return next(iter(media_service.list_by_ids(db.session(), ids, vendor_id=current_vendor_id())), None)


def _form(*, sent: bool = False) -> SchemaForm[theme_forms.ThemeForm]:
    shown = theme_service.find_shown(db.session(), vendor_id=current_vendor_id())
    return SchemaForm(theme_forms.ThemeForm, request.form if sent else None, obj=shown, guarded=True)


def _show(form: SchemaForm[Any] | None = None) -> Any:
    shown = form or _form()
    html = render_template(
        "cms/theme_edit.html",
        form=shown,
        logo=_logo(shown),
        has_own=theme_service.find_theme(db.session(), vendor_id=current_vendor_id()) is not None,
        contrasts=theme_service.contrasts(shown.data),
        layout=current_layout(),
    )
    return html, 422 if form else 200


@in_portals("/theme", "GET")
@requires("cms:theme:read")
def theme_edit() -> Any:
    """Show the form with the look as it is."""
    return _show()


@in_portals("/theme", "POST")
@requires("cms:theme:update")
def theme_update() -> Any:
    """Give the shop the look that was sent, or show what is wrong with it."""
    theme_service.hold_look(db.session(), platform_id=current_platform.id)
    form = _form(sent=True)
    if not form.is_valid:
        return _show(form)
    try:
        theme_service.save_theme(
            db.session(),
            form.value,
            platform_id=current_platform.id,
            vendor_id=current_vendor_id(),
            at=clock.now(),
        )
    except PictureUnknown as error:
        form.add_errors(error.errors)
        return _show(form)
    flash(_("The look of the shop was saved."), "success")
    return go_to(url_for(".theme_edit"))


@in_portals("/theme/removal", "POST")
@requires("cms:theme:update")
def theme_reset() -> Any:
    """Go back to the look that the shop has by itself."""
    theme_service.reset_theme(db.session(), platform_id=current_platform.id, vendor_id=current_vendor_id())
    flash(_("The shop has its usual look again."), "success")
    return go_to(url_for(".theme_edit"))


@in_portals("/theme/preview", "POST")
@requires("cms:theme:read")
def theme_preview() -> Any:
    """Show a page of the shop as it would look; nothing is saved."""
    form = SchemaForm.from_request(theme_forms.ThemeForm)
    if not form.is_valid:
        return _show(form)
    look = form.value.model_dump(exclude={"logo_id", "logo_text"})
    return render_template(
        "cms/theme_preview.html",
        preview_css_url=url_for(".theme_preview_css", **look),
        logo=_logo(form),
        logo_text=form.value.logo_text,
        back_url=url_for(".theme_edit"),
    )


@in_portals("/theme/preview.css", "GET")
@requires("cms:theme:read")
def theme_preview_css() -> Response:
    """Return the style sheet of the look in the query string."""
    form = SchemaForm(theme_forms.ThemeForm, request.args)
    if not form.is_valid:
        raise NotFound
    return css_response(theme_service.stylesheet(form.value))
