"""Invoices, credit notes and packing slips: listed, issued, downloaded; for admins and vendors alike."""

from typing import Any, Final

from flask import Response, request, url_for
from werkzeug.utils import secure_filename

from modules.orders.routes import document_table
from modules.orders.routes.pages import act_and_return, is_admin, page, sent_step
from modules.orders.services import document_service, invoice_service, order_service, slip_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.web.htmx import go_to


@requires("orders:order:read")
def document_list() -> str:
    """List the invoices and credit notes."""
    table = document_table.load_table(db.session(), with_vendor=is_admin())
    return page("shared/document_list.html", table=table)


@requires("orders:order:read")
def document_export() -> Any:
    """Download the list, for whoever keeps the books."""
    return document_table.export(db.session(), with_vendor=is_admin())


@requires("orders:order:read")
def document_download(document_id: int) -> Response:
    """Download an invoice or a credit note."""
    return document_response(document_service.get_document(db.session(), document_id))


@requires("orders:invoice:create")
def invoice_create(order_id: int) -> Any:
    """Issue the invoice of an order."""
    session, step = db.session(), sent_step()
    return act_and_return(
        session,
        order_id,
        lambda: invoice_service.issue_invoice(session, order_id, step),
        _("The invoice is issued."),
    )


@requires("orders:order:read")
def packing_slip_download(order_id: int) -> Any:
    """Download the packing slip of what is to be sent, or of one parcel."""
    from modules.orders.documents import slip_pdf  # reportlab is loaded by whoever asks for a PDF

    session = db.session()
    order = order_service.get_order(session, order_id)
    if not order.lines:
        return go_to(url_for(".order_detail", order_id=order.id))
    parcel_id = request.args.get("parcel", type=whole_number)
    slip = slip_service.build_slip(session, order, parcel_id=parcel_id, at=clock.now())
    return pdf_response(slip_pdf.render(slip), f"packing-slip-{order.number}")


def document_response(document: Any) -> Response:
    """Return an invoice or a credit note as a download."""
    from modules.orders.documents import invoice_pdf  # see above

    return pdf_response(invoice_pdf.render(document), document.number)


def pdf_response(content: bytes, name: str) -> Response:
    """Return a PDF as a download that no cache between keeps."""
    response = Response(content, mimetype="application/pdf")
    filename = f"{secure_filename(name) or 'document'}.pdf"
    response.headers["Content-Disposition"] = f'attachment; filename="{filename}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


PAGES: Final = (
    ("GET", "/orders/documents", document_list),
    ("GET", "/orders/documents.csv", document_export),
    ("GET", "/orders/documents/<int:document_id>.pdf", document_download),
    ("POST", "/orders/<int:order_id>/invoice", invoice_create),
    ("GET", "/orders/<int:order_id>/packing-slip.pdf", packing_slip_download),
)
