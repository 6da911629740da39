"""How people get an account in the shop."""

from typing import Any

from flask import render_template, request

from modules.customers.routes.blueprints import storefront as bp
from modules.customers.schemas import customer as customer_forms
from modules.customers.services import account_service
from wizamart import clock
from wizamart.auth import links
from wizamart.database import db
from wizamart.exceptions import InvalidInput, TooManyRequests
from wizamart.i18n import current_locale
from wizamart.permissions import public
from wizamart.platform_context import current_platform, current_vendor
from wizamart.web.forms import SchemaForm


@bp.get("/account/register")
@public
def registration_new() -> str:
    """Ask for name and address."""
    return render_template(
        "customers/storefront/register.html", form=SchemaForm(customer_forms.RegistrationForm)
    )


@bp.post("/account/register")
@public
def registration_create() -> Any:
    """Send a link to the address; the answer is the same whoever it belongs to."""
    form = SchemaForm.from_request(customer_forms.RegistrationForm)
    session = db.session()
    link_to = links.link_maker(session)
    shop = account_service.Shop(
        platform_id=current_platform.id,
        name=(current_vendor or current_platform).name,
        sign_in_url=link_to("auth.sign_in_page"),
        build_url=lambda token: link_to("auth.invitation_page", token=token),
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
