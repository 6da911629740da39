"""One answer for every failure: a page, a fragment, or a problem document (RFC 9457), whatever was asked for."""

import logging
import re
from decimal import Decimal
from typing import Any, Final

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request, url_for
from flask.globals import request_ctx
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, InternalServerError, RequestEntityTooLarge
from werkzeug.routing import RequestRedirect

from wizamart.database import db, unit_of_work
from wizamart.exceptions import (
    FeatureClosed,
    InvalidInput,
    NotSignedIn,
    RuleViolation,
    TooManyRequests,
    Unavailable,
    WizamartError,
)
from wizamart.i18n import format_number, gettext as _, lazy_gettext
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.manager import current_manager
from wizamart.module_system.plan import StalePlan
from wizamart.permissions import NO_GRANTS, access_of
from wizamart.platform_context import request_context
from wizamart.web.access import current_state, enter_tenant, frontend_of
from wizamart.web.htmx import is_fragment
from wizamart.web.portal import current_layout

log = logging.getLogger(__name__)
CSRF_STATUS, NOT_FOUND, SERVER_ERROR = 400, 404, 500
PORTALS = ("/admin/", "/vendor/")
# A prefix that leads to no platform stays in the path.
API_PATH: Final = re.compile(r"(/platforms/[^/]*)?/api/")
# PostgreSQL: serialization_failure, deadlock_detected, lock_not_available.
BUSY_STATES = frozenset({"40001", "40P01", "55P03"})
# Its classes for a broken connection, exhausted resources and an operator who stops it.
AWAY_CLASSES = frozenset({"08", "53", "57"})

TITLES = {
    400: lazy_gettext("The request could not be understood"),
    401: lazy_gettext("Please sign in"),
    403: lazy_gettext("You do not have permission"),
    404: lazy_gettext("Page not found"),
    405: lazy_gettext("This cannot be done here"),
    409: lazy_gettext("The state has changed"),
    413: lazy_gettext("Too large"),
    415: lazy_gettext("This kind of content is not accepted"),
    422: lazy_gettext("Please correct your input"),
    429: lazy_gettext("Too many attempts"),
    500: lazy_gettext("Something went wrong"),
    503: lazy_gettext("Not available at the moment"),
}


