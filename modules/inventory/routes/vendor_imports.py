"""The vendor's imports of catalogue files, and the catalogue as a file."""

from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urljoin

import flask
from flask import request, url_for

from modules.inventory.routes.blueprints import vendor as bp
from modules.inventory.services import export_formats, export_service, import_service, location_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _, lazy_gettext
from wizamart.imports import Importer
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.platform_context import current_vendor
from wizamart.web.csv_export import csv_response
from wizamart.web.import_pages import ImportPages, Words
from wizamart.web.tables import Column


def _product_of(line: Any) -> str:
    return line.title or ("" if line.group_key.startswith("?") else line.group_key)


class CatalogueImportPages(ImportPages):
    """What is said of imports of catalogues."""

    resource = "inventory:import"
    feature = "inventory.imports"
    words = Words(
        title=lazy_gettext("Imports"),
        upload_title=lazy_gettext("Import a file"),
        empty=lazy_gettext(
            "Bring your catalogue with you: files of Shopify, WooCommerce, Spree and Google Merchant Center are read "
            "as they are."
        ),
        created=lazy_gettext("New lines"),
        updated=lazy_gettext("Changed lines"),
        unchanged=lazy_gettext("Unchanged lines"),
        done=lazy_gettext("New and changed lines are in your catalogue."),
        to_result=lazy_gettext("To the products"),
    )
    columns = (
        Column("sku", lazy_gettext("SKU")),
        Column("title", lazy_gettext("Product"), value=_product_of),
    )
    unbroken = ("sku",)
    result = ("product_list", "package")
    parts: ClassVar = {
        "below_list": "inventory/vendor/_export.html",
        "upload_fields": "inventory/vendor/_import_location.html",
        "help": "inventory/vendor/_import_help.html",
    }

    @property
    def importer(self) -> Importer:
        """Return the one of this module."""
        return import_service.CATALOGUE_FILES

    def context(self) -> dict[str, Any]:
        """Return the formats of exports."""
        return {"formats": export_formats.FORMATS}

    def upload_context(self) -> dict[str, Any]:
        """Return where stock can be put."""
        locations = location_service.list_locations(db.session())
        return {"location_choices": [(one.id, one.name) for one in locations]}

    def read_upload(self) -> dict[str, Any]:
        """Return the location, that of the vendor if none was chosen.

        :raises LocationNotFound: when there is none with the id that was sent.
        """
        session = db.session()
        chosen = request.form.get("location_id", type=whole_number)
        if chosen:
            return {"location_id": location_service.get_location(session, chosen).id}
        place = location_service.get_default_location(session, vendor_id=current_vendor.id, at=clock.now())
        return {"location_id": place.id}

    def facts_of(self, row: Any) -> Sequence[tuple[str, Any]]:
        """Return the format."""
        return ((_("Format"), import_service.name_of_format(row.format)),)


CatalogueImportPages().mount(bp, path="/imports")


@bp.get("/exports/<any(own, woocommerce, shopify, google):code>")
@requires("inventory:product:read")
def export_file(code: str) -> flask.Response:
    """Send the catalogue as a file of this kind."""
    known = export_formats.FORMATS[code]
    rows = export_service.list_export_rows(
        db.session(),
        vendor_id=current_vendor.id,
        code=code,
        address_of=lambda product: url_for(
            "inventory_storefront.product_detail", slug=product.slug, _external=True
        ),
        picture_of=lambda address: urljoin(request.host_url, address),
    )
    columns = [Column(name, name, value=lambda row, name=name: row[name]) for name in known.columns]
    return csv_response(f"{code}-{current_vendor.code}", columns, rows, delimiter=known.delimiter)
