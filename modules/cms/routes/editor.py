"""The editor of a page: writing, previewing, and finding that somebody else has written meanwhile."""

from __future__ import annotations  # so that naming a type of a service does not load it

import secrets
from typing import Any, Final

from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.cms.exceptions import PageChangedMeanwhile
from modules.cms.routes.blueprints import in_portals
from modules.cms.routes.labels import FIELDS
from modules.cms.routes.rendering import render_body
from modules.cms.routes.tenant import author, get_page, shop_url
from modules.cms.schemas import page as page_forms
from modules.cms.services import (
    differences,
    draft_service,
    media_service,
    page_service,
    presence_service,
    redirect_service,
    revision_service,
    translation_service,
)
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import available_locales, current_time_zone, gettext as _, language_name
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to, is_fragment
from wizamart.web.portal import current_layout, current_vendor_id

LONGEST_KEY: Final = 32


def asked_locale() -> str:
    """Return the language that is written in: the one asked for, or the platform's own."""
    wanted = request.args.get("language", "")
    return wanted if wanted in current_platform.locales else current_platform.default_locale


def show_editor(form: SchemaForm[Any], page: Any = None, status: int = 200, **more: Any) -> Any:
    """Render the editor of a new or a known page."""
    session, locale, default = db.session(), asked_locale(), current_platform.default_locale
    picked = media_service.parse_ids(form["picture_id"].text)
    state = state_of(page)
    written = state["written"]
    reference = written.text_in(default) if written else None
    context = {
        **state,
        "form": form,
        "reference": reference if reference is not None and reference.locale != locale else None,
        "preview": render_body(form["body"].text, vendor_id=current_vendor_id(), locale=locale),
        "picture": next(
            iter(media_service.list_by_ids(session, picked, vendor_id=current_vendor_id())), None
        ),
        "source": page_service.list_sources(session, [page]).get(page.id) if page else None,
        "sitting": request.form.get("sitting") or secrets.token_urlsafe(12),
        "conflict": (),
        "language_name": language_name,
        "layout": current_layout(),
    }
    return render_template("cms/page_edit.html", **{**context, **more}), status


def state_of(page: Any) -> dict[str, Any]:
    """Return what the editor tells of a page besides its form, and tells anew when it has saved by itself."""
    session, locale, default = db.session(), asked_locale(), current_platform.default_locale
    written = draft_service.written_page(session, page) if page else None
    states = (
        translation_service.states_of(written, current_platform.locales, default_locale=default)
        if written
        else ()
    )
    return {
        "page": page,
        "written": written,
        "text_locale": locale,
        "languages": available_locales(),
        "states": dict(states),
        "publication": _times_of(page),
        "redirects": redirect_service.list_of_page(session, page) if page else (),
        "now": clock.now(),
        "is_live": page is not None and page.is_live(clock.now()),
        "seen": revision_service.digest_of(written, locale) if written else "",
        "seen_whole": revision_service.digest_of(written) if written else "",
        "shop_url": shop_url,
    }


def asked_sitting(*, is_autosave: bool = False) -> revision_service.Sitting:
    """Return the window that was written in, and what it had before it."""
    seen, key = request.form.get("version"), request.form.get("sitting", "")
    return revision_service.Sitting(seen, key[:LONGEST_KEY] or None, is_autosave)


def _times_of(page: Any) -> SchemaForm[page_forms.PublicationForm]:
    """Return the form with what is planned for a page, in the reader's time zone."""
    is_ahead = page is not None and page.published_at is not None and page.published_at > clock.now()
    moments = {"at": page.published_at if is_ahead else None, "until": page.unpublish_at if page else None}
    zone = current_time_zone()
    return SchemaForm(
        page_forms.PublicationForm,
        values={name: moment.astimezone(zone) if moment else None for name, moment in moments.items()},
    )


@in_portals("/pages/new", "GET")
@requires("cms:page:create")
def page_new() -> Any:
    """Ask for a new page."""
    return show_editor(SchemaForm(page_forms.PageForm))


