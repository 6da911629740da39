"""The library of pictures."""

from typing import Any

from flask import flash, jsonify, render_template, request, url_for
from werkzeug.datastructures import FileStorage

from modules.cms.exceptions import MediaInUse, PictureRefused
from modules.cms.routes.blueprints import in_portals
from modules.cms.routes.tenant import ask_others, media_folder
from modules.cms.services import media_service, publication_service, usage_service
from wizamart import clock
from wizamart.database import db, hold_row
from wizamart.exceptions import InvalidInput
from wizamart.i18n import (
    available_locales,
    current_locale,
    gettext as _,
    language_in_words,
    lazy_gettext,
    ngettext,
)
from wizamart.module_system.config_errors import FORM
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import CHANGED_MEANWHILE, fingerprint, is_outdated
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout, current_vendor_id
from wizamart.web.tables import Column, Filter, Table

MOST_FILES = 20


@in_portals("/media", "GET")
@requires("cms:media:read")
def media_list() -> Any:
    """Show the library."""
    return show_list()


def show_list(file_errors: tuple[str, ...] = ()) -> Any:
    """Render the library with the form to add pictures, and what was wrong with those sent."""
    session = db.session()
    select, search, order = media_service.select_media(vendor_id=current_vendor_id())
    table = Table.from_select(
        session,
        select,
        columns=[Column("created_at", lazy_gettext("Added"), order)],
        search=search,
        filters=[
            Filter(
                "missing",
                lazy_gettext("Described or not"),
                media_service.lacks_alt,
                choices=[
                    (code, _("Missing in %(language)s", language=language_in_words(code)))
                    for code, _name in available_locales()
                ],
            )
        ],
        default_sort="-created_at",
    )
    uses = usage_service.list_uses(session, [media.id for media in table.rows], ask_others=ask_others)
    html = render_template(
        "cms/media_list.html",
        table=table,
        used={use.media_id for use in uses},
        file_errors=file_errors,
        missing_alts=media_service.missing_alts,
        layout=current_layout(),
    )
    return html, 422 if file_errors else 200


@in_portals("/media", "POST")
@requires("cms:media:create")
def media_create() -> Any:
    """Take in the pictures that were sent, each by itself, or show what is wrong with them."""
    taken, refused = _take_all([file for file in request.files.getlist("file") if file.filename])
    if request.accept_mimetypes.best == "application/json":
        return jsonify(ids=[media.id for media in taken], errors=[reason for _name, reason in refused])
    sentences = [f"{name}: {reason}" for name, reason in refused]
    if not taken:
        return show_list(tuple(sentences) or (_("Choose a file."),))
    for sentence in sentences:
        flash(sentence, "danger")
    flash(ngettext("The picture was added.", "%(num)d pictures were added.", len(taken)), "success")
    if len(taken) == 1:
        return go_to(url_for(".media_detail", media_id=taken[0].id))
    return go_to(url_for(".media_list"))


def _take_all(files: list[FileStorage]) -> tuple[list[Any], list[tuple[str | None, str]]]:
    """Return the pictures that were taken in, and the names of the other files, each with the reason."""
    taken, refused = [], []
    for file in files[:MOST_FILES]:
        try:
            taken.append(_take(file))
        except PictureRefused as error:
            refused.append((file.filename, " ".join(error.errors["file"])))
    too_many = _("Send at most %(count)s pictures at once.", count=MOST_FILES)
    return taken, [*refused, *((file.filename, too_many) for file in files[MOST_FILES:])]


def _take(file: FileStorage) -> Any:
    return media_service.add_media(
        db.session(),
        file.read(),
        platform_id=current_platform.id,
        vendor_id=current_vendor_id(),
        name=file.filename or "",
        alt=request.form.get("alt", ""),
        locale=current_locale(),
        folder=media_folder(),
        at=clock.now(),
    )


def _media(media_id: int) -> Any:
    return media_service.get_media(db.session(), media_id, vendor_id=current_vendor_id())


@in_portals("/media/<int:media_id>", "GET")
@requires("cms:media:read")
def media_detail(media_id: int) -> Any:
    """Show one picture."""
    return show_detail(_media(media_id))


def show_detail(
    media: Any, alts: dict[str, str] | None = None, errors: dict[str, list[str]] | None = None
) -> Any:
    """Render one picture: its descriptions, and where it is shown."""
    html = render_template(
        "cms/media_detail.html",
        media=media,
        alts=media.alts if alts is None else alts,
        errors=errors or {},
        version=fingerprint(media.alts),
        languages=available_locales(),
        uses=usage_service.list_uses(db.session(), [media.id], ask_others=ask_others),
        layout=current_layout(),
    )
    return html, 422 if errors else 200


@in_portals("/media/<int:media_id>", "POST")
@requires("cms:media:update")
def media_update(media_id: int) -> Any:
    """Change the descriptions of a picture."""
    media = _media(media_id)
    hold_row(media)
    alts = {code: request.form.get(f"alt-{code}", "").strip() for code, _name in available_locales()}
    if is_outdated(request.form, fingerprint(media.alts)):
        return show_detail(media, alts, {FORM: [str(CHANGED_MEANWHILE)]})
    try:
        publication_service.describe(db.session(), media, alts)
    except InvalidInput as error:
        return show_detail(media, alts, error.errors)
    flash(_("The descriptions were saved."), "success")
    return go_to(url_for(".media_detail", media_id=media.id))


@in_portals("/media/<int:media_id>/removal", "POST")
@requires("cms:media:delete")
def media_delete(media_id: int) -> Any:
    """Delete a picture that nothing shows; what shows it stands on its page."""
    media = _media(media_id)
    try:
        usage_service.delete_media(db.session(), media, folder=media_folder(), ask_others=ask_others)
    except MediaInUse as error:
        flash(str(error), "danger")
        return go_to(url_for(".media_detail", media_id=media.id))
    flash(_("The picture was deleted."), "success")
    return go_to(url_for(".media_list"))
