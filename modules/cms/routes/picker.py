"""Choosing a picture: the library as a part of a dialog, or as a page for those without script."""

from typing import Any

from flask import render_template, request

from modules.cms.routes.blueprints import in_portals
from modules.cms.services import media_service
from wizamart.database import db
from wizamart.i18n import lazy_gettext as _
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.web.htmx import is_fragment
from wizamart.web.portal import current_layout, current_vendor_id
from wizamart.web.tables import Column, Filter, Table


@in_portals("/media/choice", "GET")
@requires("cms:media:read")
def picker_show() -> Any:
    """Show the pictures to choose from: a vendor's own and the platform's; for admins of one vendor with `vendor`."""
    vendor_id = current_vendor_id() or request.args.get("vendor", type=whole_number)
    select, search, order = media_service.select_media(vendor_id=vendor_id, with_platform=True)
    owners = [("own", _("The vendor's")), ("platform", _("The platform's"))]
    owned = Filter(
        "owner", _("Whose"), lambda owner: media_service.owned_by(owner, vendor_id=vendor_id), choices=owners
    )
    table = Table.from_select(
        db.session(),
        select,
        columns=[Column("created_at", _("Added"), order)],
        search=search,
        filters=[owned] if vendor_id else [],
        default_sort="-created_at",
    )
    template = "cms/_picker_dialog.html" if is_fragment() else "cms/picker.html"
    return render_template(template, table=table, layout=current_layout())
