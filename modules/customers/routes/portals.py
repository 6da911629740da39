"""The pages of customers and of tags, each of them in the admin's portal and in the vendor's."""

from typing import Any

from modules.customers.routes import customer_pages, tag_pages
from modules.customers.routes.area import current_area
from modules.customers.routes.blueprints import admin, vendor
from wizamart.permissions import requires


@admin.get("/customers")
@vendor.get("/customers")
@requires("customers:customer:read")
def customer_list() -> str:
    """List the customers."""
    return customer_pages.show_list(current_area())


@admin.get("/customers.csv")
@vendor.get("/customers.csv")
@requires("customers:customer:export")
def customer_export() -> Any:
    """Download the list."""
    return customer_pages.export(current_area())


@admin.get("/customers/new")
@vendor.get("/customers/new")
@requires("customers:customer:create")
def customer_new() -> str:
    """Ask for a new customer."""
    return customer_pages.show_new(current_area())


@admin.post("/customers")
@vendor.post("/customers")
@requires("customers:customer:create")
def customer_create() -> Any:
    """Create a customer."""
    return customer_pages.create(current_area())


@admin.get("/customers/<int:customer_id>")
@vendor.get("/customers/<int:customer_id>")
@requires("customers:customer:read")
def customer_detail(customer_id: int) -> Any:
    """Show a customer's profile."""
    return customer_pages.show_detail(current_area(), customer_id)


@admin.get("/customers/<int:customer_id>/edit")
@vendor.get("/customers/<int:customer_id>/edit")
@requires("customers:customer:update")
def customer_edit(customer_id: int) -> str:
    """Show the form with what is known."""
    return customer_pages.show_edit(current_area(), customer_id)


@admin.post("/customers/<int:customer_id>")
@vendor.post("/customers/<int:customer_id>")
@requires("customers:customer:update")
def customer_update(customer_id: int) -> Any:
    """Change a customer."""
    return customer_pages.update(current_area(), customer_id)


@admin.post("/customers/<int:customer_id>/notes")
@vendor.post("/customers/<int:customer_id>/notes")
@requires("customers:customer:update")
def note_create(customer_id: int) -> Any:
    """Write a note; a vendor's is seen by that vendor only."""
    return customer_pages.add_note(current_area(), customer_id)


@admin.post("/customers/<int:customer_id>/notes/<int:note_id>/removal")
@vendor.post("/customers/<int:customer_id>/notes/<int:note_id>/removal")
@requires("customers:customer:update")
def note_delete(customer_id: int, note_id: int) -> Any:
    """Delete a note."""
    return customer_pages.delete_note(current_area(), customer_id, note_id)


@admin.get("/customer-tags")
@vendor.get("/customer-tags")
@requires("customers:customer:read")
def tag_list() -> str:
    """List the tags in use."""
    return tag_pages.show_list(current_area())


@admin.get("/customer-tags/<int:tag_id>/edit")
@vendor.get("/customer-tags/<int:tag_id>/edit")
@requires("customers:customer:update")
def tag_edit(tag_id: int) -> str:
    """Ask for another name of a tag."""
    return tag_pages.show_edit(current_area(), tag_id)


@admin.post("/customer-tags/<int:tag_id>")
@vendor.post("/customer-tags/<int:tag_id>")
@requires("customers:customer:update")
def tag_update(tag_id: int) -> Any:
    """Rename a tag, or make one of two."""
    return tag_pages.update(current_area(), tag_id)


@admin.post("/customer-tags/<int:tag_id>/removal")
@vendor.post("/customer-tags/<int:tag_id>/removal")
@requires("customers:customer:update")
def tag_delete(tag_id: int) -> Any:
    """Take a tag off all customers."""
    return tag_pages.delete(current_area(), tag_id)
