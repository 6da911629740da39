"""Global search: a page, and the list inside the palette."""

from flask import render_template, request

from modules.core.routes.blueprints import admin, vendor
from modules.core.routes.context import permissions
from modules.core.services import search_service
from wizamart.database import db
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.access import leads_to_closed
from wizamart.web.htmx import is_fragment
from wizamart.web.portal import current_frontend, current_layout, current_vendor_id, get_state
from wizamart.web.templating import current_menu


@admin.get("/search")
@vendor.get("/search")
@requires("core:search:read")
def search_list() -> str:
    """Show the pages and records that hold what was typed."""
    text = request.args.get("q", "").strip()[:200]
    records = search_service.search_records(
        db.session(),
        get_state(),
        text,
        platform_id=current_platform.id,
        vendor_id=current_vendor_id(),
        frontend=current_frontend(),
        permissions=permissions(),
        is_closed=leads_to_closed,
    )
    groups = search_service.group_by_kind([*search_service.search_pages(current_menu(), text), *records])
    template = "core/admin/_search_results.html" if is_fragment() else "core/admin/search_list.html"
    return render_template(template, groups=groups, text=text, layout=current_layout())
