"""What only admins do with customers: one person's data, anonymising, merging."""

from typing import Any

from modules.customers.routes import merge_pages, privacy_pages
from modules.customers.routes.area import ADMIN
from modules.customers.routes.blueprints import admin
from wizamart.permissions import requires


@admin.get("/customers/<int:customer_id>/data.json")
@requires("customers:customer:export")
def customer_data(customer_id: int) -> Any:
    """Download what is kept about one person."""
    return privacy_pages.download(customer_id)


@admin.get("/customers/<int:customer_id>/anonymisation")
@requires("customers:customer:anonymise")
def anonymisation_new(customer_id: int) -> str:
    """Say what anonymising means, and ask."""
    return privacy_pages.ask(ADMIN, customer_id)


@admin.post("/customers/<int:customer_id>/anonymisation")
@requires("customers:customer:anonymise")
def anonymisation_create(customer_id: int) -> Any:
    """Take the person out of the row."""
    return privacy_pages.anonymise(ADMIN, customer_id)


@admin.get("/customer-duplicates")
@requires("customers:customer:merge")
def duplicate_list() -> str:
    """List customers who may be one person."""
    return merge_pages.show_suggestions(ADMIN)


@admin.post("/customers/<int:customer_id>/distinction/<int:other_id>")
@requires("customers:customer:merge")
def duplicate_dismiss(customer_id: int, other_id: int) -> Any:
    """Note that two customers are two people."""
    return merge_pages.dismiss(ADMIN, customer_id, other_id)


@admin.get("/customers/<int:customer_id>/merging")
@requires("customers:customer:merge")
def merge_choose(customer_id: int) -> str:
    """Ask whom a customer shall be merged with."""
    return merge_pages.choose(ADMIN, customer_id)


@admin.get("/customers/<int:customer_id>/merging/<int:other_id>")
@requires("customers:customer:merge")
def merge_new(customer_id: int, other_id: int) -> str:
    """Show what would be left of two customers."""
    return merge_pages.preview(ADMIN, customer_id, other_id)


@admin.post("/customers/<int:customer_id>/merging/<int:other_id>")
@requires("customers:customer:merge")
def merge_create(customer_id: int, other_id: int) -> Any:
    """Make one customer of two."""
    return merge_pages.merge(ADMIN, customer_id, other_id)
