"""The address that proves where a host name leads: whoever opens it came through that host."""

from flask import render_template, request, url_for

from modules.tenancy.routes.blueprints import storefront as bp
from modules.tenancy.routes.context import Page
from modules.tenancy.services import host_service
from wizamart import clock
from wizamart.database import db
from wizamart.permissions import public
from wizamart.platform_context import current_platform
from wizamart.web.htmx import go_to

__all__ = ["bp"]


@bp.get("/host-verification/<token>")
@public
def host_verification(token: str) -> Page:
    """Say that this host leads here, and offer to note it: looking alone changes nothing."""
    host = host_service.get_by_token(db.session(), current_platform.id, token=token, asked_host=_asked_host())
    return render_template("tenancy/storefront/host_verification.html", host=host, token=token)


@bp.post("/host-verification/<token>")
@public
def host_verify(token: str) -> Page:
    """Note that the host leads here."""
    session = db.session()
    host = host_service.get_by_token(session, current_platform.id, token=token, asked_host=_asked_host())
    host_service.verify(session, host, at=clock.now())
    return go_to(url_for("tenancy_storefront.host_verification", token=token))


def _asked_host() -> str:
    return request.host.partition(":")[0].lower()
