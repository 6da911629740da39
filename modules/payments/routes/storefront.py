"""Where providers send their messages."""

from flask import Response, request

from modules.payments.services import webhook_service
from wizamart import clock
from wizamart.auth.csrf import csrf
from wizamart.database import db
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import public

bp = module_blueprint("payments", FrontendType.STOREFRONT)


@bp.post("/payments/webhooks/<public_id>")
@public
@csrf.exempt  # a provider has no cookie; its signature is verified instead
def webhook_create(public_id: str) -> Response:
    """Store a message of a provider; it is handled after the answer."""
    webhook_service.receive(
        db.session(), public_id, dict(request.headers), request.get_data(), at=clock.now()
    )
    return Response(status=204)
