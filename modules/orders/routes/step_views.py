"""What happens to placed orders: payments, parcels, returns, the packing slip; one by one or many at once."""

from __future__ import annotations  # so that naming a type of a service does not load it

from collections.abc import Callable
from functools import partial
from typing import Any

from flask import flash, request, url_for
from flask_login import current_user

from modules.orders.routes import order_table
from modules.orders.routes.pages import attempt, is_admin, page, sent_key, sent_pieces, sent_step
from modules.orders.schemas import order as order_forms
from modules.orders.services import (
    credit_service,
    fulfilment_service,
    listing_service,
    order_service,
    settlement_service,
    step_service,
)
from wizamart import clock
from wizamart.database import db
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _, ngettext
from wizamart.numbers import is_row_number, whole_number
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to

CONFLICT, UNPROCESSABLE = 409, 422


@requires("orders:payment:create")
def payment_new(order_id: int) -> str:
    """Ask for a payment; what is due is the suggestion."""
    order = order_service.get_order(db.session(), order_id)
    return page("shared/payment.html", order=order, form=_payment_form(order))


@requires("orders:payment:create")
def payment_create(order_id: int) -> Any:
    """Record a payment."""
    session, step = db.session(), sent_step()
    order = order_service.get_order(session, order_id)
    form = _payment_form(order, sent=True)
    return _finish(
        order,
        form,
        lambda: settlement_service.record_payment(session, order_id, form.value, step),
        _("The payment is recorded."),
        "shared/payment.html",
    )


@requires("orders:fulfilment:create")
def fulfilment_new(order_id: int) -> str:
    """Ask what is in the parcel; everything that is left is the suggestion."""
    order = order_service.get_order(db.session(), order_id)
    pieces = fulfilment_service.open_pieces(order)
    return page(
        "shared/fulfilment.html", order=order, form=SchemaForm(order_forms.FulfilmentForm), pieces=pieces
    )


@requires("orders:fulfilment:create")
def fulfilment_create(order_id: int) -> Any:
    """Send a parcel."""
    session, step = db.session(), sent_step()
    order = order_service.get_order(session, order_id)
    form = SchemaForm.from_request(order_forms.FulfilmentForm)
    return _finish(
        order,
        form,
        lambda: fulfilment_service.fulfil(session, order_id, form.value, step, pieces=sent_pieces()),
        _("The parcel is on its way."),
        "shared/fulfilment.html",
    )


@requires("orders:return:create")
def return_new(order_id: int) -> str:
    """Ask what came back."""
    order = order_service.get_order(db.session(), order_id)
    form = SchemaForm(order_forms.ReturnForm, currency=order.currency)
    return page("shared/return.html", order=order, form=form, pieces={})


@requires("orders:return:create")
def return_create(order_id: int) -> Any:
    """Take goods back."""
    session, step = db.session(), sent_step()
    order = order_service.get_order(session, order_id)
    form = SchemaForm.from_request(order_forms.ReturnForm, currency=order.currency)
    return _finish(
        order,
        form,
        lambda: fulfilment_service.take_back(session, order_id, form.value, step, pieces=sent_pieces()),
        _("The return is recorded."),
        "shared/return.html",
    )


@requires("orders:return:create")
def return_value(order_id: int) -> Any:
    """Show the form of a return again with what the pieces cost as its refund; nothing is recorded."""
    order = order_service.get_order(db.session(), order_id)
    form = SchemaForm.from_request(order_forms.ReturnForm, currency=order.currency)
    try:
        values = {
            "reason": form["reason"].text,
            "refund_minor": credit_service.refund_for(order, sent_pieces()),
        }
    except InvalidInput as error:
        form.add_errors({"": [text for texts in error.errors.values() for text in texts]})
        return page("shared/return.html", order=order, form=form, pieces=_typed_pieces()), UNPROCESSABLE
    form = SchemaForm(order_forms.ReturnForm, values=values, currency=order.currency)
    return page("shared/return.html", order=order, form=form, pieces=_typed_pieces())


@requires("orders:return:create")
def refund_new(order_id: int) -> str:
    """Ask how much goes back."""
    order = order_service.get_order(db.session(), order_id)
    return page(
        "shared/refund.html", order=order, form=SchemaForm(order_forms.RefundForm, currency=order.currency)
    )


