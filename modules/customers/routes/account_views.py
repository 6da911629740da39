"""A customer's own account: what is known, changing it, another address, one's data, leaving."""

from __future__ import annotations  # so that naming a type of a service does not load it

import logging
from typing import Any

from flask import flash, render_template, url_for
from flask_login import current_user
from markupsafe import Markup

from modules.customers.exceptions import CustomerEmailTaken
from modules.customers.routes import customer_pages, privacy_pages
from modules.customers.routes.blueprints import storefront as bp
from modules.customers.routes.own import ensure_own, find_own
from modules.customers.schemas import customer as customer_forms
from modules.customers.services import account_service, customer_service
from wizamart import clock
from wizamart.auth import email_service, links, sign_in
from wizamart.auth.exceptions import EmailTaken
from wizamart.countries import country_name
from wizamart.database import db
from wizamart.exceptions import InvalidInput, NotSignedIn, RuleViolation, TooManyRequests
from wizamart.i18n import available_locales, gettext as _
from wizamart.module_system.manager import current_manager
from wizamart.permissions import public, signed_in
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.portal import get_state

log = logging.getLogger(__name__)


def _about_form(**options: Any) -> SchemaForm[customer_forms.AboutForm]:
    return SchemaForm(customer_forms.AboutForm, choices={"locale": available_locales()}, **options)


@bp.get("/account")
@public
def account_detail() -> str:
    """Show the customer's own data, and strangers how to sign in or register."""
    if not current_user.is_authenticated:
        return render_template("customers/storefront/welcome.html")
    customer = find_own()
    return render_template(
        "customers/storefront/account.html",
        customer=customer,
        country_name=country_name,
        sections=_sections(customer) if customer else [],
    )


def _sections(customer: Any) -> list[Markup]:
    """Return what other modules show on the account's page; one whose template is broken is logged and left out."""
    answers = current_manager().contributions.collect(
        "customers.account_section",
        get_state(),
        db.session(),
        platform_id=customer.platform_id,
        customer_id=customer.id,
    )
    shown = []
    for _code, section in sorted(answers, key=lambda answer: answer[1].get("order", 100)):
        try:
            html = render_template(section["template"], **section.get("context", {}))
        except Exception:
            log.exception("account_section_failed", extra={"template": section.get("template")})
            continue
        shown.append(Markup(html))  # noqa: S704 - a template's own output
    return shown


@bp.get("/account/edit")
@signed_in
def account_edit() -> str:
    """Show the form with what is known."""
    customer = find_own()
    values = (
        customer_pages.about_values(customer)
        if customer
        else {"name": current_user.display_name, "locale": current_user.locale}
    )
    return render_template("customers/storefront/account_form.html", form=_about_form(values=values))


@bp.post("/account")
@signed_in
def account_update() -> Any:
    """Change what the customer says of themselves."""
    form = SchemaForm.from_request(customer_forms.AboutForm, choices={"locale": available_locales()})
    if not form.is_valid:
        return render_template("customers/storefront/account_form.html", form=form), 422
    now = clock.now()
    customer_service.update_profile(
        db.session(), ensure_own(at=now), form.value, at=now, user_id=current_user.id
    )
    flash(_("The changes were saved."), "success")
    return go_to(url_for("customers_storefront.account_detail"))


@bp.get("/account/data.json")
@signed_in
def account_data() -> Any:
    """Download what is kept about oneself."""
    return privacy_pages.person_file(find_own(), email=current_user.email)


@bp.get("/account/email")
@signed_in
def email_edit() -> str:
    """Ask for a new address."""
    return render_template(
        "customers/storefront/email_form.html", form=SchemaForm(customer_forms.EmailChangeForm)
    )


@bp.post("/account/email")
@signed_in
def email_update() -> Any:
    """Mail a link to the new address; the answer is the same whoever it belongs to."""
    form = SchemaForm.from_request(customer_forms.EmailChangeForm)
    session = db.session()
    link_to = links.link_maker(session)
    if form.is_valid and (user := _checked(form)) is not None:
        try:
            email_service.request_change(
                session,
                user,
                form.value.email,
                build_url=lambda token: link_to("customers_storefront.email_confirmation_new", token=token),
                at=clock.now(),
            )
        except InvalidInput as error:
            form.add_errors(error.errors or {"email": [str(error)]})
        else:
            return render_template("customers/storefront/email_sent.html", email=form.value.email)
    return render_template("customers/storefront/email_form.html", form=form), 422


def _checked(form: SchemaForm[Any]) -> Any:
    """Return the signed-in person if the password in the form is theirs; if not, say so at its field."""
    try:
        return sign_in.check_password(
            db.session(),
            email=current_user.email,
            password=form.value.password.get_secret_value(),
            at=clock.now(),
        )
    except TooManyRequests as error:
        form.add_error("password", error)
    except NotSignedIn:
        form.add_error("password", _("This is not your password."))
    return None


@bp.get("/account/email/<token>")
@public
def email_confirmation_new(token: str) -> str:
    """Ask whether the account shall have the new address: a link must not do it."""
    email = email_service.find_new_address(db.session(), token, at=clock.now())
    return render_template("customers/storefront/email_confirmation.html", email=email, token=token)


@bp.post("/account/email/<token>")
@public
def email_confirmation_create(token: str) -> Any:
    """Give the account its new address."""
    try:
        account_service.confirm_email(db.session(), token, at=clock.now())
    except (EmailTaken, CustomerEmailTaken, RuleViolation):
        flash(_("This address belongs to another account. Nothing was changed."), "danger")
        db.session().rollback()
    else:
        flash(_("Your account has its new e-mail address."), "success")
    return go_to(url_for("customers_storefront.account_detail"))


@bp.get("/account/closing")
@signed_in
def closing_new() -> str:
    """Say what closing the account means, and ask for the password."""
    return render_template("customers/storefront/closing.html", form=SchemaForm(customer_forms.ClosingForm))


@bp.post("/account/closing")
@signed_in
def closing_create() -> Any:
    """Close the account and take the person out of the shop."""
    form = SchemaForm.from_request(customer_forms.ClosingForm)
    session, now = db.session(), clock.now()
    if form.is_valid and (user := _checked(form)) is not None:
        try:
            with session.begin_nested():
                account_service.close_account(
                    session,
                    find_own(),
                    platform_id=current_platform.id,
                    user_id=user.id,
                    email=user.email,
                    at=now,
                )
        except RuleViolation as refusal:
            form.add_error("", refusal)
        else:
            sign_in.leave_browser(at=now)
            return render_template("customers/storefront/closed.html", shop=current_platform.name)
    return render_template("customers/storefront/closing.html", form=form), 422
