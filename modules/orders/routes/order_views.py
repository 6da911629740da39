"""Orders: list, page, form, lines, placing and cancelling; for admins and vendors alike."""

from __future__ import annotations  # so that naming a type of a service does not load it

from typing import Any, Final

from flask import flash, request, url_for
from flask_login import current_user

from modules.orders.routes import order_table
from modules.orders.routes.pages import act_and_return, as_typed, attempt, is_admin, page, sent_key, sent_step
from modules.orders.schemas import order as order_forms
from modules.orders.schemas.order_state import REFUNDABLE, Action, OrderStatus, find_transition
from modules.orders.services import (
    document_service,
    fulfilment_service,
    line_source_service,
    listing_service,
    note_service,
    order_service,
    settlement_service,
    state_picture,
)
from wizamart import clock
from wizamart.countries import country_choices
from wizamart.database import db, hold_row
from wizamart.exceptions import InvalidInput
from wizamart.feature_gate import limit_of
from wizamart.i18n import gettext as _
from wizamart.numbers import whole_number
from wizamart.permissions import requires
from wizamart.platform_context import current_platform, current_vendor
from wizamart.platforms import list_vendors
from wizamart.web.forms import SchemaForm
from wizamart.web.htmx import go_to

START: Final = {"shipping_address": {"country": "LU"}, "billing_address": {"country": "LU"}}


@requires("orders:order:read")
def order_list() -> str:
    """List the orders."""
    table = order_table.load_table(db.session(), platform_id=current_platform.id, with_vendor=is_admin())
    limit = None if is_admin() else limit_of("orders")
    used = None
    if limit is not None:
        used = listing_service.count_this_month(
            db.session(), platform_id=current_platform.id, vendor_id=current_vendor.id, at=clock.now()
        )
    return page("shared/order_list.html", table=table, limit=limit, used=used)


@requires("orders:order:read")
def order_export() -> Any:
    """Download the list."""
    return order_table.export(db.session(), platform_id=current_platform.id, with_vendor=is_admin())


@requires("orders:order:create")
def order_new() -> str:
    """Ask for a new order."""
    return page("shared/order_form.html", form=_order_form(), order=None)


@requires("orders:order:create")
def order_create() -> Any:
    """Create a draft."""
    session, form = db.session(), _order_form(sent=True)
    if not form.is_valid:
        return page("shared/order_form.html", form=form, order=None), 422
    vendor_id = (
        form.value.vendor_id if isinstance(form.value, order_forms.AdminOrderForm) else current_vendor.id
    )
    order = order_service.create_order(
        session,
        form.value,
        platform_id=current_platform.id,
        vendor_id=vendor_id,
        currency=current_platform.currency,
        form_key=sent_key(),
        actor_id=current_user.id,
        at=clock.now(),
    )
    return go_to(url_for(".order_detail", order_id=order.id))


@requires("orders:order:read")
def order_detail(order_id: int) -> str:
    """Show an order."""
    return show_order(order_id)


def show_order(order_id: int, line_form: SchemaForm[order_forms.LineForm] | None = None) -> str:
    """Render the page of an order, with the form of a line as it was sent if it was refused."""
    session = db.session()
    order = order_service.get_order(session, order_id)
    is_draft = order.state is OrderStatus.DRAFT
    text = request.args.get("find", "")[:200]
    money = settlement_service.list_money(session, order)
    return page(
        "shared/order_detail.html",
        order=order,
        totals=order_service.compute_totals(order),
        events=note_service.list_events(session, order),
        fulfilments=fulfilment_service.list_fulfilments(session, order),
        documents=document_service.list_documents(session, order),
        returns=fulfilment_service.list_returns(session, order),
        money=money,
        disputes=settlement_service.list_disputes(session, money),
        methods=settlement_service.METHODS,
        vendor_name=listing_service.get_vendor_name(session, order.vendor_id) if is_admin() else "",
        picture=state_picture.draw(order.state),
        actions={action.value: find_transition(order.state, action) is not None for action in Action}
        | {"refund": order.state in REFUNDABLE and order.refundable_minor > 0},
        has_sources=is_draft and line_source_service.has_sources(session, current_platform.id),
        items=line_source_service.find_items(session, order, text) if is_draft else [],
        find=text,
        line_form=line_form or SchemaForm(order_forms.LineForm, currency=order.currency),
        note_form=SchemaForm(order_forms.NoteForm),
        as_typed=as_typed,
    )