@requires("orders:return:create")
def refund_create(order_id: int) -> Any:
    """Give money back."""
    session, step = db.session(), sent_step()
    order = order_service.get_order(session, order_id)
    form = SchemaForm.from_request(order_forms.RefundForm, currency=order.currency)
    return _finish(
        order,
        form,
        lambda: settlement_service.give_back(session, order_id, form.value, step),
        _("The money goes back."),
        "shared/refund.html",
    )


@requires("orders:order:read")
def packing_slip(order_id: int) -> str:
    """Show what goes into the parcel, made for printing."""
    session = db.session()
    order = order_service.get_order(session, order_id)
    vendor_name = listing_service.get_vendor_name(session, order.vendor_id)
    return page("shared/packing_slip.html", order=order, vendor_name=vendor_name)


@requires("orders:payment:create")
def payment_create_many() -> Any:
    """Record that the chosen orders were paid by transfer; those that owe nothing are left alone."""
    session = db.session()

    def pay(order_id: int, step: step_service.Step) -> None:
        due = order_service.get_order(session, order_id).due_minor
        form = order_forms.PaymentForm(amount_minor=due, method="transfer", reference="") if due else None
        if form is None:
            raise InvalidInput
        settlement_service.record_payment(session, order_id, form, step)

    done = _each(pay)
    flash(ngettext("%(num)d order is paid.", "%(num)d orders are paid.", done), "success")
    return go_to(url_for(".order_list"))


@requires("orders:fulfilment:create")
def fulfilment_create_many() -> Any:
    """Send all that is left of the chosen orders; those that cannot be sent are left alone."""
    session = db.session()

    def send(order_id: int, step: step_service.Step) -> None:
        fulfilment_service.fulfil(session, order_id, order_forms.FulfilmentForm.model_validate({}), step)

    done = _each(send)
    flash(ngettext("%(num)d order is fulfilled.", "%(num)d orders are fulfilled.", done), "success")
    return go_to(url_for(".order_list"))


def _each(act: Callable[[int, step_service.Step], None]) -> int:
    """Do something to every chosen order, each whole or not at all, in the order of their ids."""
    session, key = db.session(), sent_key()
    chosen = request.form.getlist("selected", type=whole_number)
    if request.form.get("everything"):
        chosen = order_table.list_chosen(session, platform_id=current_platform.id, with_vendor=is_admin())
    step = step_service.Step(clock.now(), current_user.id, key)
    refusals = [attempt(session, partial(act, one, step)) for one in sorted(set(chosen))]
    return refusals.count(None)


def _payment_form(order: Any, *, sent: bool = False) -> SchemaForm[order_forms.PaymentForm]:
    options: dict[str, Any] = {
        "choices": {"method": settlement_service.list_methods(db.session(), order)},
        "currency": order.currency,
    }
    if sent:
        return SchemaForm.from_request(order_forms.PaymentForm, **options)
    return SchemaForm(order_forms.PaymentForm, values={"amount_minor": order.due_minor or None}, **options)


def _finish(order: Any, form: SchemaForm[Any], act: Callable[[], object], done: str, template: str) -> Any:
    """Do what the form asks and lead to the order, or show the form again with what is wrong."""
    error = attempt(db.session(), act)
    if error is None:
        flash(done, "success")
        return go_to(url_for(".order_detail", order_id=order.id))
    if not isinstance(error, InvalidInput):
        flash(str(error), "danger")
        return page(template, order=order, form=form, pieces=_typed_pieces()), CONFLICT
    known = {field.name for field in form.fields}
    own = {name: texts for name, texts in error.errors.items() if name in known}
    if error.errors != form.errors:
        form.add_errors(own)
        form.add_errors(
            {"": [text for name in error.errors if name not in own for text in error.errors[name]]}
        )
    return page(template, order=order, form=form, pieces=_typed_pieces()), UNPROCESSABLE


def _typed_pieces() -> dict[int, str]:
    names = (name.removeprefix("quantity-") for name in request.form if name.startswith("quantity-"))
    return {int(line): request.form[f"quantity-{line}"] for line in names if is_row_number(line)}
