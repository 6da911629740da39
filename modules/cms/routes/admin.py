"""Pages of admins: the platform's pages, pictures and look."""

from typing import Any

from flask import Response, render_template

from modules.cms.routes import media_pages, page_pages, theme_pages
from modules.cms.schemas.page import PageForm
from modules.cms.services import media_service, page_service, revision_service
from wizamart import clock
from wizamart.database import db
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import requires
from wizamart.web.forms import SchemaForm

bp = module_blueprint("cms", FrontendType.ADMIN)


def _page(page_id: int) -> Any:
    return page_service.get_page(db.session(), page_id)


def _media(media_id: int) -> Any:
    return media_service.get_media(db.session(), media_id)


@bp.get("/pages")
@requires("cms:page:read")
def page_list() -> str:
    """List the platform's pages."""
    session, now = db.session(), clock.now()
    return render_template(
        "cms/admin/page_list.html",
        pages=page_service.list_pages(session),
        now=now,
        endpoints="cms_admin",
    )


@bp.get("/pages/new")
@requires("cms:page:create")
def page_new() -> Any:
    """Ask for a new page."""
    return page_pages.show_editor("admin", SchemaForm(PageForm), db.session())


@bp.post("/pages")
@requires("cms:page:create")
def page_create() -> Any:
    """Write a new page."""
    return page_pages.create("admin", db.session(), vendor_id=None)


@bp.post("/pages/preview")
@requires("cms:page:read")
def preview_show() -> str:
    """Render what is in the editor."""
    return page_pages.preview("admin", db.session(), vendor_id=None)


@bp.get("/pages/<int:page_id>/edit")
@requires("cms:page:update")
def page_edit(page_id: int) -> Any:
    """Show the editor."""
    return page_pages.edit("admin", db.session(), _page(page_id))


@bp.post("/pages/<int:page_id>")
@requires("cms:page:update")
def page_update(page_id: int) -> Any:
    """Change a page."""
    return page_pages.update("admin", db.session(), _page(page_id))


@bp.post("/pages/<int:page_id>/publication")
@requires("cms:page:publish")
def publication_create(page_id: int) -> Any:
    """Make a page public, now or later."""
    return page_pages.publish("admin", db.session(), _page(page_id))


@bp.post("/pages/<int:page_id>/publication/removal")
@requires("cms:page:publish")
def publication_delete(page_id: int) -> Any:
    """Make a page a draft again."""
    return page_pages.unpublish("admin", _page(page_id))


@bp.post("/pages/<int:page_id>/removal")
@requires("cms:page:delete")
def page_delete(page_id: int) -> Any:
    """Delete a page."""
    return page_pages.delete("admin", db.session(), _page(page_id))


@bp.get("/pages/<int:page_id>/versions")
@requires("cms:page:read")
def revision_list(page_id: int) -> str:
    """List what a page was."""
    page = _page(page_id)
    revisions = revision_service.list_revisions(db.session(), page)
    return render_template("cms/admin/revision_list.html", page=page, revisions=revisions)


@bp.get("/pages/<int:page_id>/versions/<int:number>")
@requires("cms:page:read")
def revision_detail(page_id: int, number: int) -> str:
    """Show what a version changed."""
    return page_pages.show_revision("admin", db.session(), _page(page_id), number)


@bp.post("/pages/<int:page_id>/versions/<int:number>/restoration")
@requires("cms:page:update")
def revision_restore(page_id: int, number: int) -> Any:
    """Go back to a version."""
    return page_pages.restore("admin", db.session(), _page(page_id), number)


@bp.get("/media")
@requires("cms:media:read")
def media_list() -> Any:
    """Show the library."""
    return media_pages.show_list("admin", db.session(), vendor_id=None)


@bp.post("/media")
@requires("cms:media:create")
def media_create() -> Any:
    """Add a picture."""
    return media_pages.create("admin", db.session(), vendor_id=None)


@bp.get("/media/<int:media_id>")
@requires("cms:media:read")
def media_detail(media_id: int) -> Any:
    """Show one picture."""
    return media_pages.show_detail("admin", db.session(), _media(media_id))


@bp.post("/media/<int:media_id>")
@requires("cms:media:update")
def media_update(media_id: int) -> Any:
    """Change the description of a picture."""
    return media_pages.update("admin", db.session(), _media(media_id))


@bp.post("/media/<int:media_id>/removal")
@requires("cms:media:delete")
def media_delete(media_id: int) -> Any:
    """Delete a picture."""
    return media_pages.delete("admin", db.session(), _media(media_id))


@bp.get("/theme")
@requires("cms:theme:read")
def theme_edit() -> Any:
    """Show the look of the shop."""
    return theme_pages.edit("admin", db.session(), vendor_id=None)


@bp.post("/theme")
@requires("cms:theme:update")
def theme_update() -> Any:
    """Change the look of the shop."""
    return theme_pages.update("admin", db.session(), vendor_id=None)


@bp.post("/theme/removal")
@requires("cms:theme:update")
def theme_reset() -> Any:
    """Go back to the usual look."""
    return theme_pages.reset("admin", db.session(), vendor_id=None)


@bp.post("/theme/preview")
@requires("cms:theme:read")
def theme_preview() -> Any:
    """Show a page as it would look."""
    return theme_pages.preview("admin", db.session(), vendor_id=None)


@bp.get("/theme/preview.css")
@requires("cms:theme:read")
def theme_preview_css() -> Response:
    """Return the style sheet of a look that is not saved."""
    return theme_pages.preview_css()
