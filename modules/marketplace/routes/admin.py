"""Admins see which vendors are connected; the connections themselves are the vendors'."""

from typing import Any

from flask import render_template

from modules.marketplace.services import connection_service
from wizamart.database import db
from wizamart.i18n import lazy_gettext
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import requires
from wizamart.web.exports import export_table
from wizamart.web.tables import Column, Filter, Table

bp = module_blueprint("marketplace", FrontendType.ADMIN)


@bp.get("/marketplace")
@requires("marketplace:connection:read")
def connection_list() -> str:
    """List the connections of the platform."""
    table = Table.from_select(db.session(), **_options())
    return render_template("marketplace/admin/connection_list.html", table=table)


@bp.get("/marketplace.csv")
@requires("marketplace:connection:read")
def connection_export() -> Any:
    """Download the list."""
    return export_table(db.session(), name="marketplace-connections", **_options())


def _options() -> dict[str, Any]:
    service = connection_service
    return {
        "select": service.select_all(),
        "columns": [
            Column("vendor", lazy_gettext("Vendor"), service.VENDOR_NAME, value=lambda row: row[1]),
            Column(
                "marketplace", lazy_gettext("Marketplace"), value=lambda row: service.adapter_of(row[0]).name
            ),
            Column("locales", lazy_gettext("Languages"), value=lambda row: " ".join(row[0].locales)),
            Column(
                "is_enabled", lazy_gettext("Feed"), service.IS_ENABLED, value=lambda row: row[0].is_enabled
            ),
            Column(
                "fetched",
                lazy_gettext("Last fetched"),
                service.LAST_FETCHED_AT,
                value=lambda row: row[0].last_fetched_at,
            ),
        ],
        "search": (service.VENDOR_NAME,),
        "filters": [Filter("enabled", lazy_gettext("Feed is offered"), service.IS_ENABLED, kind="bool")],
        "default_sort": "vendor",
    }
