"""Imports of customers as both portals show them."""

from collections.abc import Sequence
from typing import Any, ClassVar

from flask import request

from modules.customers.routes.area import current_area
from modules.customers.routes.blueprints import admin, vendor
from modules.customers.schemas.import_columns import ImportField
from modules.customers.services import import_service
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import current_locale, gettext as _, lazy_gettext
from wizamart.imports import Importer
from wizamart.permissions import requires
from wizamart.web.htmx import go_to
from wizamart.web.import_pages import ImportPages, Words
from wizamart.web.tables import Column


class CustomerImportPages(ImportPages):
    """What is said of imports of customers."""

    resource = "customers:import"
    words = Words(
        title=lazy_gettext("Imports of customers"),
        upload_title=lazy_gettext("Import customers"),
        empty=lazy_gettext(
            "Bring your customers with you: the exports of Shopify, Spree and most others are read as they are."
        ),
        created=lazy_gettext("New customers"),
        updated=lazy_gettext("Changed customers"),
        unchanged=lazy_gettext("Unchanged customers"),
        done=lazy_gettext("New and changed customers are in your list."),
        to_result=lazy_gettext("To the customers"),
    )
    columns = (Column("email", ImportField.EMAIL.label), Column("name", ImportField.NAME.label))
    result = ("customer_list", "users")
    parts: ClassVar = {
        "above_list": "customers/shared/_import_tabs.html",
        "help": "customers/shared/_import_help.html",
        "choices": "customers/shared/_import_choices.html",
        "lines": "customers/shared/_import_columns.html",
    }

    @property
    def importer(self) -> Importer:
        """Return the one of this module."""
        return import_service.CUSTOMER_FILES

    def context(self) -> dict[str, Any]:
        """Return the portal, and what columns can fill."""
        return {"area": current_area(), "fields": ImportField}

    def breadcrumbs(self) -> list[tuple[Any, str]]:
        """Return the way from the customers."""
        return [(_("Customers"), self.url("customer_list")), (_("Imports"), self.url("import_list"))]

    def facts_of(self, row: Any) -> Sequence[tuple[str, Any]]:
        """Return who agreed to news, and where."""
        return ((_("Agreed to news"), row.consents), (_("Source of the consent"), row.consent_source))

    def has_news(self, row: Any) -> bool:
        """Tell whether anything is new, which a consent may be."""
        return super().has_news(row) or bool(row.consents and row.counts.get("unchanged", 0))

    def read_choices(self) -> dict[str, Any]:
        """Return where people agreed to news."""
        return {"consent_source": request.form.get("consent_source", "").strip()[:200]}


PAGES = CustomerImportPages()
PAGES.mount(admin, vendor, path="/customer-imports")


@admin.post("/customer-imports/<int:import_id>/columns")
@vendor.post("/customer-imports/<int:import_id>/columns")
@requires("customers:import:create")
def import_columns(import_id: int) -> Any:
    """Read the file again with the fields that were chosen."""
    row = PAGES.get(import_id)
    fields = [request.form.get(f"column-{number}", "") for number in range(len(row.columns))]
    try:
        import_service.choose_columns(db.session(), row, fields, locale=str(current_locale()))
    except InvalidInput as error:
        return PAGES.show(import_id, error.errors), 422
    return go_to(PAGES.url("import_detail", import_id=row.id))
