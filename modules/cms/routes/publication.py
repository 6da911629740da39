"""When a page is public, and what becomes of what is kept beside it."""

from __future__ import annotations  # so that naming a type of a service does not load it

from datetime import datetime
from typing import Any

from flask import flash, request, url_for

from modules.cms.exceptions import NotPublishable, PageChangedMeanwhile, SlugTaken
from modules.cms.routes.blueprints import in_portals
from modules.cms.routes.editor import show_stored
from modules.cms.routes.tenant import author, get_page
from modules.cms.schemas import page as page_forms
from modules.cms.services import publication_service
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import current_time_zone, gettext as _
from wizamart.permissions import requires
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to


@in_portals("/pages/<int:page_id>/publication", "POST")
@requires("cms:page:publish")
def publication_create(page_id: int) -> Any:
    """Make a page public as it is written, now or at the times that were sent in the reader's time zone."""
    page, now = get_page(page_id), clock.now()
    form = SchemaForm.from_request(page_forms.PublicationForm)
    if not form.is_valid:
        return _show_times(page, form)
    at, until = _in_zone(form.value.at) or now, _in_zone(form.value.until)
    try:
        publication_service.publish(db.session(), page, at=at, until=until, now=now, seen=_seen())
    except NotPublishable as error:
        if "until" in error.errors:
            return _show_times(page, form, error)
        sentences = [sentence for listed in error.errors.values() for sentence in listed]
        return _refuse(page_id, *(f"{error} {sentence}" for sentence in sentences))
    except (PageChangedMeanwhile, SlugTaken) as error:
        return _refuse(page_id, " ".join([str(error), _("Nothing was published.")]))
    flash(_published(page, is_now=at <= now), "success")
    return go_to(url_for(".page_edit", page_id=page_id))


@in_portals("/pages/<int:page_id>/publication/removal", "POST")
@requires("cms:page:publish")
def publication_delete(page_id: int) -> Any:
    """Make a page a draft again."""
    publication_service.unpublish(db.session(), get_page(page_id), now=clock.now())
    flash(_("The page is a draft again."), "success")
    return go_to(url_for(".page_edit", page_id=page_id))


@in_portals("/pages/<int:page_id>/publication/end", "POST")
@requires("cms:page:publish")
def publication_end(page_id: int) -> Any:
    """Plan when a public page is taken down, or take that back."""
    page, form = get_page(page_id), SchemaForm.from_request(page_forms.PublicationForm)
    if not form.is_valid:
        return _show_times(page, form)
    until = _in_zone(form.value.until)
    try:
        publication_service.plan_end(db.session(), page, until=until, now=clock.now())
    except NotPublishable as error:
        return _show_times(page, form, error)
    flash(_("The page will be taken down.") if until else _("The page stays public."), "success")
    return go_to(url_for(".page_edit", page_id=page_id))


@in_portals("/pages/<int:page_id>/publication/plan/removal", "POST")
@requires("cms:page:publish")
def publication_plan_delete(page_id: int) -> Any:
    """Take back that changes will be published at a time."""
    publication_service.cancel_plan(db.session(), get_page(page_id))
    flash(_("The changes stay unpublished."), "success")
    return go_to(url_for(".page_edit", page_id=page_id))


@in_portals("/pages/<int:page_id>/draft/removal", "POST")
@requires("cms:page:update")
def draft_delete(page_id: int) -> Any:
    """Throw away what is written and not published."""
    page = get_page(page_id)
    try:
        publication_service.discard(db.session(), page, seen=_seen(), author=author(), at=clock.now())
    except PageChangedMeanwhile as error:
        return _refuse(page_id, " ".join([str(error), _("Nothing was discarded.")]))
    flash(_("The page is again as the public sees it. What was discarded is among its versions."), "success")
    return go_to(url_for(".page_edit", page_id=page_id))


def _published(page: Any, *, is_now: bool) -> str:
    if is_now:
        return _("The page is public as it is written here.")
    return _("The changes will be published.") if page.planned_at else _("The page will be published.")


def _seen() -> str | None:
    """Return what the person had before them."""
    return request.form.get("version")


def _show_times(
    page: Any, form: SchemaForm[page_forms.PublicationForm], error: InvalidInput | None = None
) -> Any:
    """Show the editor with the times as they were sent, and what is wrong with them."""
    if error is not None:
        form.add_errors(error.errors)
    return show_stored(page, 422, publication=form)


def _refuse(page_id: int, *sentences: str) -> Any:
    for sentence in sentences:
        flash(sentence, "danger")
    return go_to(url_for(".page_edit", page_id=page_id))


def _in_zone(moment: datetime | None) -> datetime | None:
    """Read a time without a zone as that of the reader's."""
    return moment.replace(tzinfo=current_time_zone()) if moment and moment.tzinfo is None else moment
