"""The table of customers, the same for admins and vendors, for all of them and for those of a segment."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers.exceptions import SegmentIncomplete
from modules.customers.routes.area import Area
from modules.customers.schemas.import_columns import ImportField
from modules.customers.schemas.segment import Match
from modules.customers.services import listing_service, record_service, segment_service
from wizamart import clock
from wizamart.countries import country_name
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.platform_context import current_platform
from wizamart.web.exports import export_table
from wizamart.web.tables import Column, Filter, Table

# What stands in the address columns of the export, in the words that an import knows.
ADDRESS_FIELDS = (
    ImportField.COMPANY,
    ImportField.LINE1,
    ImportField.LINE2,
    ImportField.POSTAL_CODE,
    ImportField.CITY,
)


def load_table(session: Session, area: Area, *, condition: Any = None) -> Table:
    """Read the page of the table that the query string asks for; with `condition` of a segment's customers."""
    return Table.from_select(session, **_options(session, area, condition=condition))


def export(session: Session, area: Area, *, condition: Any = None, name: str = "customers") -> Any:
    """Return all rows of the table as a file; as CSV, an import reads it again."""
    options = _options(session, area, condition=condition)
    options["select"] = listing_service.with_details(options["select"])
    return export_table(session, name=name, more_columns=_export_columns(area.vendor_id), **options)


def _options(session: Session, area: Area, *, condition: Any) -> dict[str, Any]:
    listing = listing_service.build_listing(vendor_id=area.vendor_id)
    select = listing.select if condition is None else listing.select.where(condition)
    columns = [
        Column("name", ImportField.NAME.label, listing.name),
        Column("email", ImportField.EMAIL.label, listing.email),
        Column("phone", ImportField.PHONE.label),
        Column("country", ImportField.COUNTRY.label, listing.country),
        Column("marketing_consent", ImportField.CONSENT.label),
        Column("created_at", lazy_gettext("Customer since"), listing.created_at),
    ]
    if not area.is_admin:  # who shares a customer with others sees no more of them than it needs
        columns = [column for column in columns if column.key != "phone"]
    return {
        "select": select,
        "columns": columns,
        "search": listing.search if area.is_admin else listing.search[:2],
        "filters": _filters(session, area, listing, has_segments=condition is None),
        "default_sort": "-created_at",
    }


def _filters(session: Session, area: Area, listing: Any, *, has_segments: bool) -> list[Filter]:
    countries = [
        (code, country_name(code))
        for code in listing_service.list_countries(session, vendor_id=area.vendor_id)
    ]
    tags = [(name, name) for name in record_service.list_tag_names(session, vendor_id=area.vendor_id)]
    segments = segment_service.list_segments(session, vendor_id=area.vendor_id) if has_segments else []

    def is_in_segment(chosen: str) -> Any:
        return segment_condition(session, area, next(one for one in segments if str(one.id) == chosen))

    return [
        *(
            [
                Filter(
                    "segment",
                    _("Any segment"),
                    is_in_segment,
                    choices=[(one.id, one.name) for one in segments],
                )
            ]
            if segments
            else []
        ),
        Filter("tag", _("Any tag"), listing.tagged, choices=tags),
        Filter("consent", _("News by e-mail"), listing.consent, kind="bool"),
        Filter("country", _("All countries"), listing.country, choices=sorted(countries, key=lambda c: c[1])),
    ]


def segment_condition(session: Session, area: Area, segment: Any) -> Any:
    """Return the condition of a segment; of one that cannot be asked now nobody is a member."""
    platform_id, vendor_id = current_platform.id, area.vendor_id
    try:
        return segment_service.build_condition(
            segment_service.choices_of(segment),
            Match(segment.match),
            segment_service.list_rules(session, platform_id=platform_id, vendor_id=vendor_id),
            segment_service.make_context(
                session, platform_id=platform_id, vendor_id=vendor_id, at=clock.now()
            ),
        )
    except SegmentIncomplete:
        return sa.false()


def _export_columns(vendor_id: int | None) -> list[Column]:
    def tags(row: Any) -> str:
        return ", ".join(tag.name for tag in row.tags if tag.vendor_id == vendor_id)

    def of_address(field: ImportField) -> Any:
        if vendor_id is not None:
            return lambda row: getattr(row.shipping_address, field, "") if row.owner_vendor_id else ""
        return lambda row: getattr(row.shipping_address, field, "")

    return [
        Column("locale", ImportField.LANGUAGE.label),
        Column("tags", ImportField.TAGS.label, value=tags),
        *(Column(field.value, field.label, value=of_address(field)) for field in ADDRESS_FIELDS),
    ]
