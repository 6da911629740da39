"""The pages of signing in and out; they stand outside every module, so that nothing can switch them off."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from wizamart import clock
from wizamart.auth import links, login, reset_service, second_factor_service, sign_in
from wizamart.auth.exceptions import LinkInvalid
from wizamart.auth.forms import (
    CodeForm,
    EmptyForm,
    ForgottenForm,
    InvitationForm,
    NewPasswordForm,
    SignInForm,
)
from wizamart.auth.models import TokenPurpose, User
from wizamart.auth.session_service import SessionStage
from wizamart.database import db
from wizamart.exceptions import InvalidInput, NotAllowed, NotSignedIn, TooManyRequests, WizamartError
from wizamart.permissions import public, signed_in

bp = Blueprint("auth", __name__)

Page = str | Response | tuple[str, int, dict[str, str]]
NEXT_STEP = {SessionStage.SECOND_FACTOR: "auth.second_factor", SessionStage.SETUP: "auth.second_factor_setup"}


@bp.get("/login")
@public
def sign_in_page() -> Page:
    """Ask who it is, or go on where a sign-in has stopped."""
    found = login.current_sign_in()
    if found is not None:
        return _go_on(found.user, found.stage)
    return _page("auth/sign_in.html", SignInForm())


@bp.post("/login")
@public
def sign_in_submit() -> Page:
    """Check address and password."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _page("auth/sign_in.html", form, InvalidInput())
    session, now = db.session(), clock.now()
    try:
        user = sign_in.check_password(session, email=form.email.data, password=form.password.data, at=now)
    except (NotSignedIn, TooManyRequests) as error:
        return _page("auth/sign_in.html", form, error)
    return _go_on(user, sign_in.open_browser(session, user, at=now))


@bp.get("/login/second-factor")
@public
def second_factor() -> Page:
    """Ask for the code."""
    if _user_at(SessionStage.SECOND_FACTOR) is None:
        return _back_to_start()
    return _page("auth/second_factor.html", CodeForm())


@bp.post("/login/second-factor")
@public
def second_factor_submit() -> Page:
    """Check the code and open the session."""
    user = _user_at(SessionStage.SECOND_FACTOR)
    if user is None:
        return _back_to_start()
    form = CodeForm()
    if not form.validate_on_submit():
        return _page("auth/second_factor.html", form, InvalidInput())
    session, now = db.session(), clock.now()
    try:
        sign_in.check_code(session, user, code=form.code.data, at=now)
    except (NotSignedIn, TooManyRequests) as error:
        return _page("auth/second_factor.html", form, error)
    return _go_on(user, sign_in.open_browser(session, user, at=now, second_factor_at=now))


@bp.get("/login/second-factor/setup")
@public
def second_factor_setup() -> Page:
    """Show the secret once there is one, and a button that makes it before."""
    user = _user_at(SessionStage.SETUP, SessionStage.OPEN)
    if user is None:
        return _back_to_start()
    if user.has_second_factor:
        return redirect(login.landing_path(user))
    return _setup_page(user, CodeForm())


@bp.post("/login/second-factor/secret")
@public
def second_factor_begin() -> Page:
    """Make a secret and show it."""
    user = _user_at(SessionStage.SETUP, SessionStage.OPEN)
    if user is None:
        return _back_to_start()
    second_factor_service.begin(db.session(), user)
    return redirect(url_for("auth.second_factor_setup", next=links.asked_path()), HTTPStatus.SEE_OTHER)


@bp.post("/login/second-factor/setup")
@public
def second_factor_confirm() -> Page:
    """Switch the second factor on and show the recovery codes, once."""
    user = _user_at(SessionStage.SETUP, SessionStage.OPEN)
    if user is None:
        return _back_to_start()
    form = CodeForm()
    if not form.validate_on_submit():
        return _setup_page(user, form, InvalidInput())
    try:
        codes = sign_in.confirm_second_factor(db.session(), user, code=form.code.data, at=clock.now())
    except (NotSignedIn, TooManyRequests) as error:
        return _setup_page(user, form, error)
    return _page("auth/recovery_codes.html", EmptyForm(), codes=codes, go_on=_target(user))


@bp.get("/logout")
@public
def sign_out_page() -> Page:
    """Ask before signing out: a link must not do it."""
    return _page("auth/sign_out.html", EmptyForm())


@bp.post("/logout")
@public
def sign_out() -> Page:
    """End the session for good; a copy of its cookie is worth nothing from now on."""
    sign_in.leave_browser(at=clock.now())
    return redirect(url_for("auth.sign_in_page"), HTTPStatus.SEE_OTHER)


@bp.post("/session/extension")
@signed_in
def session_extend() -> Page:
    """Stay signed in: the request itself counts as use of the session; say when it ends now."""
    ends_at = login.session_ends_at()
    return jsonify(ends_at=int(ends_at.timestamp()) if ends_at is not None else None)


@bp.post("/impersonation/end")
@signed_in
def impersonation_end() -> Page:
    """Go back from acting as somebody else."""
    sign_in.stop_acting(db.session(), at=clock.now())
    return redirect(links.asked_path() or f"{request.script_root}/admin/", HTTPStatus.SEE_OTHER)


@bp.get("/password/forgotten")
@public
def forgotten_page() -> Page:
    """Ask where to send the link."""
    return _page("auth/forgotten.html", ForgottenForm(), sent=False)


