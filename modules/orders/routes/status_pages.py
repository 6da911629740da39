"""The page of an order by its secret link: where it stands, how to pay it, how to cancel it."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any, Final

from flask import Response, flash, make_response, render_template, request, url_for
from flask_login import current_user

from modules.customers.services import customer_service
from modules.orders.exceptions import NotCancellable
from modules.orders.routes.blueprints import storefront as bp
from modules.orders.routes.pages import attempt
from modules.orders.schemas import order as order_forms
from modules.orders.services import (
    collection_service,
    document_service,
    fulfilment_service,
    listing_service,
    note_service,
    order_service,
    progress_service,
    settlement_service,
    step_service,
)
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _
from wizamart.permissions import public, signed_in
from wizamart.platform_context import current_platform
from wizamart.web.htmx import go_to

LONGEST_LIST: Final = 200


@bp.get("/orders/<token>")
@public
def order_status(token: str) -> Response:
    """Show a customer where the order stands; whoever has the link may see it, and no search engine."""
    session = db.session()
    order = order_service.get_by_token(session, token)
    config = order_service.get_config(session, current_platform.id)
    html = render_template(
        "orders/storefront/order_status.html",
        order=order,
        totals=order_service.compute_totals(order),
        progress=progress_service.describe(session, order),
        notes=note_service.list_notes(session, order, for_customer=True),
        fulfilments=fulfilment_service.list_fulfilments(session, order),
        returns=fulfilment_service.list_returns(session, order),
        documents=document_service.list_documents(session, order),
        money=settlement_service.list_money(session, order),
        methods=settlement_service.METHODS,
        outlook=collection_service.find_outlook(session, order),
        may_cancel=progress_service.may_cancel(order, config),
        vendor_name=listing_service.get_vendor_name(session, order.vendor_id),
        contact=config.contact,
    )
    return _private(make_response(html))


@bp.post("/orders/<token>/payments")
@public
def payment_create(token: str) -> Any:
    """Let the customer pay in another way than before."""
    session = db.session()
    order = order_service.get_by_token(session, token)
    begun: list[Any] = []
    offer = request.form.get("payment", "")[:80]
    error = attempt(
        session,
        lambda: begun.append(
            collection_service.begin_again(session, order.id, offer, step_service.Step(clock.now()))
        ),
    )
    if error is not None:
        flash(str(error), "danger")
        return go_to(url_for("orders_storefront.order_status", token=token))
    return go_to(url_for("payments_storefront.payment_detail", token=begun[0].token))


@bp.post("/orders/<token>/cancellation")
@public
def cancellation_create(token: str) -> Any:
    """Cancel the order for its customer, while nothing was sent."""
    session = db.session()
    order = order_service.get_by_token(session, token)
    config = order_service.get_config(session, current_platform.id)
    if not progress_service.may_cancel(order, config):
        raise NotCancellable
    form = order_forms.CancelForm(reason=_("Cancelled by the customer"))
    step = step_service.Step(clock.now(), form_key=f"customer-cancels-{order.id}")
    error = attempt(session, lambda: settlement_service.cancel(session, order.id, form, step))
    flash(*(str(error), "danger") if error else (_("The order is cancelled."), "success"))
    return go_to(url_for("orders_storefront.order_status", token=token))


@bp.get("/account/orders")
@signed_in
def order_list() -> str:
    """Show the customer's own orders."""
    session = db.session()
    customer = customer_service.find_for_user(session, user_id=current_user.id, email=current_user.email)
    orders = order_service.list_by_customer(session, customer.id, limit=LONGEST_LIST) if customer else []
    return render_template("orders/storefront/order_list.html", orders=orders)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "same-origin"  # the forms of the page need it; others learn nothing
    return response
