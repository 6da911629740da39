"""Who sees details: whoever has the operator token, or is signed in as a super admin."""

import hmac
from typing import cast

from flask import current_app, request
from flask_login import current_user
from sqlalchemy.exc import OperationalError

from wizamart.config import Settings


def is_operator() -> bool:
    """Say whether the request comes from an operator."""
    return _has_operator_token() or _is_super_admin()


def _has_operator_token() -> bool:
    token = cast("Settings", current_app.extensions["settings"]).operator_token
    given = request.authorization
    if token is None or given is None or given.type != "bearer" or not given.token:
        return False
    return hmac.compare_digest(given.token.encode(), token.get_secret_value().encode())


def _is_super_admin() -> bool:
    if not hasattr(current_app, "login_manager"):
        return False
    try:
        return _is_signed_in_super_admin()
    except OperationalError:
        return False  # the health of a database that is away can be asked for without it


def _is_signed_in_super_admin() -> bool:
    return bool(current_user.is_authenticated and getattr(current_user, "is_super_admin", False))
