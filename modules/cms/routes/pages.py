"""Pages as a list, and what is done with a page besides writing it."""

from datetime import datetime
from typing import Any

from flask import flash, render_template, request, url_for

from modules.cms.routes.blueprints import in_portals
from modules.cms.routes.tenant import get_page
from modules.cms.services import draft_service, page_service, translation_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout, current_vendor_id
from wizamart.web.tables import Column, Filter, Table


@in_portals("/pages", "GET")
@requires("cms:page:read")
def page_list() -> str:
    """List the owner's pages; for a vendor those of the platform, too, that its shop shows."""
    session, now, vendor_id = db.session(), clock.now(), current_vendor_id()
    locales, default = current_platform.locales, current_platform.default_locale
    table = _load_table(vendor_id, default, now)
    written = draft_service.written_pages(session, table.rows)
    return render_template(
        "cms/page_list.html",
        table=table,
        sources=page_service.list_sources(session, table.rows),
        inherited=page_service.list_inherited(session, vendor_id=vendor_id, at=now) if vendor_id else (),
        states_of=lambda page: translation_service.states_of(
            written[page.id], locales, default_locale=default
        ),
        now=now,
        layout=current_layout(),
    )


def _load_table(vendor_id: int | None, locale: str, now: datetime) -> Table:
    listing = page_service.select_pages(vendor_id=vendor_id, locale=locale)
    state = Filter(
        "state",
        lazy_gettext("Any state"),
        lambda state: page_service.is_in_state(state, now),
        choices=[
            ("public", _("Public")),
            ("changed", _("With unpublished changes")),
            ("planned", _("Planned")),
            ("draft", _("Draft")),
        ],
    )
    return Table.from_select(
        db.session(),
        listing.select,
        columns=[
            Column("title", lazy_gettext("Title"), listing.title),
            Column("slug", lazy_gettext("Address"), listing.slug),
            Column("state", lazy_gettext("State"), listing.published_at),
            Column("languages", lazy_gettext("Languages")),
            Column("updated_at", lazy_gettext("Changed"), listing.updated_at),
        ],
        search=listing.search,
        filters=[state],
        default_sort="slug",
    )


@in_portals("/pages/<int:page_id>/removal", "POST")
@requires("cms:page:delete")
def page_delete(page_id: int) -> Any:
    """Delete a page."""
    page_service.delete_page(db.session(), get_page(page_id))
    flash(_("The page was deleted."), "success")
    return go_to(url_for(".page_list"))


@in_portals("/pages/<int:page_id>/translation", "POST")
@requires("cms:page:update")
def translation_confirm(page_id: int) -> Any:
    """Note that a translation still fits."""
    locale = request.form.get("language", "")
    draft_service.confirm_translation(db.session(), get_page(page_id), locale, at=clock.now())
    flash(_("The translation is marked as up to date."), "success")
    return go_to(url_for(".page_edit", page_id=page_id, language=locale))
