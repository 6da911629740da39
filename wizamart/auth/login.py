"""Who is asking: from the cookie's session token, or on the API from a bearer token, in one query."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from flask import Flask, Response, after_this_request, current_app, g, request, session as cookie
from flask_login import LoginManager
from sqlalchemy.exc import OperationalError

from wizamart import audit, clock
from wizamart.auth import csrf, password_service, personal_token_service, session_service, token_service
from wizamart.auth.csrf import is_bearer_request
from wizamart.auth.models import RefreshToken, Theme, User, UserSession
from wizamart.auth.session_service import LIFETIME, SessionStage
from wizamart.config import Settings
from wizamart.database import db, unit_of_work
from wizamart.platform_context import FAULT_KEY

log = logging.getLogger(__name__)
# Under this a task that asks the application for something names the person it does it for; no header can set it.
STAND_IN_KEY: Final = "wizamart.stand_in"
COOKIE_KEY: Final = "_user_id"  # Flask-Login's own: it hands the value to the user loader
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
Landing = Callable[[User], str]


class AnonymousUser:
    """Nobody: has every attribute of a user that templates ask for."""

    id: Final = None
    email: Final = ""
    display_name: Final = ""
    is_authenticated: Final = False
    is_anonymous: Final = True
    is_active: Final = False
    is_super_admin: Final = False
    has_second_factor: Final = False
    locale: Final = None
    time_zone: Final = None
    theme: Final = Theme.SYSTEM

    @property
    def preferences(self) -> dict[str, Any]:
        """Return no preferences, in a dict of its own that nobody else can fill."""
        return {}

    def get_id(self) -> None:
        """Return no id."""


class SignIn(NamedTuple):
    """How this request is signed in; only the stage `open` makes its user the current one."""

    user: User
    stage: SessionStage
    browser: UserSession | None = None
    grant: RefreshToken | None = None


def init_app(app: Flask) -> None:
    """Wire Flask-Login, the cookie and the CSRF check; `app.extensions["settings"]` must be there."""
    settings: Settings = app.extensions["settings"]
    if settings.environment == "testing":
        password_service.use_cheap_hashes()
    app.config.update(
        SESSION_COOKIE_NAME="__Host-wizamart" if settings.is_production else "wizamart",
        SESSION_COOKIE_SECURE=settings.is_production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_PATH="/",
        SESSION_COOKIE_DOMAIN=None,
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
    )
    manager = LoginManager()
    manager.anonymous_user = AnonymousUser
    manager.session_protection = None  # the session row is what is checked
    manager.user_loader(_load_user)
    manager.request_loader(_load_user)
    manager.init_app(app)
    csrf.init_app(app)


def set_landing(app: Flask, landing: Landing) -> None:
    """Say where people go after signing in when they came from nowhere: `landing(user)` returns a path."""
    app.extensions["wizamart.landing"] = landing


def landing_path(user: User) -> str:
    """Return where to go after signing in."""
    landing: Landing | None = current_app.extensions.get("wizamart.landing")
    if landing is not None:
        return landing(user)
    return f"{request.script_root}/admin/" if user.is_super_admin else f"{request.script_root}/"


def current_sign_in() -> SignIn | None:
    """Return how this request is signed in, at whatever stage; asked for once a request.

    Nobody is where the database did not answer: the page that says so needs no name on it.
    """
    if FAULT_KEY in request.environ:
        return None
    if "sign_in" not in g:
        if STAND_IN_KEY in request.environ:
            g.sign_in = _find_stand_in(request.environ[STAND_IN_KEY])
        else:
            g.sign_in = _find_grant() if is_bearer_request() else _find_browser()
    found: SignIn | None = g.sign_in
    return found


def is_super_admin_asking(app: Flask, environ: dict[str, Any]) -> bool:
    """Say whether a super admin sent this request: for what has to be known before it is routed. Writes nothing."""
    with app.request_context(dict(environ)):
        sign_in = current_sign_in()
        return sign_in is not None and sign_in.stage is SessionStage.OPEN and sign_in.user.is_super_admin


def current_session() -> UserSession | None:
    """Return the session of the browser that asks, if somebody is signed in with it."""
    sign_in = current_sign_in()
    return sign_in.browser if sign_in is not None and sign_in.stage is SessionStage.OPEN else None


def session_ends_at() -> datetime | None:
    """Return when the browser's session ends if nothing more is done in it; None where nobody is signed in."""
    row = current_session()
    return session_service.ends_at(row) if row is not None else None


def put_token(token: str) -> None:
    """Begin the cookie anew with this token; nothing of the one before is carried over."""
    cookie.clear()
    cookie[COOKIE_KEY] = token
    cookie.permanent = True


def drop_token() -> None:
    """Empty the cookie."""
    cookie.clear()


def stage_of(user: User, *, second_factor_at: Any, is_impersonated: bool = False) -> SessionStage:
    """Tell what a sign-in of this user still misses under the settings in use."""
    settings: Settings = current_app.extensions["settings"]
    return session_service.stage_of(
        user,
        second_factor_at=second_factor_at,
        is_impersonated=is_impersonated,
        require_second_factor=settings.require_second_factor,
    )


def _load_user(_token_or_request: object) -> User | None:
    sign_in = current_sign_in()
    return sign_in.user if sign_in is not None and sign_in.stage is SessionStage.OPEN else None


def _find_stand_in(user_id: int) -> SignIn | None:
    """Return the sign-in of whoever asked for what a task does now."""
    user = db.session().get(User, user_id)
    return SignIn(user, SessionStage.OPEN) if user is not None and user.is_active else None


def _find_browser() -> SignIn | None:
    token = cookie.get(COOKIE_KEY)
    if not isinstance(token, str):
        return None
    now = clock.now()
    row = session_service.find_session(db.session(), token, at=now)
    if row is None:
        return None
    if request.method not in SAFE_METHODS:
        session_service.touch(row, at=now)
    is_impersonated = row.impersonator_id is not None
    audit.act_as(db.session(), row.impersonator_id)
    stage = stage_of(row.user, second_factor_at=row.second_factor_at, is_impersonated=is_impersonated)
    return SignIn(row.user, stage, browser=row)


def _find_grant() -> SignIn | None:
    token = request.authorization.token if request.authorization else None
    session, now = db.session(), clock.now()
    if token is None:
        return None
    if token.startswith(personal_token_service.PREFIX):
        grant = personal_token_service.find_token(session, token, at=now)
        is_change = request.method not in SAFE_METHODS
        if grant is not None and is_change and personal_token_service.is_use_due(grant, at=now):
            _note_use_later(grant.id, at=now)
    else:
        grant = token_service.find_grant(session, token, at=now)
    if grant is None:
        return None
    stage = stage_of(grant.user, second_factor_at=grant.second_factor_at)
    return SignIn(grant.user, stage, grant=grant)


def _note_use_later(token_id: int, *, at: datetime) -> None:
    """Note the use once the answer is out, in a transaction of its own: no change waits for the token's row.

    Where others keep the database busy it is noted another time; the answer is good without it.
    """
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way

    def note() -> None:
        try:
            with app.app_context(), unit_of_work() as session:
                personal_token_service.note_use(session, token_id, at=at)
        except OperationalError:
            log.info("token_use_not_noted", exc_info=True)

    @after_this_request
    def arrange(response: Response) -> Response:
        response.call_on_close(note)
        return response
