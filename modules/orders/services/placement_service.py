"""A vendor's part of a cart becomes an order: looked at, held against what the customer saw, placed once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from modules.customers.services import customer_service
from modules.orders.config import OrdersConfig
from modules.orders.exceptions import NothingToOrder, NotOrderable, PaymentNotOffered, TotalChanged
from modules.orders.models.order import Order, OrderLine
from modules.orders.schemas.checkout import CheckoutForm
from modules.orders.services import (
    basket,
    cart_service,
    collection_service,
    delivery_service,
    order_service,
)
from modules.orders.services.basket import Delivery, Group
from modules.orders.services.cart_service import Holder
from modules.orders.services.step_service import Step
from modules.orders.services.totals_service import Totals
from wizamart.exceptions import InvalidInput
from wizamart.i18n import format_money, gettext as _


@dataclass(frozen=True, slots=True)
class Preview:
    """What an order would come to now; `quote` is the print of it that the form carries back."""

    group: Group
    deliveries: list[Delivery]
    delivery: Delivery | None
    totals: Totals
    quote: str


@dataclass(frozen=True, slots=True)
class Purchase:
    """What a customer asks for: the form, what they had seen, and which form it was.

    `build_url(token)` is the address of the order's page.
    """

    holder: Holder
    vendor_id: int
    form: CheckoutForm
    quote: str
    form_key: str
    locale: str
    build_url: Callable[[str], str]


def preview(session: Session, holder: Holder, *, vendor_id: int, delivery_code: str = "") -> Preview:
    """Return what a vendor's part of the cart comes to now.

    :raises NothingToOrder: when nothing of theirs is in it.
    """
    groups = cart_service.list_groups(session, holder)
    group = next((one for one in groups if one.vendor_id == vendor_id), None)
    if group is None:
        raise NothingToOrder
    config = order_service.get_config(session, holder.platform_id)
    deliveries = delivery_service.list_deliveries(config, group.goods_minor)
    delivery = delivery_service.choose(deliveries, delivery_code)
    totals = basket.total_of(group, delivery, includes_tax=config.prices_include_tax)
    return Preview(group, deliveries, delivery, totals, basket.quote_of(group, delivery, totals))


def place(session: Session, purchase: Purchase, *, at: datetime) -> Order:
    """Place an order, hold its goods and begin its payment; the same form sent again returns the same order.

    :raises NothingToOrder: when the cart holds nothing of this vendor (any more).
    :raises NotOrderable: when some line cannot be had as it is.
    :raises TotalChanged: when it costs something else than the customer saw.
    :raises InvalidInput: when delivery, payment or consent is missing.
    """
    holder, form = purchase.holder, purchase.form
    cart = cart_service.claim(session, holder, at=at)  # locks: two clicks come one after the other
    form_key = f"cart-{cart.id}-{purchase.form_key}"[:64]
    known = order_service.find_by_form_key(session, form_key)
    if known is not None:
        return known
    seen = preview(session, holder, vendor_id=purchase.vendor_id, delivery_code=form.delivery_method)
    config = order_service.get_config(session, holder.platform_id)
    _refuse(seen, purchase, config)
    order = _draft(session, purchase, seen, config, form_key=form_key, at=at)
    order_service.place_order(session, order.id, Step(at))
    if order.due_minor:
        payment = collection_service.begin_payment(session, order, form.payment, at=at)
        if config.unpaid_hours:
            earliest = at + timedelta(hours=config.unpaid_hours)
            order.expires_at = collection_service.deadline_of(payment, earliest)
    cart_service.take_out(session, cart, [entry.reference for entry in seen.group.entries])
    return order


def _refuse(seen: Preview, purchase: Purchase, config: OrdersConfig) -> None:
    form = purchase.form
    if not seen.group.is_orderable:
        raise NotOrderable
    errors: dict[str, list[str]] = {}
    if seen.delivery is None or seen.delivery.code != form.delivery_method:
        errors["delivery_method"] = [_("Choose one of the options.")]
    if config.terms_page and not form.consent:
        errors["consent"] = [_("Please agree to the terms before you order.")]
    if seen.totals.total_minor and not form.payment:
        errors["payment"] = [str(PaymentNotOffered.message)]
    if errors:
        raise InvalidInput(errors)
    if purchase.quote != seen.quote:
        raise TotalChanged(total=format_money(seen.totals.total_minor, seen.group.currency))


def _draft(
    session: Session, purchase: Purchase, seen: Preview, config: OrdersConfig, *, form_key: str, at: datetime
) -> Order:
    """Write the order down as a draft; the lines keep what was offered at this moment."""
    form, platform_id = purchase.form, purchase.holder.platform_id
    order = order_service.build_draft(
        config,
        platform_id=platform_id,
        vendor_id=purchase.vendor_id,
        currency=seen.group.currency,
        form_key=form_key,
        actor_id=None,
        at=at,
    )
    order.customer_id = _customer_id(session, purchase, at=at)
    order.customer_name, order.customer_email = form.name, form.email.strip()
    order.shipping_address = {"name": form.name, **form.shipping_address.model_dump(), "phone": form.phone}
    order.billing_address = dict(order.shipping_address)
    if form.has_billing_address:
        billing = form.billing_address
        order.billing_address = {**billing.model_dump(), "name": billing.name or form.name}
    if seen.delivery is not None:
        order.delivery_title, order.delivery_minor = seen.delivery.title, seen.delivery.price_minor
        order.delivery_tax_rate = seen.delivery.tax_rate
    order.locale, order.page_url = purchase.locale, purchase.build_url(order.token)
    order.lines = [
        OrderLine(
            platform_id=platform_id,
            vendor_id=purchase.vendor_id,
            position=position,
            reference=entry.reference,
            sku=entry.offer.sku[:120],
            title=entry.offer.full_title,
            unit_price_minor=entry.unit_price_minor,
            quantity=entry.quantity,
            discount_minor=0,
            tax_rate=entry.offer.tax_rate,
            fulfilled_quantity=0,
            returned_quantity=0,
        )
        for position, entry in enumerate(seen.group.entries, start=1)
        if entry.offer is not None
    ]
    return order_service.file_draft(session, order, config, Step(at))


def _customer_id(session: Session, purchase: Purchase, *, at: datetime) -> int:
    """Return the customer who orders: the person that is signed in, or whoever has the address."""
    form, user_id = purchase.form, purchase.holder.user_id
    customer = None
    if user_id is not None:
        customer = customer_service.find_for_user(session, user_id=user_id, email=form.email)
    if customer is None:
        customer = customer_service.find_or_create_by_email(
            session,
            platform_id=purchase.holder.platform_id,
            email=form.email,
            name=form.name,
            at=at,
            locale=purchase.locale,
        )
    customer_service.link_vendor(session, customer, vendor_id=purchase.vendor_id, at=at)
    return customer.id