@requires("orders:order:update")
def order_edit(order_id: int) -> str:
    """Show the head of a draft as a form."""
    order = order_service.get_order(db.session(), order_id)
    form = _order_form(order=order)
    return page("shared/order_form.html", form=form, order=order)


@requires("orders:order:update")
def order_update(order_id: int) -> Any:
    """Change the head of a draft."""
    session = db.session()
    order = order_service.get_order(session, order_id)
    hold_row(order)
    form = _order_form(sent=True, order=order)
    if not form.is_valid:
        return page("shared/order_form.html", form=form, order=order), 422
    return act_and_return(
        session,
        order_id,
        lambda: order_service.update_order(session, order_id, form.value, sent_step()),
        _("Saved."),
    )


@requires("orders:order:update")
def line_create(order_id: int) -> Any:
    """Add a line that was typed, or one that a source offers."""
    session = db.session()
    order = order_service.get_order(session, order_id)
    if reference := request.form.get("reference", ""):
        quantity = request.form.get("quantity", 1, type=whole_number)
        line = line_source_service.get_item(
            session, order, sku=request.form.get("sku", ""), reference=reference, quantity=max(1, quantity)
        )
    else:
        form = SchemaForm.from_request(order_forms.LineForm, currency=order.currency)
        if not form.is_valid:
            return show_order(order_id, form), 422
        line = form.value
    step = sent_step()
    return act_and_return(
        session, order_id, lambda: order_service.add_line(session, order_id, line, step), _("Line added.")
    )


@requires("orders:order:update")
def line_update(order_id: int, line_id: int) -> Any:
    """Change quantity and discount of a line."""
    session = db.session()
    order = order_service.get_order(session, order_id)
    form = SchemaForm.from_request(order_forms.LineChange, currency=order.currency)

    def change() -> None:
        order_service.change_line(session, order_id, line_id, form.value, sent_step())

    return act_and_return(session, order_id, change, _("Saved."))


@requires("orders:order:update")
def line_delete(order_id: int, line_id: int) -> Any:
    """Take a line out."""
    session = db.session()
    step = sent_step()
    return act_and_return(
        session,
        order_id,
        lambda: order_service.remove_line(session, order_id, line_id, step),
        _("Line removed."),
    )


@requires("orders:order:update")
def placement_create(order_id: int) -> Any:
    """Place a draft."""
    session, step = db.session(), sent_step()
    return act_and_return(
        session,
        order_id,
        lambda: order_service.place_order(session, order_id, step),
        _("The order is placed."),
    )


@requires("orders:order:cancel")
def cancellation_new(order_id: int) -> str:
    """Say what cancelling means, and ask."""
    order = order_service.get_order(db.session(), order_id)
    return page("shared/cancellation.html", order=order, form=SchemaForm(order_forms.CancelForm))


@requires("orders:order:cancel")
def cancellation_create(order_id: int) -> Any:
    """Cancel an order."""
    session, step = db.session(), sent_step()
    form = SchemaForm.from_request(order_forms.CancelForm)
    return act_and_return(
        session,
        order_id,
        lambda: settlement_service.cancel(session, order_id, form.value, step),
        _("The order is cancelled."),
    )


@requires("orders:order:update")
def note_create(order_id: int) -> Any:
    """Write a note."""
    session, step = db.session(), sent_step()
    form = SchemaForm.from_request(order_forms.NoteForm)
    error = attempt(session, lambda: note_service.add_note(session, order_id, form.value, step))
    if isinstance(error, InvalidInput):
        flash(_("A note needs some text."), "danger")
    return go_to(url_for(".order_detail", order_id=order_id))


def _order_form(*, sent: bool = False, order: Any = None) -> SchemaForm[Any]:
    session = db.session()
    methods = order_service.get_config(session, current_platform.id).delivery_methods
    choices: dict[str, Any] = {
        "delivery_method": [(method.code, method.title) for method in methods],
        "shipping_address.country": country_choices(),
        "billing_address.country": country_choices(),
    }
    data = request.form if sent else None
    if order is not None:
        if order.delivery_title:
            choices["delivery_method"].insert(0, ("keep", order.delivery_title))
        values = order_service.form_of(order)
        return SchemaForm(order_forms.OrderForm, data, values=values, choices=choices, guarded=True)
    model: type[order_forms.OrderForm] = order_forms.OrderForm
    if is_admin():
        model = order_forms.AdminOrderForm
        choices["vendor_id"] = list_vendors(session, current_platform.id, only_active=True)
    return SchemaForm(model, data, values=START, choices=choices)
