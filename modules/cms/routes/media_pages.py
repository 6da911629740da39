"""What the media pages of admins and of vendors share."""

from pathlib import Path
from typing import Any

from flask import current_app, flash, render_template, request, url_for
from sqlalchemy.orm import Session

from modules.cms.exceptions import MediaInUse, PictureRefused
from modules.cms.schemas.media import AltForm
from modules.cms.services import media_service
from wizamart import clock
from wizamart.config import Settings
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Table


def media_folder() -> Path:
    """Return where files of pictures lie."""
    settings: Settings = current_app.extensions["settings"]
    return settings.media_path


def show_list(
    frontend: str,
    session: Session,
    *,
    vendor_id: int | None,
    form: SchemaForm[Any] | None = None,
    file_errors: tuple[str, ...] = (),
) -> Any:
    """Render the library with the form to add a picture."""
    select, search, order = media_service.select_media(vendor_id=vendor_id)
    table = Table.from_select(
        session,
        select,
        columns=[Column("created_at", lazy_gettext("Added"), order)],
        search=search,
        default_sort="-created_at",
    )
    is_refused = bool(file_errors) or (form is not None and bool(form.errors))
    html = render_template(
        f"cms/{frontend}/media_list.html",
        table=table,
        form=form or SchemaForm(AltForm),
        file_errors=file_errors,
        endpoints=f"cms_{frontend}",
    )
    return html, 422 if is_refused else 200


def create(frontend: str, session: Session, *, vendor_id: int | None) -> Any:
    """Take in the picture that was sent, or show what is wrong with it."""
    form, file = SchemaForm.from_request(AltForm), request.files.get("file")
    if file is None or not file.filename:
        return show_list(
            frontend, session, vendor_id=vendor_id, form=form, file_errors=(_("Choose a file."),)
        )
    if not form.is_valid:
        return show_list(frontend, session, vendor_id=vendor_id, form=form)
    try:
        media = media_service.add_media(
            session,
            file.read(),
            platform_id=current_platform.id,
            vendor_id=vendor_id,
            name=file.filename,
            alt=form.value.alt,
            folder=media_folder(),
            at=clock.now(),
        )
    except PictureRefused as error:
        return show_list(
            frontend, session, vendor_id=vendor_id, form=form, file_errors=tuple(error.errors["file"])
        )
    flash(_("The picture was added."), "success")
    return go_to(url_for(f"cms_{frontend}.media_detail", media_id=media.id))


def show_detail(frontend: str, session: Session, media: Any, form: SchemaForm[Any] | None = None) -> Any:
    """Render one picture: how to show it, and where it is shown."""
    html = render_template(
        f"cms/{frontend}/media_detail.html",
        media=media,
        uses=media_service.uses_of(session, media),
        form=form or SchemaForm(AltForm, values={"alt": media.alt}),
        endpoints=f"cms_{frontend}",
    )
    return html, 422 if form else 200


def update(frontend: str, session: Session, media: Any) -> Any:
    """Change the description of a picture."""
    form = SchemaForm.from_request(AltForm)
    if not form.is_valid:
        return show_detail(frontend, session, media, form)
    media_service.update_alt(media, form.value.alt)
    flash(_("The description was saved."), "success")
    return go_to(url_for(f"cms_{frontend}.media_detail", media_id=media.id))


def delete(frontend: str, session: Session, media: Any) -> Any:
    """Delete a picture that no page shows."""
    try:
        media_service.delete_media(session, media, folder=media_folder())
    except MediaInUse as error:
        flash(str(error), "danger")
        return go_to(url_for(f"cms_{frontend}.media_detail", media_id=media.id))
    flash(_("The picture was deleted."), "success")
    return go_to(url_for(f"cms_{frontend}.media_list"))
