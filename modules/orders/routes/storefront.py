"""Pages of customers: their order, by its secret link."""

from flask import Response, make_response, render_template

from modules.orders.services import fulfilment_service, listing_service, note_service, order_service
from wizamart.database import db
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import public

bp = module_blueprint("orders", FrontendType.STOREFRONT)


@bp.get("/orders/<token>")
@public
def order_status(token: str) -> Response:
    """Show a customer where the order stands; whoever has the link may see it, and no search engine."""
    session = db.session()
    order = order_service.get_by_token(session, token)
    html = render_template(
        "orders/storefront/order_status.html",
        order=order,
        totals=order_service.compute_totals(order),
        milestones=note_service.list_milestones(session, order),
        notes=note_service.list_notes(session, order, for_customer=True),
        fulfilments=fulfilment_service.list_fulfilments(session, order),
        vendor_name=listing_service.get_vendor_name(session, order.vendor_id),
    )
    response = make_response(html)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
