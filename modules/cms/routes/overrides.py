"""Pages that a vendor shows in the place of the platform's."""

from typing import Any

from flask import flash, render_template, url_for

from modules.cms.routes.blueprints import vendor
from modules.cms.routes.labels import FIELDS
from modules.cms.routes.tenant import author, get_page
from modules.cms.services import differences, page_service, revision_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _, language_name
from wizamart.permissions import requires
from wizamart.platform_context import current_vendor
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout


@vendor.post("/pages/<int:page_id>/override")
@requires("cms:page:create")
def override_create(page_id: int) -> Any:
    """Begin a page of one's own as a copy of the platform's."""
    page = page_service.override(
        db.session(), page_id, vendor_id=current_vendor.id, author=author(), at=clock.now()
    )
    return go_to(url_for(".page_edit", page_id=page.id))


@vendor.get("/pages/<int:page_id>/override")
@requires("cms:page:read")
def override_detail(page_id: int) -> str:
    """Show how the vendor's page differs from the platform's as that is now."""
    page = get_page(page_id)
    source = page_service.get_source(db.session(), page)
    return render_template(
        "cms/override_detail.html",
        page=page,
        source=source,
        differences=differences.differences(
            revision_service.content_of(source), revision_service.content_of(page)
        ),
        is_side_by_side=True,
        fields=FIELDS,
        language_name=language_name,
        layout=current_layout(),
    )


@vendor.post("/pages/<int:page_id>/override/confirmation")
@requires("cms:page:update")
def override_confirm(page_id: int) -> Any:
    """Note that the vendor has seen what the platform changed, and keeps its own."""
    page = get_page(page_id)
    page_service.confirm_override(page, page_service.get_source(db.session(), page))
    flash(_("You keep your own page as it is."), "success")
    return go_to(url_for(".page_edit", page_id=page.id))
