"""Orders: find them, draft them, change drafts, place and cancel them."""

import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from modules.customers.services import customer_service
from modules.orders.config import DeliveryMethod, OrdersConfig
from modules.orders.exceptions import LineNotFound, NotADraft, OrderNotFound
from modules.orders.models.order import Order, OrderLine
from modules.orders.schemas.order import LineChange, LineForm, OrderForm
from modules.orders.schemas.order_state import Action, OrderStatus
from modules.orders.services import number_service, step_service, totals_service
from modules.orders.services.step_service import Step
from wizamart.exceptions import InvalidInput
from wizamart.i18n import gettext as _
from wizamart.module_system.config_service import get_module_config
from wizamart.platforms import Platform, get_scope


def get_config(session: Session, platform_id: int) -> OrdersConfig:
    """Return the settings of orders on a platform."""
    config = get_module_config(session, platform_id, "orders")
    return config if isinstance(config, OrdersConfig) else OrdersConfig.model_validate({})


def get_order(session: Session, order_id: int) -> Order:
    """Return an order in scope with its lines.

    :raises OrderNotFound: when there is none.
    """
    query = sa.select(Order).where(Order.id == order_id).options(selectinload(Order.lines))
    order = session.scalars(query).one_or_none()
    if order is None:
        raise OrderNotFound
    return order


def get_by_token(session: Session, token: str) -> Order:
    """Return the order that a secret link leads to; drafts have no page.

    :raises OrderNotFound: when nothing, or only a draft, has this token.
    """
    query = sa.select(Order).where(Order.token == token, Order.status != OrderStatus.DRAFT)
    order = session.scalars(query.options(selectinload(Order.lines))).one_or_none()
    if order is None:
        raise OrderNotFound
    return order


def create_order(
    session: Session,
    form: OrderForm,
    *,
    platform_id: int,
    vendor_id: int,
    currency: str,
    form_key: str,
    actor_id: int | None,
    at: datetime,
) -> Order:
    """Create a draft; the same form sent again returns the same draft."""
    known = find_by_form_key(session, form_key)
    if known is not None:
        return known
    config = get_config(session, platform_id)
    order = build_draft(
        config,
        platform_id=platform_id,
        vendor_id=vendor_id,
        currency=currency,
        form_key=form_key,
        actor_id=actor_id,
        at=at,
    )
    try:
        with session.begin_nested():
            _fill(session, order, form, config, at=at)
            return file_draft(session, order, config, Step(at, actor_id))
    except IntegrityError:  # the same form was just now answered in another transaction
        known = find_by_form_key(session, form_key)
        if known is None:
            raise
        return known


def find_by_form_key(session: Session, form_key: str) -> Order | None:
    """Return the order that a form has made, if it was sent before."""
    return session.scalars(sa.select(Order).where(Order.form_key == form_key)).one_or_none()


def build_draft(
    config: OrdersConfig,
    *,
    platform_id: int,
    vendor_id: int,
    currency: str,
    form_key: str,
    actor_id: int | None,
    at: datetime,
) -> Order:
    """Return an empty draft that no session knows yet."""
    return Order(
        platform_id=platform_id,
        vendor_id=vendor_id,
        status=OrderStatus.DRAFT,
        version=1,
        form_key=form_key,
        token=secrets.token_urlsafe(24),
        currency=currency,
        prices_include_tax=config.prices_include_tax,
        delivery_minor=0,
        delivery_tax_rate=config.delivery_tax_rate,
        created_by_user_id=actor_id,
        created_at=at,
        updated_at=at,
        lines=[],
    )


def file_draft(session: Session, order: Order, config: OrdersConfig, step: Step) -> Order:
    """Give a draft its number, compute it, and write it down."""
    order.number = number_service.next_number(session, order.platform_id, prefix=config.number_prefix)
    recompute(order)
    session.add(order)
    session.flush()  # the history names the id; the same form in another transaction collides here
    step_service.write(session, order, "create", step)
    return order


def update_order(session: Session, order_id: int, form: OrderForm, step: Step) -> Order:
    """Change the head of a draft.

    :raises NotADraft: once it is placed.
    """
    order = _begin_draft(session, order_id, step)
    _fill(session, order, form, get_config(session, order.platform_id), at=step.at)
    _recomputed(order, step)
    return order


def _fill(session: Session, order: Order, form: OrderForm, config: OrdersConfig, *, at: datetime) -> None:
    method = _find_method(config, form.delivery_method, order)
    scope = get_scope(session)
    is_vendors = (
        scope is not None and scope.vendor_id is not None
    )  # who must not learn whom the platform knows
    find = (
        customer_service.find_or_create_for_vendor if is_vendors else customer_service.find_or_create_by_email
    )
    customer = find(
        session,
        platform_id=order.platform_id,
        vendor_id=order.vendor_id,
        email=form.customer_email,
        name=form.customer_name,
        at=at,
    )
    order.customer_id = customer.id
    order.customer_name = form.customer_name
    order.customer_email = form.customer_email
    order.shipping_address = {"name": form.customer_name, **form.shipping_address.model_dump()}
    billing = form.billing_address.model_dump() if form.has_billing_address else order.shipping_address
    order.billing_address = {**billing, "name": billing.get("name") or form.customer_name}
    if method is not None:
        order.delivery_title = method.title
        order.delivery_minor = method.price_minor
        order.delivery_tax_rate = config.delivery_tax_rate


