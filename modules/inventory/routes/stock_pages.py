"""What the pages of stock and locations show, the same for vendors and admins."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from modules.inventory.schemas.states import MovementKind
from modules.inventory.services import (
    ledger_service,
    listing_service,
    location_service,
    reservation_service,
    stock_service,
)
from wizamart.i18n import lazy_gettext as _
from wizamart.platform_context import current_platform
from wizamart.platforms import list_vendors
from wizamart.web.tables import Column, Filter, Table


def read_stock(session: Session, product: Any) -> dict[str, Any]:
    """Return a product's levels by variant and location, and a page of its ledger."""
    levels = {
        (level.variant_id, level.location_id): level for level in stock_service.list_levels(session, product)
    }
    locations = [
        location
        for location in location_service.list_locations(session, vendor_id=product.vendor_id)
        if location.is_default or any(place == location.id for _variant, place in levels)
    ]
    used = {variant_id for (variant_id, _place), level in levels.items() if level.on_hand or level.reserved}
    ledger = _ledger(session, product, locations)
    shown = [one for one in product.variants if one.archived_at is None or one.id in used]
    return {
        "levels": levels,
        "locations": locations,
        "variants": shown,
        "reservations": reservation_service.list_open(session, product.id),
        "table": ledger,
        "kind_labels": {kind.value: kind.label for kind in MovementKind},
    }


def _ledger(session: Session, product: Any, locations: Sequence[Any]) -> Table:
    """Return a page of a product's ledger."""
    sorts = ledger_service.SORTS
    kinds = [(kind.value, kind.label) for kind in MovementKind]
    places = [(location.id, location.name) for location in locations]
    return Table.from_select(
        session,
        ledger_service.select_movements(product.id),
        columns=[
            Column("at", _("When"), sort=sorts["at"]),
            Column("variant", _("Variant")),
            Column("kind", _("What happened"), sort=sorts["kind"]),
            Column("location", _("Location")),
            Column("quantity", _("Quantity"), sort=sorts["quantity"], align="end"),
            Column("balance", _("Balance"), align="end"),
            Column("reason", _("Reason")),
        ],
        filters=[
            Filter(
                "kind",
                _("Any movement"),
                ledger_service.KIND,
                choices=kinds,
            ),
            Filter(
                "place",
                _("Any location"),
                ledger_service.LOCATION,
                choices=places,
            ),
        ],
        default_sort="-at",
    )


def read_location_table(session: Session, *, with_vendors: bool) -> Table:
    """Return the table of locations."""
    sorts = listing_service.LOCATION_SORTS
    columns = [
        Column("name", _("Name"), sort=sorts["name"]),
        Column("kind", _("Kind"), sort=sorts["kind"]),
        Column("address", _("Address"), sort=sorts["city"]),
        Column("pieces", _("Pieces"), align="end"),
    ]
    filters = []
    if with_vendors:
        choices = list_vendors(session, current_platform.id)
        filters = [Filter("vendor", _("Any vendor"), listing_service.LOCATION_VENDOR, choices=choices)]
        columns.insert(1, Column("vendor", _("Vendor")))
    return Table.from_select(
        session,
        listing_service.select_locations(),
        columns=columns,
        filters=filters,
        search=listing_service.LOCATION_SEARCH,
        default_sort="name",
    )
