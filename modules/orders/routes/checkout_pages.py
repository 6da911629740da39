"""The checkout: one page for one seller's part of the cart, and the button that places the order once."""

from __future__ import annotations  # so that naming a type of a service does not load it

import secrets
from typing import Any, Final

from flask import render_template, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from modules.customers.services import customer_service
from modules.orders.cart_cookie import current_holder
from modules.orders.exceptions import NothingToOrder
from modules.orders.routes.blueprints import storefront as bp
from modules.orders.routes.pages import attempt
from modules.orders.schemas import checkout as checkout_forms
from modules.orders.services import (
    address_service,
    collection_service,
    listing_service,
    order_service,
    placement_service,
)
from wizamart import clock
from wizamart.auth import links
from wizamart.countries import country_choices
from wizamart.database import db
from wizamart.exceptions import InvalidInput, NotFound, WizamartError
from wizamart.i18n import current_locale
from wizamart.permissions import public
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to
from wizamart.web.templating import url_if

MAX_KEY: Final = 40
NEW: Final = "new"
START: Final[dict[str, Any]] = {"shipping_address": {"country": "LU"}, "billing_address": {"country": "LU"}}


@bp.get("/checkout/<seller>")
@public
def checkout_new(seller: str) -> Any:
    """Show what is to be ordered, and ask for what is missing; an emptied cart leads back to itself."""
    try:
        return _page(seller, _form())
    except NothingToOrder:
        return go_to(url_for("orders_storefront.cart_detail"))


@bp.post("/checkout/<seller>/summary")
@public
def checkout_summary(seller: str) -> str:
    """Show the sums with the delivery that was just chosen; nothing is written."""
    seen = placement_service.preview(
        db.session(),
        current_holder(),
        vendor_id=_seller_id(seller),
        delivery_code=request.form.get("delivery_method", ""),
    )
    return render_template("orders/storefront/_summary.html", seen=seen)


@bp.post("/checkout/<seller>")
@public
def checkout_create(seller: str) -> Any:
    """Place the order, once for each form however often it is sent, and lead to where it is paid."""
    session, form = db.session(), _form(sent=True)
    if not form.is_valid:
        return _page(seller, form), 422
    purchase = _purchase(seller, form)
    placed: list[Any] = []
    error = attempt(
        session, lambda: placed.append(placement_service.place(session, purchase, at=clock.now()))
    )
    if isinstance(error, NothingToOrder):
        raise error
    if error is not None:
        return _page(seller, form, error), error.status
    return go_to(_next_url(placed[0]))


def _purchase(seller: str, form: SchemaForm[checkout_forms.CheckoutForm]) -> placement_service.Purchase:
    link_to = links.link_maker(db.session())
    return placement_service.Purchase(
        holder=current_holder(),
        vendor_id=_seller_id(seller),
        form=form.value,
        quote=request.form.get("quote", ""),
        form_key=request.form.get("form_key", "")[:MAX_KEY] or secrets.token_urlsafe(16),
        locale=current_locale(),
        build_url=lambda token: link_to("orders_storefront.order_status", token=token),
    )


def _next_url(order: Any) -> str:
    """Return where the customer goes on: to pay, or to the page of the order where there is nothing to do now."""
    payment = collection_service.find_payment(db.session(), order)
    if payment is None or not order.due_minor or collection_service.pays_by_transfer(payment):
        return url_for("orders_storefront.order_status", token=order.token)
    return url_for("payments_storefront.payment_detail", token=payment.token)


def _page(
    seller: str, form: SchemaForm[checkout_forms.CheckoutForm], error: WizamartError | None = None
) -> str:
    """Render the checkout as it stands now, with what is wrong in words."""
    session, vendor_id = db.session(), _seller_id(seller)
    code = str(form.data.get("delivery_method") or "")
    seen = placement_service.preview(session, current_holder(), vendor_id=vendor_id, delivery_code=code)
    config = order_service.get_config(session, current_platform.id)
    if isinstance(error, InvalidInput):
        form.add_errors({name: texts for name, texts in error.errors.items() if name in form.data})
    saved = _saved_addresses()
    return render_template(
        "orders/storefront/checkout.html",
        form=form,
        seen=seen,
        config=config,
        offers=collection_service.list_offers(
            session, platform_id=current_platform.id, vendor_id=vendor_id, currency=seen.group.currency
        ),
        saved=[(key, address_service.describe(values)) for key, values in saved.items()],
        saved_choice=request.form.get("saved_address") or next(iter(saved), NEW),
        form_key=request.form.get("form_key") or secrets.token_urlsafe(16),
        problem="" if error is None or form.errors else str(error),
        email=current_user.email if current_user.is_authenticated else "",
        sign_in_url=url_for("auth.sign_in_page", next=request.script_root + request.path),
        terms_url=url_if("cms_storefront.page_detail", slug=config.terms_page) if config.terms_page else None,
    )


def _form(*, sent: bool = False) -> SchemaForm[checkout_forms.CheckoutForm]:
    """Return the form as it was sent, or filled in with what is known of whoever is signed in."""
    choices = {"shipping_address.country": country_choices(), "billing_address.country": country_choices()}
    saved = _saved_addresses()
    if not sent:
        name = current_user.display_name if current_user.is_authenticated else ""
        customer = _own_customer()
        billing = address_service.find_billing(customer) if customer is not None else {}
        values = {**START, "name": name, **next(iter(saved.values()), {}), **billing}
        return SchemaForm(checkout_forms.CheckoutForm, values=values, choices=choices)
    data: MultiDict[str, str] = MultiDict(request.form)
    if current_user.is_authenticated:
        data["email"] = current_user.email
    for name, value in address_service.flatten(saved.get(data.get("saved_address", NEW), {})).items():
        data[name] = value
    return SchemaForm(checkout_forms.CheckoutForm, data, choices=choices)


def _saved_addresses() -> dict[str, dict[str, Any]]:
    """Return the address book of whoever is signed in, each address as values of the form."""
    if not current_user.is_authenticated:
        return {}
    customer = customer_service.find_for_user(db.session(), user_id=current_user.id, email=current_user.email)
    return address_service.list_saved(customer) if customer is not None else {}


def _own_customer() -> Any:
    if not current_user.is_authenticated:
        return None
    return customer_service.find_for_user(db.session(), user_id=current_user.id, email=current_user.email)


def _seller_id(seller: str) -> int:
    vendor_id = listing_service.find_vendor_id(db.session(), current_platform.id, seller)
    if vendor_id is None:
        raise NotFound
    return vendor_id