def _find_method(config: OrdersConfig, code: str, order: Order) -> DeliveryMethod | None:
    """Return the chosen method; None keeps what the draft has, which the settings may not offer any more."""
    if code == "keep" and order.delivery_title:
        return None
    for method in config.delivery_methods:
        if method.code == code:
            return method
    raise InvalidInput({"delivery_method": [_("Choose one of the options.")]})


def add_line(session: Session, order_id: int, form: LineForm, step: Step) -> Order:
    """Add a line to a draft; the same form sent again adds nothing.

    :raises NotADraft: once it is placed.
    """
    order = step_service.begin(session, order_id, Step(step.at, step.actor_id)).order
    if step.form_key and any(line.form_key == step.form_key for line in order.lines):
        return order
    _refuse_placed(order)
    order.lines.append(
        OrderLine(
            platform_id=order.platform_id,
            vendor_id=order.vendor_id,
            position=max((line.position for line in order.lines), default=0) + 1,
            form_key=step.form_key,
            fulfilled_quantity=0,
            returned_quantity=0,
            **form.model_dump(),
        )
    )
    _recomputed(order, step)
    return order


def change_line(session: Session, order_id: int, line_id: int, form: LineChange, step: Step) -> Order:
    """Change quantity and discount of a draft's line."""
    order = _begin_draft(session, order_id, step)
    line = _line_of(order, line_id)
    if form.discount_minor > line.unit_price_minor * form.quantity:
        raise InvalidInput({"discount_minor": [_("The discount is more than the line costs.")]})
    line.quantity, line.discount_minor = form.quantity, form.discount_minor
    _recomputed(order, step)
    return order


def remove_line(session: Session, order_id: int, line_id: int, step: Step) -> Order:
    """Take a line out of a draft; one that is gone already is no error."""
    order = _begin_draft(session, order_id, step)
    order.lines = [line for line in order.lines if line.id != line_id]
    _recomputed(order, step)
    return order


def place_order(session: Session, order_id: int, step: Step) -> Order:
    """Place a draft: from now on it is a contract. An order that costs nothing is paid at once."""
    begun = step_service.begin(session, order_id, step)
    order = begun.order
    if begun.is_done:
        return order
    step_service.check_open(order, Action.PLACE)
    recompute(order)
    order.placed_at = step.at
    order.placed_on = local_day(session, order.platform_id, step.at)
    step_service.move(session, order, Action.PLACE, step)
    if not order.due_minor:
        step_service.move(session, order, Action.PAY, Step(step.at, step.actor_id))
    return order


def local_day(session: Session, platform_id: int, at: datetime) -> date:
    """Return the day that it is on a platform."""
    zone = session.scalar(sa.select(Platform.time_zone).where(Platform.id == platform_id))
    return at.astimezone(ZoneInfo(zone or "UTC")).date()


def recompute(order: Order) -> totals_service.Totals:
    """Compute what the order costs and keep it; delivery is the last item."""
    totals = compute_totals(order)
    order.net_minor, order.tax_minor = totals.net_minor, totals.tax_minor
    order.total_minor = totals.total_minor
    order.units = sum(line.quantity for line in order.lines)
    for line, tax, total in zip(order.lines, totals.line_taxes, totals.line_totals, strict=False):
        line.tax_minor, line.total_minor = tax, total
    return totals


def compute_totals(order: Order) -> totals_service.Totals:
    """Return what the order costs, with VAT by rate."""
    items = [
        totals_service.Item(line.unit_price_minor, line.quantity, line.tax_rate, line.discount_minor)
        for line in order.lines
    ]
    if order.delivery_minor:
        items.append(totals_service.Item(order.delivery_minor, 1, order.delivery_tax_rate))
    return totals_service.compute(items, prices_include_tax=order.prices_include_tax)


def form_of(order: Order) -> dict[str, Any]:
    """Return a draft as the values of its form."""
    billing, shipping = order.billing_address, order.shipping_address
    return {
        "vendor_id": order.vendor_id,
        "customer_email": order.customer_email,
        "customer_name": order.customer_name,
        "delivery_method": "keep",
        "delivery_title": order.delivery_title,
        "shipping_address": shipping,
        "has_billing_address": billing != shipping,
        "billing_address": billing if billing != shipping else {},
    }


def list_by_customer(session: Session, customer_id: int, *, limit: int = 50) -> Sequence[Order]:
    """Return a customer's orders, newest first; drafts are nobody's business yet."""
    query = (
        sa.select(Order)
        .where(Order.customer_id == customer_id, Order.status != OrderStatus.DRAFT)
        .order_by(Order.id.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def _begin_draft(session: Session, order_id: int, step: Step) -> Order:
    order = step_service.begin(session, order_id, step).order
    _refuse_placed(order)
    return order


def _refuse_placed(order: Order) -> None:
    if order.state is not OrderStatus.DRAFT:
        raise NotADraft(number=order.number)


def _line_of(order: Order, line_id: int) -> OrderLine:
    for line in order.lines:
        if line.id == line_id:
            return line
    raise LineNotFound


def _recomputed(order: Order, step: Step) -> None:
    recompute(order)
    order.version += 1
    order.updated_at = step.at
