"""The cookie of a cart: the token of its row, signed, one for each shop; set only where something was put in."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Final

from flask import Response, current_app, request
from flask_login import current_user
from itsdangerous import BadSignature, URLSafeSerializer

from modules.orders.services import cart_service
from wizamart.config import Settings
from wizamart.platform_context import current_platform
from wizamart.web.portal import current_vendor_id

SALT: Final = "orders.cart"
SECONDS: Final = 366 * 24 * 3600


def current_holder() -> cart_service.Holder:
    """Return whose cart the request is about."""
    user_id = current_user.id if current_user.is_authenticated else None
    return cart_service.Holder(current_platform.id, current_vendor_id(), _sent_token(), user_id)


def keep(response: Response, token: str) -> Response:
    """Let the browser find its cart again."""
    response.set_cookie(
        _name(),
        _signer().dumps(token),
        max_age=SECONDS,
        path="/",
        httponly=True,
        secure=_settings().is_production,
        samesite="Lax",
    )
    return response


def _sent_token() -> str | None:
    try:
        token = _signer().loads(request.cookies.get(_name(), ""))
    except BadSignature:
        return None
    return token if isinstance(token, str) else None


def _name() -> str:
    prefix = "__Host-" if _settings().is_production else ""
    return f"{prefix}cart-{current_platform.id}-{current_vendor_id() or 0}"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt=SALT)


def _settings() -> Settings:
    settings: Settings = current_app.extensions["settings"]
    return settings
