"""The documents of a customer's order, by the secret link of the order."""

from flask import Response

from modules.orders.routes.blueprints import storefront as bp
from modules.orders.routes.document_views import document_response
from modules.orders.services import document_service, order_service
from wizamart.database import db
from wizamart.permissions import public


@bp.get("/orders/<token>/documents/<int:document_id>.pdf")
@public
def document_download(token: str, document_id: int) -> Response:
    """Download an invoice or a credit note; whoever has the order's link may, and no search engine."""
    session = db.session()
    order = order_service.get_by_token(session, token)
    response = document_response(document_service.get_document_of(session, order, document_id))
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
