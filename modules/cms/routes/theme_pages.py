"""What the theme pages of admins and of vendors share."""

from typing import Any

from flask import Response, flash, render_template, request, url_for
from sqlalchemy.orm import Session

from modules.cms.schemas.theme import ThemeForm
from modules.cms.services import theme_service
from wizamart import clock
from wizamart.exceptions import NotFound
from wizamart.i18n import gettext as _
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


def css_response(css: str) -> Response:
    """Return a style sheet."""
    return Response(css, content_type="text/css; charset=utf-8")


def edit(
    frontend: str, session: Session, *, vendor_id: int | None, form: SchemaForm[Any] | None = None
) -> Any:
    """Show the form with the look as it is."""
    own = theme_service.find_theme(session, vendor_id=vendor_id)
    shown = own or theme_service.find_shown(session, vendor_id=vendor_id)
    html = render_template(
        f"cms/{frontend}/theme_edit.html",
        form=form or SchemaForm(ThemeForm, obj=shown),
        has_own=own is not None,
        endpoints=f"cms_{frontend}",
    )
    return html, 422 if form else 200


def update(frontend: str, session: Session, *, vendor_id: int | None) -> Any:
    """Give the shop the look that was sent, or show what is wrong with it."""
    form = SchemaForm.from_request(ThemeForm)
    if not form.is_valid:
        return edit(frontend, session, vendor_id=vendor_id, form=form)
    theme_service.save_theme(
        session, form.value, platform_id=current_platform.id, vendor_id=vendor_id, at=clock.now()
    )
    flash(_("The look of the shop was saved."), "success")
    return go_to(url_for(f"cms_{frontend}.theme_edit"))


def reset(frontend: str, session: Session, *, vendor_id: int | None) -> Any:
    """Go back to the look that the shop has by itself."""
    theme_service.reset_theme(session, vendor_id=vendor_id)
    flash(_("The shop has its usual look again."), "success")
    return go_to(url_for(f"cms_{frontend}.theme_edit"))


def preview(frontend: str, session: Session, *, vendor_id: int | None) -> Any:
    """Show a page of the shop as it would look; nothing is saved."""
    form = SchemaForm.from_request(ThemeForm)
    if not form.is_valid:
        return edit(frontend, session, vendor_id=vendor_id, form=form)
    look = form.value.model_dump()
    return render_template(
        "cms/theme_preview.html",
        preview_css_url=url_for(f"cms_{frontend}.theme_preview_css", **look),
        logo_text=form.value.logo_text,
        back_url=url_for(f"cms_{frontend}.theme_edit"),
    )


def preview_css() -> Response:
    """Return the style sheet of the look in the query string."""
    form = SchemaForm(ThemeForm, request.args)
    if not form.is_valid:
        raise NotFound
    return css_response(theme_service.stylesheet(form.value))
