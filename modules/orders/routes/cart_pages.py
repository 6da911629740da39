"""The cart: look at it, put things in, change how many, take them out."""

from typing import Any

from flask import Response, flash, make_response, render_template, request, url_for

from modules.orders.cart_cookie import current_holder, keep
from modules.orders.exceptions import CartFull, OfferGone
from modules.orders.routes.blueprints import storefront as bp
from modules.orders.services import cart_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import gettext as _, ngettext
from wizamart.numbers import whole_number
from wizamart.permissions import public
from wizamart.web.htmx import go_to, is_fragment

MOST_TYPED = 10**6


@bp.get("/cart")
@public
def cart_detail() -> str:
    """Show what lies in the cart, with prices and stock as they are now."""
    groups = cart_service.list_groups(db.session(), current_holder())
    return render_template("orders/storefront/cart.html", groups=groups)


@bp.post("/cart/lines")
@public
def cart_line_create() -> Any:
    """Put something into the cart; the row of a new cart is made here and nowhere else."""
    session, holder, wanted = db.session(), current_holder(), _sent_quantity(1)
    try:
        with session.begin_nested():
            cart, held = cart_service.add(
                session, holder, reference=_sent_reference(), quantity=wanted, at=clock.now()
            )
    except (OfferGone, CartFull) as error:
        return _answer_adding(str(error))
    text = _("It is in your cart.")
    if held < wanted:
        text = ngettext(
            "Only %(num)d is left; it is in your cart.", "Only %(num)d are left; they are in your cart.", held
        )
    return keep(_answer_adding(text, count=len(cart.lines)), cart.token)


@bp.post("/cart/lines/quantity")
@public
def cart_line_update() -> Any:
    """Set how many pieces of something the cart holds; none takes it out."""
    session, holder, wanted = db.session(), current_holder(), _sent_quantity(0)
    held = cart_service.change(session, holder, reference=_sent_reference(), quantity=wanted, at=clock.now())
    told = ""
    if held < wanted:
        told = ngettext("Only %(num)d is left.", "Only %(num)d are left.", held)
    if is_fragment():
        groups = cart_service.list_groups(session, current_holder())
        count = cart_service.count_lines(session, holder)
        return render_template("orders/storefront/_cart_answer.html", groups=groups, told=told, count=count)
    if told:
        flash(told, "warning")
    return go_to(url_for("orders_storefront.cart_detail"))


def _answer_adding(text: str, *, count: int | None = None) -> Response:
    """Say in the page what happened, or lead to the cart where no script runs; nothing was added without a count."""
    if not is_fragment():
        flash(text, "danger" if count is None else "success")
        response: Response = go_to(url_for("orders_storefront.cart_detail"))
        return response
    return make_response(render_template("orders/storefront/_added.html", text=text, count=count))


def _sent_reference() -> str:
    return request.form.get("reference", "")[:120]


def _sent_quantity(default: int) -> int:
    return max(0, min(request.form.get("quantity", default, type=whole_number), MOST_TYPED))
