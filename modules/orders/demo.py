"""Demo orders: two months of a shop in Luxembourg, the same at every run. Rows only: nobody is told of them."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers.services import customer_service
from modules.orders.models.happening import (
    Fulfilment,
    FulfilmentLine,
    HistoryEntry,
    MoneyEntry,
    Return,
    ReturnLine,
)
from modules.orders.models.order import Order, OrderLine
from modules.orders.schemas.order_state import TO_SHIP, Action, OrderStatus
from modules.orders.services import document_content, invoice_service, number_service, order_service
from modules.orders.services.step_service import Step
from wizamart.platforms import Platform, scoped

INVOICES: Final = 12
DAYS: Final = 60
ZONE: Final = ZoneInfo("Europe/Luxembourg")
PEOPLE: Final = (
    ("Léa Weber", "12, rue de Hollerich", "1740", "Luxembourg", "LU"),
    ("Tom Schmit", "4, rue de l’Alzette", "4010", "Esch-sur-Alzette", "LU"),
    ("Ana Ferreira", "27, avenue de la Liberté", "4601", "Differdange", "LU"),
    ("Marc Hoffmann", "8, Grand-Rue", "9240", "Diekirch", "LU"),
    ("Claire Dubois", "15, rue des Clercs", "57000", "Metz", "FR"),
    ("Jonas Becker", "Brotstraße 31", "54290", "Trier", "DE"),
    ("Nora Kremer", "2, route du Vin", "5401", "Ahn", "LU"),
    ("Pol Thill", "19, rue Principale", "8365", "Hagen", "LU"),
    ("Sofia Marques", "6, rue de Strasbourg", "2560", "Luxembourg", "LU"),
    ("Émile Wagner", "41, rue de Diekirch", "7440", "Lintgen", "LU"),
)
ITEMS: Final = (
    ("HON-250", "Acacia honey from the Mullerthal, 250 g", 895, "3"),
    ("MUG-BLU", "Stoneware mug, slate blue", 1690, "17"),
    ("TEA-VRB", "Verbena tea, 50 g", 740, "3"),
    ("CAN-BEE", "Beeswax candle, 20 cm", 1250, "17"),
    ("JAM-MIR", "Mirabelle jam, 320 g", 620, "3"),
    ("BAG-LIN", "Linen shopping bag", 1890, "17"),
    ("CHO-72", "Dark chocolate 72 %, 100 g", 540, "3"),
    ("SOA-LAV", "Lavender soap, 120 g", 690, "17"),
    ("BOA-OAK", "Oak serving board", 4250, "17"),
    ("CRD-ARD", "Postcards of the Ardennes, set of 12", 1490, "17"),
)
DELIVERIES: Final = (("Post Luxembourg", 590), ("Post Luxembourg", 590), ("Express", 1290), ("Pick-up", 0))
WAYS: Final = {
    OrderStatus.DRAFT: (),
    OrderStatus.PLACED: (Action.PLACE,),
    OrderStatus.PAID: (Action.PLACE, Action.PAY),
    OrderStatus.PARTLY_FULFILLED: (Action.PLACE, Action.PAY, Action.FULFIL_PART),
    OrderStatus.FULFILLED: (Action.PLACE, Action.PAY, Action.FULFIL),
    OrderStatus.CANCELLED: (Action.PLACE, Action.CANCEL),
    OrderStatus.RETURNED: (Action.PLACE, Action.PAY, Action.FULFIL, Action.RETURN),
}
TARGETS: Final = {
    Action.PLACE: OrderStatus.PLACED,
    Action.PAY: OrderStatus.PAID,
    Action.FULFIL_PART: OrderStatus.PARTLY_FULFILLED,
    Action.FULFIL: OrderStatus.FULFILLED,
    Action.CANCEL: OrderStatus.CANCELLED,
    Action.RETURN: OrderStatus.RETURNED,
}
# Hours ago: one of each state that is not left to chance, and what the customer of the demonstration ordered.
SURE: Final = (
    (400, OrderStatus.RETURNED),
    (30, OrderStatus.PARTLY_FULFILLED),
    (9, OrderStatus.PAID),
    (6, OrderStatus.PLACED),
    (2, OrderStatus.DRAFT),
)
SHOPPER: Final = "customer@wizamart.test"
SHOPPERS: Final = ((250, OrderStatus.FULFILLED), (4, OrderStatus.PLACED))


@dataclass(frozen=True, slots=True)
class _Plan:
    """When an order was made, and how far it came."""

    created_at: datetime
    status: OrderStatus
    email: str = ""


def fill(session: Session, *, platform_id: int, vendor_ids: Sequence[int], at: datetime) -> None:
    """Give each vendor its orders; one that has any keeps them as they are."""
    currency = session.scalar(sa.select(Platform.currency).where(Platform.id == platform_id)) or "EUR"
    for position, vendor_id in enumerate(vendor_ids):
        with scoped(session, platform_id, vendor_id):
            if session.scalar(sa.select(Order.id).limit(1)) is not None:
                continue
            chance = random.Random(platform_id * 1000 + position)  # noqa: S311 - repeatable, not secret
            is_known = not position and customer_service.find_by_email(session, SHOPPER) is not None
            for number, plan in enumerate(_plans(chance, at, with_shopper=is_known)):
                _make(session, platform_id, vendor_id, currency, plan, chance, number)
            session.flush()  # inside the vendor's scope
            _invoice(session, vendor_id)


def _plans(chance: random.Random, at: datetime, *, with_shopper: bool) -> list[_Plan]:
    plans = [_Plan(at - timedelta(hours=hours), status) for hours, status in SURE]
    if with_shopper:
        plans += [_Plan(at - timedelta(hours=hours), status, SHOPPER) for hours, status in SHOPPERS]
    for back in range(DAYS, -1, -1):
        day = (at - timedelta(days=back)).astimezone(ZONE)
        busy = 2 if day.weekday() >= 4 else 1  # noqa: PLR2004 - people shop from Friday on
        for _each in range(chance.randint(0, busy)):
            moment = day.replace(hour=chance.randint(7, 21), minute=chance.randint(0, 59), second=0)
            plans.append(_Plan(min(moment, at - timedelta(minutes=5)), _status(chance, back)))
    return sorted(plans, key=lambda plan: plan.created_at)


def _status(chance: random.Random, back: int) -> OrderStatus:
    if back > 6:  # noqa: PLR2004 - after a week nearly everything has arrived
        return OrderStatus.CANCELLED if chance.random() < 0.06 else OrderStatus.FULFILLED  # noqa: PLR2004
    recent = (OrderStatus.PLACED, OrderStatus.PAID, OrderStatus.PAID, OrderStatus.PARTLY_FULFILLED)
    return OrderStatus.DRAFT if back == 0 else chance.choice(recent)


def _make(  # noqa: PLR0917 - the parts of one row
    session: Session,
    platform_id: int,
    vendor_id: int,
    currency: str,
    plan: _Plan,
    chance: random.Random,
    number: int,
) -> None:
    name, street, postal_code, city, country = chance.choice(PEOPLE)
    email = plan.email or f"{name.split()[0].lower().replace('é', 'e')}.{name.split()[1].lower()}@example.com"
    customer = customer_service.find_or_create_by_email(
        session, platform_id=platform_id, email=email, name=name, at=plan.created_at, vendor_id=vendor_id
    )
    name = customer.name
    address = {"name": name, "street": street, "postal_code": postal_code, "city": city, "country": country}
    title, price = chance.choice(DELIVERIES)
    order = Order(
        platform_id=platform_id,
        vendor_id=vendor_id,
        number=number_service.next_number(session, platform_id),
        status=plan.status,
        form_key=f"demo-{vendor_id}-{number}",
        token=f"{chance.getrandbits(160):040x}",
        customer_id=customer.id,
        customer_name=name,
        customer_email=email,
        shipping_address=address,
        billing_address=address,
        currency=currency,
        prices_include_tax=True,
        delivery_title=title,
        delivery_minor=price,
        delivery_tax_rate=Decimal(17),
        paid_minor=0,
        refunded_minor=0,
        created_at=plan.created_at,
        updated_at=plan.created_at,
        lines=_lines(platform_id, vendor_id, chance),
    )
    if plan.status is OrderStatus.PARTLY_FULFILLED:
        order.lines[0].quantity += 1  # a single piece cannot be sent in part
    order_service.recompute(order)
    session.add(order)
    session.flush()  # what happened to it names its id
    _tell_story(session, order, plan)


def _lines(platform_id: int, vendor_id: int, chance: random.Random) -> list[OrderLine]:
    chosen = chance.sample(ITEMS, chance.choice((1, 1, 2, 2, 3, 4)))
    return [
        OrderLine(
            platform_id=platform_id,
            vendor_id=vendor_id,
            position=position,
            sku=sku,
            title=title,
            unit_price_minor=price,
            quantity=chance.choice((1, 1, 1, 2, 3)),
            discount_minor=0,
            tax_rate=Decimal(rate),
            fulfilled_quantity=0,
            returned_quantity=0,
        )
        for position, (sku, title, price, rate) in enumerate(chosen, start=1)
    ]


def _tell_story(session: Session, order: Order, plan: _Plan) -> None:
    """Write what happened to the order on its way, an hour or a day after each other."""
    owner = {"platform_id": order.platform_id, "vendor_id": order.vendor_id, "order_id": order.id}
    before, moment = OrderStatus.DRAFT, plan.created_at
    for action in WAYS[plan.status]:
        if action is Action.PLACE:
            order.placed_at, order.placed_on = moment, moment.astimezone(ZONE).date()
        elif action is Action.PAY:
            order.paid_minor = order.total_minor
            session.add(
                MoneyEntry(**owner, amount_minor=order.total_minor, method="transfer", occurred_at=moment)
            )
        elif action in {Action.FULFIL, Action.FULFIL_PART}:
            _send(session, order, action, moment)
        elif action is Action.RETURN:
            _come_back(session, order, moment)
        session.add(
            HistoryEntry(
                **owner,
                action=action,
                status_before=before,
                status_after=TARGETS[action],
                occurred_at=moment,
            )
        )
        before, moment = TARGETS[action], moment + timedelta(hours=1)


def _send(session: Session, order: Order, action: Action, at: datetime) -> None:
    """Send everything, or the first piece only."""
    pieces = {line.id: line.quantity for line in order.lines}
    if action is Action.FULFIL_PART:
        pieces = {order.lines[0].id: 1}
    owner = {"platform_id": order.platform_id, "vendor_id": order.vendor_id}
    for line in order.lines:
        line.fulfilled_quantity = pieces.get(line.id, 0)
    session.add(
        Fulfilment(
            **owner,
            order_id=order.id,
            carrier=order.delivery_title,
            tracking_number=f"LU{order.id:09d}XP" if order.delivery_minor else "",
            sent_at=at,
            lines=[
                FulfilmentLine(**owner, line_id=line_id, quantity=count) for line_id, count in pieces.items()
            ],
        )
    )


def _come_back(session: Session, order: Order, at: datetime) -> None:
    """Take everything back, and give the money back by transfer."""
    owner = {"platform_id": order.platform_id, "vendor_id": order.vendor_id}
    session.add(
        Return(
            **owner,
            order_id=order.id,
            reason="The colour is not what was expected",
            refunded_minor=order.total_minor,
            received_at=at,
            lines=[ReturnLine(**owner, line_id=line.id, quantity=line.quantity) for line in order.lines],
        )
    )
    for line in order.lines:
        line.returned_quantity = line.quantity
    order.refunded_minor = order.total_minor
    entry = MoneyEntry(**owner, order_id=order.id, amount_minor=-order.total_minor, method="transfer")
    entry.occurred_at = at
    session.add(entry)


def _invoice(session: Session, vendor_id: int) -> None:
    """Issue the invoices of the latest orders that were paid, if somebody has named the company that sells."""
    if document_content.find_seller(session, vendor_id) is None:
        return
    query = sa.select(Order.id, Order.placed_at).where(Order.status.in_((*TO_SHIP, OrderStatus.FULFILLED)))
    latest = session.execute(query.order_by(Order.placed_at.desc()).limit(INVOICES)).all()
    for order_id, placed_at in reversed(latest):
        assert placed_at is not None  # noqa: S101 - only drafts have none
        invoice_service.issue_invoice(session, order_id, Step(placed_at + timedelta(hours=3)))
