"""What a page was: its versions, the differences between any two, and the way back."""

from typing import Any

from flask import flash, render_template, request, url_for

from modules.cms.routes.blueprints import in_portals
from modules.cms.routes.labels import FIELDS
from modules.cms.routes.tenant import author, get_page
from modules.cms.services import differences, page_service, revision_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _, language_name
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout


@in_portals("/pages/<int:page_id>/versions", "GET")
@requires("cms:page:read")
def revision_list(page_id: int) -> str:
    """List what a page was."""
    page = get_page(page_id)
    return render_template(
        "cms/revision_list.html",
        page=page,
        revisions=revision_service.list_revisions(db.session(), page),
        layout=current_layout(),
    )


@in_portals("/pages/<int:page_id>/versions/<int:number>", "GET")
@requires("cms:page:read")
def revision_detail(page_id: int, number: int) -> str:
    """Show what a version changed, or with `against` how it differs from another; side by side or in lines."""
    session, page = db.session(), get_page(page_id)
    revision = revision_service.get_revision(session, page, number)
    against = request.args.get("against", type=whole_number) or max(number - 1, 0)
    before = revision_service.get_revision(session, page, against).content if against else {}
    return render_template(
        "cms/revision_detail.html",
        page=page,
        revision=revision,
        against=against,
        numbers=range(page.version, 0, -1),
        is_side_by_side=request.args.get("view") == "sides",
        differences=differences.differences(before, revision.content),
        fields=FIELDS,
        language_name=language_name,
        layout=current_layout(),
    )


@in_portals("/pages/<int:page_id>/versions/<int:number>/restoration", "POST")
@requires("cms:page:update")
def revision_restore(page_id: int, number: int) -> Any:
    """Go back to a version."""
    page = get_page(page_id)
    page_service.restore(db.session(), page, number, author=author(), at=clock.now())
    flash(_("Version %(number)s was restored.", number=number), "success")
    return go_to(url_for(".page_edit", page_id=page.id))
