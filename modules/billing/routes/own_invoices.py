"""A vendor's invoices."""

from typing import Any

from flask import render_template

from modules.billing.routes import invoice_table
from modules.billing.routes.blueprints import vendor as bp
from modules.billing.services import invoice_service, listing_service
from wizamart import clock
from wizamart.database import db
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.exports import export_table
from wizamart.web.tables import Table


@bp.get("/invoices")
@requires("billing:invoice:read")
def invoice_list() -> str:
    """Show the vendor's invoices."""
    day = invoice_service.today(db.session(), current_platform.id, clock.now())
    options = invoice_table.options(day, with_vendor=False)
    table = Table.from_select(db.session(), listing_service.invoices(), **options)
    return render_template("billing/vendor/invoice_list.html", table=table, day=day)


@bp.get("/invoices.csv")
@requires("billing:invoice:read")
def invoice_export() -> Any:
    """Download the vendor's invoices."""
    day = invoice_service.today(db.session(), current_platform.id, clock.now())
    options = invoice_table.export_options(day)
    return export_table(db.session(), listing_service.invoices(), name="invoices", **options)


@bp.get("/invoices/<int:invoice_id>")
@requires("billing:invoice:read")
def invoice_detail(invoice_id: int) -> str:
    """Show one invoice, ready to be printed."""
    invoice = invoice_service.get_invoice(db.session(), invoice_id)
    day = invoice_service.today(db.session(), current_platform.id, clock.now())
    return render_template("billing/vendor/invoice_detail.html", invoice=invoice, day=day)