@in_portals("/pages", "POST")
@requires("cms:page:create")
def page_create() -> Any:
    """Write a new page, or show the form with what is wrong."""
    form = SchemaForm.from_request(page_forms.PageForm)
    try:
        page = page_service.create_page(
            db.session(),
            form.validate_or_raise(),
            platform_id=current_platform.id,
            vendor_id=current_vendor_id(),
            locale=asked_locale(),
            author=author(),
            at=clock.now(),
        )
    except InvalidInput as error:
        return _show_errors(form, error)
    flash(_("The page was saved as a draft."), "success")
    return go_to(url_for(".page_edit", page_id=page.id))


@in_portals("/pages/<int:page_id>/edit", "GET")
@requires("cms:page:update")
def page_edit(page_id: int) -> Any:
    """Show the editor with what is stored, in the language that is asked for."""
    return show_stored(get_page(page_id))


def show_stored(page: Any, status: int = 200, **more: Any) -> Any:
    """Render the editor with what is stored of a page."""
    locale = asked_locale()
    written = draft_service.written_page(db.session(), page)
    values = {name: getattr(written, name) for name in revision_service.PLACE_FIELDS}
    if written.has_text_in(locale):
        text = written.text_in(locale)
        values |= {name: getattr(text, name) for name in revision_service.TEXT_FIELDS}
    return show_editor(SchemaForm(page_forms.PageForm, values=values), page, status, **more)


@in_portals("/pages/<int:page_id>", "POST")
@requires("cms:page:update")
def page_update(page_id: int) -> Any:
    """Change a page, or show the form with what is wrong, or with what somebody else wrote meanwhile."""
    page, form = get_page(page_id), SchemaForm.from_request(page_forms.PageForm)
    sitting = asked_sitting()
    try:
        page_service.update_page(
            db.session(),
            page,
            form.validate_or_raise(),
            locale=asked_locale(),
            author=author(),
            at=clock.now(),
            sitting=sitting,
        )
    except PageChangedMeanwhile:
        return _show_conflict(form, page)
    except InvalidInput as error:
        return _show_errors(form, error, page, **({"seen": sitting.seen} if sitting.seen else {}))
    if page.has_draft:
        flash(_("Your changes were saved. The public sees them once they are published."), "success")
    else:
        flash(_("The page was saved."), "success")
    return go_to(url_for(".page_edit", page_id=page.id, language=asked_locale()))


def _show_errors(form: SchemaForm[Any], error: InvalidInput, page: Any = None, **more: Any) -> Any:
    if form.is_valid:
        form.add_errors(error.errors)
    return show_editor(form, page, 422, **more)


def _show_conflict(form: SchemaForm[Any], page: Any) -> Any:
    """Show the form as it was sent with what it would change; sending it again overwrites what is there now."""
    written = draft_service.written_page(db.session(), page)
    theirs, mine = revision_service.content_of(written), revision_service.content_of(written)
    sent = form.value.model_dump()
    mine.update({name: sent[name] for name in revision_service.PLACE_FIELDS})
    mine["texts"] = {
        **theirs["texts"],
        asked_locale(): {name: sent[name] for name in revision_service.TEXT_FIELDS},
    }
    latest = revision_service.find_latest(db.session(), page)
    conflict = differences.differences(theirs, mine)
    return show_editor(form, page, 409, conflict=conflict, latest=latest, fields=FIELDS)


@in_portals("/pages/preview", "POST")
@requires("cms:page:read")
def preview_show() -> str:
    """Render what is in the editor: into its side, or on a page of its own."""
    body = render_body(
        request.form.get("body", "")[: page_forms.LONGEST_BODY],
        vendor_id=current_vendor_id(),
        locale=request.args.get("language"),
    )
    if is_fragment():
        return str(body)
    title = request.form.get("title", "").strip()
    return render_template("cms/page_preview.html", title=title, body=body)


@in_portals("/pages/<int:page_id>/presence", "POST")
@requires("cms:page:update")
def presence_update(page_id: int) -> str:
    """Note that the page is open here, and say who else has it open."""
    others = presence_service.note_editor(
        db.session(),
        get_page(page_id),
        user_id=current_user.id,
        name=current_user.display_name,
        at=clock.now(),
    )
    return render_template("cms/_presence.html", others=others)
