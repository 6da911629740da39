"""The language switch: a link sets a cookie, a form also stores the choice of whoever is signed in."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, redirect, request
from flask_login import current_user
from werkzeug import Response

from wizamart.auth.links import asked_path
from wizamart.i18n import LOCALE_COOKIE, available_locales, locale_cookie
from wizamart.permissions import public

YEAR = 365 * 24 * 3600

bp = Blueprint("language", __name__)


@bp.get("/language")
@public
def choose() -> Response:
    """Show the portal in the language `lang` in this browser from now on."""
    return _go_on(_wanted())


@bp.post("/language")
@public
def store() -> Response:
    """Like the link, and keep it as the preference of whoever is signed in."""
    wanted = _wanted()
    if wanted and current_user.is_authenticated:
        current_user.locale = wanted
    return _go_on(wanted)


def _wanted() -> str | None:
    """Return the language asked for, if it is one that the platform offers."""
    wanted: str = request.values.get("lang", "")
    return wanted if wanted in dict(available_locales()) else None


def _go_on(wanted: str | None) -> Response:
    response = redirect(_next_address(), 303)
    if wanted:
        response.set_cookie(
            LOCALE_COOKIE,
            locale_cookie(wanted, current_user.id if current_user.is_authenticated else None),
            max_age=YEAR,
            secure=request.is_secure,
            httponly=True,
            samesite="Lax",
        )
    return response


def _next_address() -> str:
    """Return the page to go back to, below the platform's prefix and without a `lang` that would win again."""
    parts = urlsplit(asked_path() or "/")
    query = urlencode([(name, text) for name, text in parse_qsl(parts.query) if name != "lang"])
    root = request.script_root
    path = parts.path if root and f"{parts.path}/".startswith(f"{root}/") else f"{root}{parts.path}"
    return f"{path}?{query}" if query else path
