"""One's own profile and security, the same pages in every frontend."""

from collections.abc import Callable
from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user
from pydantic import BaseModel

from modules.core.routes.blueprints import admin, storefront, vendor
from modules.core.schemas import profile as profile_forms
from modules.core.services import profile_service, profile_token_service
from wizamart import clock
from wizamart.auth import login, session_service, sign_in
from wizamart.database import db
from wizamart.exceptions import InvalidInput, NotAllowed, WizamartError
from wizamart.i18n import gettext as _, refresh
from wizamart.permissions import signed_in
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.portal import current_layout


def _everywhere(path: str, *methods: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a view in every frontend: below `/profile`, in the shop below `/account/profile`."""

    def register(view: Callable[..., Any]) -> Callable[..., Any]:
        for blueprint, prefix in ((admin, ""), (vendor, ""), (storefront, "/account")):
            blueprint.add_url_rule(f"{prefix}/profile{path}", view_func=view, methods=list(methods))
        return view

    return register


@_everywhere("", "GET")
@signed_in
def profile_detail() -> str:
    """Show the profile."""
    return _page()


def _page(
    profile: SchemaForm[Any] | None = None,
    password: SchemaForm[Any] | None = None,
    token: SchemaForm[Any] | None = None,
    **more: Any,
) -> str:
    choices = profile_service.list_choices(current_platform.locales)
    values = {
        "locale": current_user.locale or "",
        "time_zone": current_user.time_zone or "",
        "more_contrast": current_user.preferences.get("more_contrast", False),
        "shortcuts": current_user.preferences.get("shortcuts", True),
    }
    own = login.current_session()
    return render_template(
        "core/profile/profile_detail.html",
        profile=profile
        or SchemaForm(profile_forms.ProfileInput, obj=current_user, values=values, choices=choices),
        password=password or SchemaForm(profile_forms.PasswordInput),
        token=token or SchemaForm(profile_forms.TokenInput),
        devices=profile_service.list_devices(
            db.session(), current_user.id, current_id=own.id if own else None, at=clock.now()
        ),
        tokens=profile_token_service.list_tokens(db.session(), current_user.id, at=clock.now()),
        layout=current_layout(),
        **{"code_error": "", "recovery_codes": (), "new_token": "", **more},
    )


@_everywhere("", "POST")
@signed_in
def profile_update() -> Any:
    """Save name, language, time zone and theme."""
    form = _form(profile_forms.ProfileInput, choices=profile_service.list_choices(current_platform.locales))
    if not form.is_valid:
        return _page(profile=form), InvalidInput.status
    profile_service.update_profile(db.session(), current_user.id, form.value)
    refresh()
    flash(_("Your profile is saved."), "success")
    return go_to(url_for(".profile_detail"))


@_everywhere("/theme", "POST")
@signed_in
def profile_theme() -> Any:
    """Save the theme from the account menu."""
    profile_service.set_theme(db.session(), current_user.id, _form(profile_forms.ThemeInput).value.theme)
    return go_to(request.referrer if _is_own(request.referrer) else url_for(".profile_detail"))


def _is_own(address: str | None) -> bool:
    return address is not None and address.startswith(request.url_root)


@_everywhere("/password", "POST")
@signed_in
def profile_password() -> Any:
    """Change the password."""
    form, own = _form(profile_forms.PasswordInput), login.current_session()
    _refuse_impersonator()
    try:
        profile_service.change_password(
            db.session(),
            current_user.id,
            form.value,
            keep_session_id=own.id if own else None,
            at=clock.now(),
        )
    except InvalidInput as error:
        if form.is_valid:
            form.add_errors(error.errors)
        return _page(password=form), error.status
    flash(_("Your new password is set. Other browsers are signed out."), "success")
    return go_to(url_for(".profile_detail"))


@_everywhere("/second-factor/removal", "POST")
@signed_in
def second_factor_delete() -> Any:
    """Switch the second factor off, with a code as proof."""
    if (refused := _check_code()) is not None:
        return refused
    profile_service.disable_second_factor(db.session(), current_user.id, at=clock.now())
    flash(_("The second factor is off."), "success")
    return go_to(url_for(".profile_detail"))


@_everywhere("/recovery-codes", "POST")
@signed_in
def recovery_codes_create() -> Any:
    """Make new recovery codes, with a code as proof, and show them once."""
    if (refused := _check_code()) is not None:
        return refused
    codes = profile_service.renew_recovery_codes(db.session(), current_user.id, at=clock.now())
    return _page(recovery_codes=codes)


def _check_code() -> Any:
    """Return the page that says what is wrong with the code, or None if it was right."""
    _refuse_impersonator()
    try:
        sign_in.check_code(db.session(), current_user, code=request.form.get("code", ""), at=clock.now())
    except WizamartError as error:
        return _page(code_error=str(error)), InvalidInput.status
    return None


def _refuse_impersonator() -> None:
    """Let nobody who acts as somebody else take over their account."""
    own = login.current_session()
    if own is not None and own.impersonator_id is not None:
        raise NotAllowed


@_everywhere("/sessions/<int:session_id>/removal", "POST")
@signed_in
def session_delete(session_id: int) -> Any:
    """End one of one's own sessions."""
    session_service.revoke_session(db.session(), session_id, user_id=current_user.id, at=clock.now())
    flash(_("That browser is signed out."), "success")
    return go_to(url_for(".profile_detail"))


@_everywhere("/sessions/removal", "POST")
@signed_in
def session_delete_others() -> Any:
    """End all of one's own sessions but the one at hand."""
    own = login.current_session()
    session_service.revoke_all(
        db.session(), current_user.id, at=clock.now(), except_id=own.id if own else None
    )
    flash(_("All other browsers are signed out."), "success")
    return go_to(url_for(".profile_detail"))


@_everywhere("/tokens", "POST")
@signed_in
def token_create() -> Any:
    """Make a token for a program, and show it once."""
    form, own = _form(profile_forms.TokenInput), login.current_session()
    _refuse_impersonator()
    try:
        made = profile_token_service.create_token(
            db.session(),
            current_user.id,
            form.value,
            second_factor_at=own.second_factor_at if own else None,
            ip=request.remote_addr,
            at=clock.now(),
        )
    except InvalidInput as error:
        if form.is_valid:
            form.add_errors(error.errors)
        return _page(token=form), error.status
    return _page(new_token=made)


@_everywhere("/tokens/<family>/removal", "POST")
@signed_in
def token_delete(family: str) -> Any:
    """Revoke one of one's own tokens, or all that came from one sign-in."""
    _refuse_impersonator()
    profile_token_service.revoke_token(db.session(), current_user.id, family, at=clock.now())
    flash(_("That token is no longer valid."), "success")
    return go_to(url_for(".profile_detail", _anchor="tokens"))


@_everywhere("/tokens/removal", "POST")
@signed_in
def token_delete_all() -> Any:
    """Revoke all of one's own tokens."""
    _refuse_impersonator()
    profile_token_service.revoke_all(db.session(), current_user.id, at=clock.now())
    flash(_("None of your tokens is valid any more."), "success")
    return go_to(url_for(".profile_detail", _anchor="tokens"))


def _form(model: type[BaseModel], **options: Any) -> SchemaForm[Any]:
    return SchemaForm.from_request(model, **options)
