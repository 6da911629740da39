"""Where customers pay, and where providers send their messages."""

from __future__ import annotations  # so that naming a type of a service does not load it

import uuid
from typing import Any

from flask import Response, flash, render_template, request, url_for

from modules.payments import conductor
from modules.payments.exceptions import NotPayable, ProviderSilent
from modules.payments.services import checkout_service, trial_service
from wizamart import clock
from wizamart.auth import links
from wizamart.auth.csrf import csrf
from wizamart.database import db, unit_of_work
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.mounting import module_blueprint
from wizamart.permissions import public
from wizamart.web.htmx import go_to
from wizamart.web.transactions import own_transactions

# Where the customer comes from: from the button, from the provider, or from having asked what became of it.
STEPS = ("onward", "returned", "checked")

bp = module_blueprint("payments", FrontendType.STOREFRONT)


@bp.get("/pay/<token>")
@public
def payment_detail(token: str) -> Response:
    """Show what is to be paid and how; the token is the key to it."""
    view = checkout_service.view(db.session(), token)
    step = next((name for name in STEPS if name in request.args), "")
    page = render_template(
        "payments/storefront/payment_detail.html", view=view, form_key=uuid.uuid4().hex, step=step
    )
    response = Response(page)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.post("/pay/<token>/attempts")
@public
@own_transactions
def attempt_create(token: str) -> Any:
    """Pay: at once, or at the provider's page, to which the next page leads."""
    with unit_of_work(read_only=True) as session:
        page_url = links.link_maker(session)("payments_storefront.payment_detail", token=token)
    try:
        conductor.pay(
            token,
            source=request.form.get("source", "").replace(" ", "")[:64],
            idempotency_key=request.form.get("form_key", "")[:64] or uuid.uuid4().hex,
            page_url=page_url,
        )
    except (ProviderSilent, NotPayable) as trouble:
        flash(str(trouble), "warning")
        return go_to(url_for("payments_storefront.payment_detail", token=token))
    return go_to(url_for("payments_storefront.payment_detail", token=token, onward=1))


@bp.post("/pay/<token>/status")
@public
@own_transactions
def payment_check(token: str) -> Any:
    """Ask the provider what has become of the payment, for a customer who has come back."""
    try:
        conductor.look_up_by_token(token)
    except ProviderSilent as trouble:
        flash(str(trouble), "warning")
    return go_to(url_for("payments_storefront.payment_detail", token=token, checked=1))


@bp.post("/pay/<token>/answers/<any(confirmed, refused):given>")
@public
def trial_answer(token: str, given: trial_service.Answer) -> Any:
    """Answer the test provider as a customer answers the bank."""
    payment = checkout_service.get_by_token(db.session(), token)
    trial_service.answer(db.session(), payment, given, at=clock.now())
    return go_to(url_for("payments_storefront.payment_detail", token=token))


@bp.post("/payments/webhooks/<public_id>")
@public
@csrf.exempt  # a provider has no cookie; its signature is verified instead
@own_transactions
def webhook_create(public_id: str) -> Response:
    """Store a message of a provider; it is handled after the answer."""
    conductor.receive(public_id, dict(request.headers), request.get_data())
    return Response(status=204)
