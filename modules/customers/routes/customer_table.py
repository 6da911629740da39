"""The table of customers, the same for admins and vendors."""

from typing import Any

from sqlalchemy.orm import Session

from modules.customers.schemas.country import country_name
from modules.customers.services import listing_service, record_service
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.web.csv_export import export_table
from wizamart.web.tables import Column, Filter, Table


def load_table(session: Session, *, vendor_id: int | None = None) -> Table:
    """Read the page of the table that the query string asks for."""
    return Table.from_select(session, **_options(session, vendor_id=vendor_id))


def export(session: Session, *, vendor_id: int | None = None) -> Any:
    """Return all rows of the table as CSV."""
    return export_table(session, filename="customers.csv", **_options(session, vendor_id=vendor_id))


def _options(session: Session, *, vendor_id: int | None) -> dict[str, Any]:
    listing = listing_service.build_listing(vendor_id=vendor_id)
    countries = [(code, country_name(code)) for code in listing_service.list_countries(session)]
    tags = [(name, name) for name in record_service.list_tag_names(session, vendor_id=vendor_id)]
    return {
        "select": listing.select,
        "columns": [
            Column("name", lazy_gettext("Name"), listing.name),
            Column("email", lazy_gettext("E-mail address"), listing.email),
            Column("phone", lazy_gettext("Phone")),
            Column("country", lazy_gettext("Country"), listing.country),
            Column("marketing_consent", lazy_gettext("News by e-mail")),
            Column("created_at", lazy_gettext("Customer since"), listing.created_at),
        ],
        "search": listing.search,
        "filters": [
            Filter("tag", _("Any tag"), listing.tagged, choices=tags),
            Filter("consent", _("News by e-mail"), listing.consent, kind="bool"),
            Filter(
                "country", _("All countries"), listing.country, choices=sorted(countries, key=lambda c: c[1])
            ),
        ],
        "default_sort": "-created_at",
    }
