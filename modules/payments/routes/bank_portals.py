"""The pages of bank statements and transfers, each of them in the admin's portal and in the vendor's."""

from typing import Any

from modules.payments.routes import entry_pages, statement_pages, transfer_pages
from modules.payments.routes.area import current_area
from modules.payments.routes.blueprints import admin, vendor
from wizamart.permissions import requires


@admin.get("/bank-statements")
@vendor.get("/bank-statements")
@requires("payments:statement:read")
def statement_list() -> str:
    """Show the uploaded statements."""
    return statement_pages.show_list(current_area())


@admin.get("/bank-statements/new")
@vendor.get("/bank-statements/new")
@requires("payments:statement:create")
def statement_new() -> str:
    """Ask for a file."""
    return statement_pages.show_new(current_area())


@admin.post("/bank-statements")
@vendor.post("/bank-statements")
@requires("payments:statement:create")
def statement_create() -> Any:
    """Look through a file."""
    return statement_pages.create(current_area())


@admin.get("/bank-statements/<int:statement_id>")
@vendor.get("/bank-statements/<int:statement_id>")
@requires("payments:statement:read")
def statement_detail(statement_id: int) -> str:
    """Show one statement."""
    return statement_pages.show(current_area(), statement_id)


@admin.post("/bank-statements/<int:statement_id>/columns")
@vendor.post("/bank-statements/<int:statement_id>/columns")
@requires("payments:statement:create")
def statement_columns_update(statement_id: int) -> Any:
    """Take what the columns mean."""
    return statement_pages.set_columns(current_area(), statement_id)


@admin.post("/bank-statements/<int:statement_id>/intake")
@vendor.post("/bank-statements/<int:statement_id>/intake")
@requires("payments:statement:create")
def statement_take_in(statement_id: int) -> Any:
    """Take a statement in."""
    return statement_pages.take_in(current_area(), statement_id)


@admin.post("/bank-statements/<int:statement_id>/removal")
@vendor.post("/bank-statements/<int:statement_id>/removal")
@requires("payments:statement:create")
def statement_delete(statement_id: int) -> Any:
    """Discard a file that was not taken in."""
    return statement_pages.delete(current_area(), statement_id)


@admin.get("/bank-entries")
@vendor.get("/bank-entries")
@requires("payments:statement:read")
def entry_list() -> str:
    """Show the entries of all statements."""
    return statement_pages.show_entries(current_area())


@admin.get("/bank-entries/<int:entry_id>")
@vendor.get("/bank-entries/<int:entry_id>")
@requires("payments:statement:read")
def entry_detail(entry_id: int) -> str:
    """Show one entry."""
    return entry_pages.show(current_area(), entry_id)


@admin.post("/bank-entries/<int:entry_id>/match")
@vendor.post("/bank-entries/<int:entry_id>/match")
@requires("payments:statement:update")
def entry_match(entry_id: int) -> Any:
    """Match an entry with a payment."""
    return entry_pages.match(current_area(), entry_id)


@admin.post("/bank-entries/<int:entry_id>/unmatching")
@vendor.post("/bank-entries/<int:entry_id>/unmatching")
@requires("payments:statement:update")
def entry_unmatch(entry_id: int) -> Any:
    """Undo a match."""
    return entry_pages.unmatch(current_area(), entry_id)


@admin.post("/bank-entries/<int:entry_id>/setting-aside")
@vendor.post("/bank-entries/<int:entry_id>/setting-aside")
@requires("payments:statement:update")
def entry_set_aside(entry_id: int) -> Any:
    """Set an entry aside."""
    return entry_pages.set_aside(current_area(), entry_id)


@admin.post("/bank-entries/<int:entry_id>/restoring")
@vendor.post("/bank-entries/<int:entry_id>/restoring")
@requires("payments:statement:update")
def entry_restore(entry_id: int) -> Any:
    """Take an entry back."""
    return entry_pages.restore(current_area(), entry_id)


@admin.get("/transfers")
@vendor.get("/transfers")
@requires("payments:transfer:read")
def transfer_list() -> str:
    """Show the transfers to make."""
    return transfer_pages.show_list(current_area())


@admin.post("/transfers.xml")
@vendor.post("/transfers.xml")
@requires("payments:transfer:update")
def transfer_file_create() -> Any:
    """Download orders to the bank."""
    return transfer_pages.write_file(current_area())


@admin.get("/transfers/<int:attempt_id>/edit")
@vendor.get("/transfers/<int:attempt_id>/edit")
@requires("payments:transfer:update")
def transfer_edit(attempt_id: int) -> str:
    """Ask who gets a transfer."""
    return transfer_pages.show_edit(current_area(), attempt_id)


@admin.post("/transfers/<int:attempt_id>/edit")
@vendor.post("/transfers/<int:attempt_id>/edit")
@requires("payments:transfer:update")
def transfer_update(attempt_id: int) -> Any:
    """Say who gets a transfer."""
    return transfer_pages.update(current_area(), attempt_id)


@admin.post("/transfers/<int:attempt_id>/completion")
@vendor.post("/transfers/<int:attempt_id>/completion")
@requires("payments:transfer:update")
def transfer_settle(attempt_id: int) -> Any:
    """Write down what became of a transfer."""
    return transfer_pages.settle(current_area(), attempt_id)