@bp.post("/password/forgotten")
@public
def forgotten_submit() -> Page:
    """Send the link if the address is known; the answer is the same if not."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return _page("auth/forgotten.html", form, InvalidInput(), sent=False)
    session = db.session()
    link_to = {
        is_super_admin: links.link_maker(session, for_super_admin=is_super_admin)
        for is_super_admin in (False, True)
    }
    try:
        sign_in.request_reset(
            session,
            email=form.email.data,
            build_url=lambda user, token: link_to[user.is_super_admin]("auth.reset_page", token=token),
            at=clock.now(),
        )
    except TooManyRequests as error:
        return _page("auth/forgotten.html", form, error, sent=False)
    return _page("auth/forgotten.html", form, sent=True)


@bp.get("/password/reset/<token>")
@public
def reset_page(token: str) -> Page:
    """Ask for the new password, if the link is still good."""
    link = reset_service.get_link(db.session(), token, TokenPurpose.PASSWORD_RESET, at=clock.now())
    return _page("auth/reset.html", NewPasswordForm(), email=link.user.email)


@bp.post("/password/reset/<token>")
@public
def reset_submit(token: str) -> Page:
    """Set the new password; signing in with it comes next, second factor included, also for a second click."""
    session, now = db.session(), clock.now()
    form = NewPasswordForm()
    try:
        link = reset_service.get_link(session, token, TokenPurpose.PASSWORD_RESET, at=now)
        if not form.validate_on_submit():
            return _page("auth/reset.html", form, InvalidInput(), email=link.user.email)
        reset_service.reset_password(session, token, password=form.password.data, at=now)
    except LinkInvalid:
        if not reset_service.was_just_used(session, token, TokenPurpose.PASSWORD_RESET, at=now):
            raise
    except InvalidInput as error:
        return _page("auth/reset.html", form, error, email=link.user.email)
    return redirect(url_for("auth.sign_in_page", done="password"), HTTPStatus.SEE_OTHER)


@bp.get("/invitation/<token>")
@public
def invitation_page(token: str) -> Page:
    """Ask an invited person for name and password, or who has one to sign in."""
    link = reset_service.get_invitation(db.session(), token, at=clock.now())
    if link.user.password_hash is not None:
        return redirect(url_for("auth.sign_in_page", done="account"), HTTPStatus.SEE_OTHER)
    return _page("auth/invitation.html", InvitationForm(obj=link.user), email=link.user.email)


@bp.post("/invitation/<token>")
@public
def invitation_submit(token: str) -> Page:
    """Accept the invitation; signing in comes next."""
    session, now = db.session(), clock.now()
    link = reset_service.get_invitation(session, token, at=now, is_being_accepted=True)
    if link.user.password_hash is not None:
        return redirect(url_for("auth.sign_in_page", done="account"), HTTPStatus.SEE_OTHER)
    form = InvitationForm()
    if not form.validate_on_submit():
        return _page("auth/invitation.html", form, InvalidInput(), email=link.user.email)
    try:
        reset_service.accept_invitation(
            session, token, display_name=form.display_name.data, password=form.password.data, at=now
        )
    except InvalidInput as error:
        return _page("auth/invitation.html", form, error, email=link.user.email)
    return redirect(url_for("auth.sign_in_page", done="invitation"), HTTPStatus.SEE_OTHER)


def _user_at(*stages: SessionStage) -> User | None:
    """Return who is signing in, if they are at one of these stages."""
    found = login.current_sign_in()
    if found is None or found.browser is None or found.stage not in stages:
        return None
    if found.browser.impersonator_id is not None:
        raise NotAllowed  # whoever acts as somebody must not become them for good
    return found.user


def _back_to_start() -> Response:
    return redirect(url_for("auth.sign_in_page", next=links.asked_path()), HTTPStatus.SEE_OTHER)


def _go_on(user: User, stage: SessionStage) -> Response:
    if stage is SessionStage.OPEN:
        return redirect(_target(user), HTTPStatus.SEE_OTHER)
    return redirect(url_for(NEXT_STEP[stage], next=links.asked_path()), HTTPStatus.SEE_OTHER)


def _target(user: User) -> str:
    return links.asked_path() or login.landing_path(user)


def _setup_page(user: User, form: CodeForm, error: WizamartError | None = None) -> Page:
    svg = None
    if user.totp_secret is not None:
        title = second_factor_service.ISSUER
        svg = Markup(second_factor_service.build_qr_svg(user, title=title))  # noqa: S704 - made by segno
    return _page("auth/second_factor_setup.html", form, error, qr=svg, secret=user.totp_secret)


def _page(template: str, form: Any, error: WizamartError | None = None, **values: Any) -> Page:
    """Render a page of this part; with an error it keeps what was typed, and is not kept by anybody."""
    headers = {"Cache-Control": "no-store"}
    status: int = HTTPStatus.OK
    if error is not None:
        status = error.status if isinstance(error, TooManyRequests) else HTTPStatus.UNPROCESSABLE_ENTITY
        if isinstance(error, TooManyRequests):
            headers["Retry-After"] = str(error.details.get("retry_after", 60))
        _mark_fields(form, error)
    text = render_template(template, form=form, error=error, next_path=links.asked_path(), **values)
    return text, status, headers


def _mark_fields(form: Any, error: WizamartError) -> None:
    """Put the messages of an error at the fields they are about."""
    for name, messages in (error.errors if isinstance(error, InvalidInput) else {}).items():
        if name in form:
            form[name].errors = [*form[name].errors, *messages]
