"""The language switch: a link sets a cookie, a form also stores the choice of whoever is signed in.

Search engines send visitors to addresses that name their language (`?lang=fr`). What is linked there names none, so
that a page has one address for each language and no more: the cookie carries the language on instead.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Flask, g, redirect, request
from flask.globals import request_ctx
from flask_login import current_user
from werkzeug import Response
from werkzeug.exceptions import HTTPException

from wizamart.auth.links import asked_path
from wizamart.i18n import LOCALE_COOKIE, available_locales, locale_cookie
from wizamart.permissions import public
from wizamart.web.htmx import is_fragment

YEAR = 365 * 24 * 3600
PAGE = 200

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
        _set_cookie(response, wanted, current_user.id if current_user.is_authenticated else None)
    return response


def init_app(app: Flask) -> None:
    """Register the switch, and let who came to a page in a language stay in it."""
    app.register_blueprint(bp)

    @app.after_request
    def _stay(response: Response) -> Response:
        wanted = request.args.get("lang") if request.method == "GET" else None
        is_page = response.status_code == PAGE and response.mimetype == "text/html" and not is_fragment()
        if not wanted or not is_page or wanted not in dict(available_locales()):
            return response
        # Whoever was not asked for while the page was made is not looked up now, when the transaction has ended.
        user_id = getattr(g.get("_login_user"), "id", None)
        if request.cookies.get(LOCALE_COOKIE) != locale_cookie(wanted, user_id):
            _set_cookie(response, wanted, user_id)
            response.headers["Cache-Control"] = "no-store"  # a cookie is nobody else's
        return response


def _set_cookie(response: Response, wanted: str, user_id: int | None) -> None:
    response.set_cookie(
        LOCALE_COOKIE,
        locale_cookie(wanted, user_id),
        max_age=YEAR,
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )


def page_address() -> str:
    """Return the address of this page; of what was sent to an address that shows no page, where it was sent from."""
    if request.method == "GET" or _shows_page():
        return request.full_path
    sent_from = request.referrer or ""
    parts = urlsplit(sent_from if sent_from.startswith(request.url_root) else "/")
    if parts.path == f"{request.script_root}{request.path}":
        return "/"  # a form that was wrong twice was sent from here, where no page is
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _shows_page() -> bool:
    """Tell whether the address that something was sent to is that of a page, and not only of what takes all others."""
    adapter = request_ctx.url_adapter
    if adapter is None or request.url_rule is None:
        return False
    try:
        rule, _values = adapter.match(method="GET", return_rule=True)
    except HTTPException:
        return False
    return rule.rule == request.url_rule.rule


def _next_address() -> str:
    """Return the page to go back to, below the platform's prefix and without a `lang` that would win again."""
    parts = urlsplit(asked_path() or "/")
    query = urlencode([(name, text) for name, text in parse_qsl(parts.query) if name != "lang"])
    root = request.script_root
    path = parts.path if root and f"{parts.path}/".startswith(f"{root}/") else f"{root}{parts.path}"
    return f"{path}?{query}" if query else path