def init_app(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(WizamartError, handle_expected)
    app.register_error_handler(FeatureClosed, handle_closed)
    app.register_error_handler(CSRFError, handle_csrf)
    app.register_error_handler(HTTPException, handle_http)
    app.register_error_handler(OperationalError, handle_busy)


def wants_json() -> bool:
    """Tell whether a problem document is wanted: on the API always, elsewhere if JSON is asked for."""
    if API_PATH.match(request.path):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json", "application/problem+json"])
    return best is not None and best != "text/html"


def handle_expected(error: WizamartError) -> Response:
    """Answer a failure that the code foresaw."""
    if isinstance(error, NotSignedIn) and not wants_json():
        return _send_to_sign_in()
    details: dict[str, Any] = {"code": error.code}
    if isinstance(error, InvalidInput) and error.errors:
        details["errors"] = error.errors
    if isinstance(error, StalePlan):
        details["plan"] = error.plan.as_dict()
    is_refused = isinstance(error, RuleViolation) and not isinstance(error, StalePlan)
    title = _("This cannot be done") if is_refused else None
    response = answer(error.status, str(error), details, title=title)
    if isinstance(error, TooManyRequests) and error.details.get("retry_after"):
        response.headers["Retry-After"] = str(int(error.details["retry_after"]))
    return response


def handle_closed(error: FeatureClosed) -> Response:
    """Say which tier opens what was asked for, and lead to where it is chosen whoever may go there."""
    details = {"code": error.code, "feature": error.details["feature"], "tier": error.details.get("tier")}
    title = _("Not part of your subscription")
    return answer(error.status, str(error), details, title=title, next_link=_subscription_link(error))


def _subscription_link(error: FeatureClosed) -> tuple[str, str] | None:
    endpoint = error.details.get("endpoint")
    access = access_of(current_app.view_functions[endpoint]) if endpoint else None
    if access is None:
        return None
    may_go = access.permission is None or access.permission in g.get("grants", NO_GRANTS).permissions
    return (url_for(str(endpoint)), _("See the subscription")) if may_go else None


def handle_csrf(_error: CSRFError) -> Response:
    """Answer a form without a token that holds: it is older than the session, or not ours."""
    message = _("This page was open for too long. Please go back, reload it and try again.")
    again = (_came_from(), _("Open the page again"))
    return answer(CSRF_STATUS, message, {"code": "csrf"}, title=_("This page has expired"), next_link=again)


def handle_busy(error: OperationalError) -> Response:
    """Ask for another try where the database is away, or others kept it busy for too long; nothing was changed.

    :raises OperationalError: when it was something else.
    """
    if _is_away(error):
        log.error("database_away", extra={"error": str(error.orig)})
    elif _is_busy(error):
        log.warning("database_busy", extra={"error": str(error.orig)})
    else:
        raise error
    response = handle_expected(Unavailable())
    response.headers["Retry-After"] = "1"
    return response


def _is_busy(error: OperationalError) -> bool:
    # So says SQLite, which has no code of its own in Python 3.11.
    is_locked = "database is locked" in str(error.orig)
    return is_locked or getattr(error.orig, "sqlstate", None) in BUSY_STATES


def _is_away(error: OperationalError) -> bool:
    """Tell whether there is no connection; a server that was not reached gives no state at all."""
    if "unable to open database file" in str(error.orig):  # SQLite's words
        return True
    state = getattr(error.orig, "sqlstate", "")
    return state is None or state[:2] in AWAY_CLASSES


def handle_http(error: HTTPException) -> Any:
    """Answer what the framework raised, unexpected exceptions included."""
    if isinstance(error, RequestRedirect) or error.code is None:
        return error
    if isinstance(error, InternalServerError) and error.original_exception is not None:
        log.error("unexpected_error", exc_info=error.original_exception)
    message = None if error.code in TITLES else error.description
    next_link = None
    if isinstance(error, RequestEntityTooLarge):
        message = _too_large()
        next_link = (_came_from(), _("Open the page again"))
    response = answer(
        error.code, message, {"code": error.name.lower().replace(" ", "_")}, next_link=next_link
    )
    for name, value in error.get_headers(request.environ):
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _too_large() -> str:
    """Say which limit was passed: that of all that is sent, or those of one part of a form with files."""
    largest = request.max_content_length
    has_files = request.mimetype == "multipart/form-data"
    is_within = request.content_length is not None and (largest is None or request.content_length <= largest)
    if has_files and is_within:
        return _(
            "Alongside files, each text may have at most %(size)s; there may be at most %(count)s fields and files.",
            size=_size(request.max_form_memory_size),
            count=format_number(request.max_form_parts or 0),
        )
    if has_files:
        return _(
            "All that is sent at once may have at most %(size)s. Choose smaller files, or fewer.",
            size=_size(largest),
        )
    return _(
        "All that is sent at once may have at most %(size)s. Shorten the text, or send it in parts.",
        size=_size(largest),
    )


def _size(count: int | None) -> str:
    """Return a limit in the largest unit that tells all of it: framework and settings count them differently."""
    count = count or 0
    if count and count % 1024**2 == 0:
        return _("%(size)s MB", size=format_number(count // 1024**2))
    return _("%(size)s kB", size=format_number(Decimal(count) / 1000))


def answer(
    status: int,
    message: str | None,
    details: dict[str, Any],
    *,
    title: str | None = None,
    next_link: tuple[str, str] | None = None,
) -> Response:
    """Return the page, fragment or problem document of a failure.

    `title` stands in place of the status' own, `next_link` is the address and the label of where to go from here.
    """
    title = title or str(TITLES.get(status, TITLES[400 if status < SERVER_ERROR else SERVER_ERROR]))
    if wants_json():
        body = {"type": "about:blank", "title": title, "status": status, "detail": message, **details}
        response = jsonify({key: value for key, value in body.items() if value is not None})
        response.mimetype = "application/problem+json"
    elif is_fragment():
        html = render_template("errors/_error_toast.html", title=title, message=message or title)
        response = make_response(html)
        response.headers["HX-Reswap"] = "none"
    else:
        response = make_response(_page(status, title, message, next_link))
    response.status_code = status
    return response


def _page(status: int, title: str, message: str | None, next_link: tuple[str, str] | None = None) -> str:
    """Render the page of a failure; one that cannot be rendered itself falls back to a plainer one, and to words."""
    if request_ctx.url_adapter is None:  # no address can be made for a host that cannot be one
        return f"{status} {title}"
    next_url, next_label = next_link or (None, None)
    values = {
        "code": status,
        "title": title,
        "message": message,
        "request_id": g.get("request_id"),
        "next_url": next_url,
        "next_label": next_label,
    }
    in_portal = _is_in_portal()
    if status < SERVER_ERROR and _was_admitted():
        try:
            return _portal_page(values)
        except Exception:
            log.exception("portal_error_page_failed")
    if not in_portal and _is_in_shop():
        try:
            return _shop_page(values)
        except Exception:
            log.exception("shop_error_page_failed")
    try:
        hint = _module_hint() if status == NOT_FOUND else None
        return render_template("errors/error.html", module_hint=hint, in_portal=in_portal, **values)
    except Exception:
        log.exception("error_page_failed")
        return f"{status} {title}"


def _is_in_portal() -> bool:
    """Tell whether an address is one of a portal: by itself alone, so that nobody learns which module would answer."""
    context = request_context()
    return (context is None or context.vendor is None) and f"{request.path}/".startswith(PORTALS)


def _was_admitted() -> bool:
    """Tell whether the person has a role in the portal whose view refused: they keep its menu.

    Addresses where nothing answers are not among them, whoever asks: what is switched off never had a frame.
    """
    in_frame = frontend_of(request.endpoint, current_manager()) in {FrontendType.ADMIN, FrontendType.VENDOR}
    return in_frame and "grants" in g


def _portal_page(values: dict[str, Any]) -> str:
    """Render the page of a refusal in the frame of the portal, in the tenant that the person was admitted to."""
    with unit_of_work(read_only=True):
        return render_template("errors/portal.html", layout=current_layout(), back_url=_came_from(), **values)


def _is_in_shop() -> bool:
    """Tell whether an address outside the portals is a customer's, and none of the framework's own pages."""
    if request_context() is None:
        return False
    return request.endpoint is None or current_manager().owner_of_endpoint(request.endpoint) is not None


def _shop_page(values: dict[str, Any]) -> str:
    """Render the page of a failure in the frame of the shop, which needs the database."""
    with unit_of_work(read_only=True) as session:
        enter_tenant(session)
        g.framed_frontend = FrontendType.STOREFRONT
        g.pop("frame", None)
        hint = _module_hint() if values["code"] == NOT_FOUND else None
        return render_template("errors/shop.html", module_hint=hint, back_url=_came_from(), **values)


def _came_from() -> str:
    """Return where to try again: this page (an empty link), or for what was sent the page that it was sent from."""
    if request.method in {"GET", "HEAD"}:
        return ""
    sent_from = request.referrer or ""
    return sent_from if sent_from.startswith(request.url_root) else f"{request.script_root}/"


def _module_hint() -> dict[str, str] | None:
    """Tell someone who may switch modules which one would answer here."""
    state = current_state()
    if state is None or not current_user.is_authenticated:
        return None
    manager = current_manager()
    try:
        endpoint, _values = current_app.url_map.bind("localhost").match(request.path, method=request.method)
    except HTTPException:
        return None
    code = manager.owner_of_endpoint(endpoint)
    if code is None or code in state.effective or not _may_switch(state.platform_id):
        return None
    return {
        "name": str(manager.registry[code].name),
        "url": url_for("core_admin.module_detail", code=code),
    }


def _may_switch(platform_id: int) -> bool:
    from wizamart.permissions import expand, load_platform_bundles

    permission = "core:module:update"
    if current_user.is_super_admin:
        return True
    bundles = load_platform_bundles(db.session(), current_user.id, platform_id)
    patterns = tuple(sorted({pattern for bundle in bundles for pattern in bundle}))
    return bool(expand(patterns, frozenset({permission})))


def _send_to_sign_in() -> Response:
    """Lead to the sign-in page and back again; a fragment is told by its header, since it follows redirects itself."""
    if is_fragment():
        response = make_response("", 401)
        response.headers["HX-Redirect"] = url_for("auth.sign_in_page")
        return response
    target = request.full_path.rstrip("?") if request.method == "GET" else None
    response = make_response("", 302)
    response.headers["Location"] = url_for(
        "auth.sign_in_page", next=request.script_root + target if target else None
    )
    return response
