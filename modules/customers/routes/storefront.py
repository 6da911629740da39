"""Pages of customers: their account, and how they get one."""

from typing import Any

from flask import flash, render_template, request, url_for
from flask_login import current_user

from modules.customers.exceptions import CustomerNotFound
from modules.customers.routes import customer_pages
from modules.customers.schemas.country import country_name
from modules.customers.schemas.customer import ProfileForm, RegistrationForm
from modules.customers.services import account_service, customer_service
from wizamart import clock
from wizamart.auth import links
from wizamart.database import db
from wizamart.exceptions import InvalidInput, TooManyRequests
from wizamart.i18n import current_locale, gettext as _
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import public, signed_in
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to

bp = module_blueprint("customers", FrontendType.STOREFRONT)


def _own_customer() -> Any:
    return customer_service.find_for_user(db.session(), user_id=current_user.id, email=current_user.email)


@bp.get("/account")
@public
def account_detail() -> str:
    """Show the customer's own data, and strangers how to sign in or register."""
    if not current_user.is_authenticated:
        return render_template("customers/storefront/welcome.html")
    return render_template(
        "customers/storefront/account.html", customer=_own_customer(), country_name=country_name
    )


@bp.get("/account/edit")
@signed_in
def account_edit() -> str:
    """Show the form with what is known."""
    customer = _own_customer()
    values = (
        customer_pages.profile_values(db.session(), customer)
        if customer
        else {"name": current_user.display_name, "locale": current_user.locale}
    )
    form = SchemaForm(ProfileForm, values=values, **customer_pages.form_options())
    return render_template("customers/storefront/account_form.html", form=form)


@bp.post("/account")
@signed_in
def account_update() -> Any:
    """Change what the customer says of themselves; the row is made when it is needed first."""
    session, now = db.session(), clock.now()
    form = SchemaForm.from_request(ProfileForm, **customer_pages.form_options())
    if not form.is_valid:
        return render_template("customers/storefront/account_form.html", form=form), 422
    customer = _own_customer() or customer_service.find_or_create_by_email(
        session, platform_id=current_platform.id, email=current_user.email, name=form.value.name, at=now
    )
    customer_service.update_profile(session, customer, form.value, at=now, user_id=current_user.id)
    flash(_("The changes were saved."), "success")
    return go_to(url_for("customers_storefront.account_detail"))


@bp.get("/account/data.json")
@signed_in
def account_data() -> Any:
    """Download what is kept about oneself."""
    customer = _own_customer()
    if customer is None:
        raise CustomerNotFound
    return customer_pages.person_download(db.session(), customer)


@bp.get("/account/register")
@public
def registration_new() -> str:
    """Ask for name and address."""
    return render_template("customers/storefront/register.html", form=SchemaForm(RegistrationForm))


@bp.post("/account/register")
@public
def registration_create() -> Any:
    """Send a link to the address; the answer is the same whoever it belongs to."""
    form = SchemaForm.from_request(RegistrationForm)
    session = db.session()
    shop = account_service.Shop(
        platform_id=current_platform.id,
        name=(current_vendor or current_platform).name,
        sign_in_url=links.mail_url(session, "auth.sign_in_page", "").partition("?")[0],
        build_url=lambda token: links.mail_url(session, "auth.invitation_page", token),
    )
    try:
        account_service.register(
            session,
            form.validate_or_raise(),
            shop=shop,
            ip=request.remote_addr,
            locale=current_locale(),
            at=clock.now(),
        )
    except (InvalidInput, TooManyRequests) as error:
        if form.is_valid:
            form.add_errors(getattr(error, "errors", {}) or {"": [str(error)]})
        return render_template("customers/storefront/register.html", form=form), error.status
    return render_template("customers/storefront/registered.html", email=form.value.email)
