"""Old addresses and where they lead: the list, and making one by hand."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any

from flask import flash, render_template, request, url_for
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.routing import RequestRedirect

from modules.cms.exceptions import RedirectRefused
from modules.cms.routes.blueprints import in_portals
from modules.cms.routes.tenant import author, shop_url
from modules.cms.schemas import page as page_forms, redirect as redirect_forms
from modules.cms.services import redirect_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.access import frontend_of
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout, current_vendor_id
from wizamart.web.tables import Column, Filter, Table

PAGES = "cms_storefront.page_detail"  # takes what nothing else answers


def ask_routes(path: str) -> redirect_service.Answerer:
    """Tell who answers at a path of the shop, with the modules that are on now."""
    adapter = request_ctx.url_adapter
    if adapter is None:
        return "portal"
    try:
        endpoint, _arguments = adapter.match(path, method="GET")
    except RequestRedirect:
        return "shop" if path.endswith("/") else ask_routes(f"{path}/")
    except MethodNotAllowed:
        return "shop"
    except HTTPException:
        return "portal"
    if endpoint == PAGES:
        return "portal" if path.strip("/").partition("/")[0] in page_forms.RESERVED else "page"
    is_shop = frontend_of(endpoint, current_manager()) is FrontendType.STOREFRONT
    return "shop" if is_shop else "portal"


@in_portals("/redirects", "GET")
@requires("cms:page:read")
def redirect_list() -> Any:
    """List where old addresses lead, with the form to add one."""
    return _show()


def _show(form: SchemaForm[redirect_forms.RedirectForm] | None = None) -> Any:
    session, vendor_id = db.session(), current_vendor_id()
    listing = redirect_service.select_redirects(vendor_id=vendor_id)
    made = Filter(
        "origin",
        lazy_gettext("How it came about"),
        lambda origin: listing.origin == origin,
        choices=[
            ("hand", _("Made by hand")),
            ("move", _("Left by a page that moved")),
            ("place", _("Left by a category that moved")),
        ],
    )
    table = Table.from_select(
        session,
        listing.select,
        columns=[
            Column("slug", lazy_gettext("Old address"), listing.slug),
            Column("target", lazy_gettext("Leads to"), listing.target),
            Column("origin", lazy_gettext("How it came about"), listing.origin),
            Column("created_at", lazy_gettext("When"), listing.created_at),
            Column("actions", ""),
        ],
        search=(listing.slug, listing.target),
        filters=[made],
        default_sort="slug",
    )
    now = clock.now()
    html = render_template(
        "cms/redirect_list.html",
        table=table,
        covered=redirect_service.list_covered(session, table.rows, vendor_id=vendor_id, at=now),
        form=form or SchemaForm(redirect_forms.RedirectForm),
        shop_url=shop_url,
        now=now,
        layout=current_layout(),
    )
    return html, 422 if form else 200


@in_portals("/redirects", "POST")
@requires("cms:page:publish")
def redirect_create() -> Any:
    """Let an old address lead on, or show what is wrong with that."""
    form = SchemaForm.from_request(redirect_forms.RedirectForm)
    if not form.is_valid:
        return _show(form)
    try:
        redirect = redirect_service.create_redirect(
            db.session(),
            form.value,
            platform_id=current_platform.id,
            vendor_id=current_vendor_id(),
            author=author(),
            at=clock.now(),
            ask_routes=ask_routes,
        )
    except RedirectRefused as error:
        form.add_errors(error.errors)
        return _show(form)
    flash(_("/%(address)s leads on from now.", address=redirect.slug), "success")
    return go_to(url_for(".redirect_list"))


@in_portals("/redirects/<int:redirect_id>/removal", "POST")
@requires("cms:page:publish")
def redirect_delete(redirect_id: int) -> Any:
    """Let an old address lead nowhere."""
    redirect_service.delete_redirect(db.session(), redirect_id, vendor_id=current_vendor_id())
    flash(_("The old address leads nowhere now."), "success")
    return go_to(url_for(".redirect_list", search=request.args.get("search")))
