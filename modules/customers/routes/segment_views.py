"""The pages of segments, each of them in the admin's portal and in the vendor's."""

from typing import Any

from modules.customers.routes import segment_pages
from modules.customers.routes.area import current_area
from modules.customers.routes.blueprints import admin, vendor
from wizamart.permissions import requires


@admin.get("/segments")
@vendor.get("/segments")
@requires("customers:segment:read")
def segment_list() -> str:
    """List the segments."""
    return segment_pages.show_list(current_area())


@admin.get("/segments/new")
@vendor.get("/segments/new")
@requires("customers:segment:create")
def segment_new() -> str:
    """Show an empty builder."""
    return segment_pages.show_new(current_area())


@admin.post("/segments/draft")
@vendor.post("/segments/draft")
@requires("customers:segment:read")
def segment_draft() -> str:
    """Show the builder again with a rule more or less, and how many customers there would be; keeps nothing."""
    return segment_pages.show_draft(current_area(), None)


@admin.post("/segments")
@vendor.post("/segments")
@requires("customers:segment:create")
def segment_create() -> Any:
    """Keep a new segment."""
    return segment_pages.create(current_area())


@admin.get("/segments/<int:segment_id>")
@vendor.get("/segments/<int:segment_id>")
@requires("customers:segment:read")
def segment_detail(segment_id: int) -> str:
    """Show who is in a segment."""
    return segment_pages.show(current_area(), segment_id)


@admin.get("/segments/<int:segment_id>/customers.csv")
@vendor.get("/segments/<int:segment_id>/customers.csv")
@requires("customers:customer:export")
def segment_export(segment_id: int) -> Any:
    """Download who is in a segment."""
    return segment_pages.export(current_area(), segment_id)


@admin.get("/segments/<int:segment_id>/edit")
@vendor.get("/segments/<int:segment_id>/edit")
@requires("customers:segment:update")
def segment_edit(segment_id: int) -> str:
    """Show the builder with a segment's rules."""
    return segment_pages.show_edit(current_area(), segment_id)


@admin.post("/segments/<int:segment_id>/draft")
@vendor.post("/segments/<int:segment_id>/draft")
@requires("customers:segment:read")
def segment_redraft(segment_id: int) -> str:
    """Show the builder of a segment again; keeps nothing."""
    return segment_pages.show_draft(current_area(), segment_id)


@admin.post("/segments/<int:segment_id>")
@vendor.post("/segments/<int:segment_id>")
@requires("customers:segment:update")
def segment_update(segment_id: int) -> Any:
    """Change a segment."""
    return segment_pages.update(current_area(), segment_id)


@admin.post("/segments/<int:segment_id>/removal")
@vendor.post("/segments/<int:segment_id>/removal")
@requires("customers:segment:delete")
def segment_delete(segment_id: int) -> Any:
    """Delete a segment."""
    return segment_pages.delete(current_area(), segment_id)
