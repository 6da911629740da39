"""Mails to customers of the storefront: each in the language they ordered in, each once."""

from collections.abc import Callable, Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.models.happening import Fulfilment
from modules.orders.models.order import Order
from modules.orders.schemas.order_state import Action, OrderStatus
from modules.orders.services import listing_service, order_service
from wizamart import mail
from wizamart.i18n import force_locale, format_money, format_percent, gettext as _
from wizamart.platforms import Platform


def write(session: Session, order_id: int, action: Action) -> None:
    """Write the mail of a step; orders that were entered by hand have no page to lead to and get none."""
    order = order_service.get_order(session, order_id)
    if action is Action.PAY and not order.total_minor:
        return
    _send(
        session,
        order,
        action,
        lambda vendor: (_subject(order, action), _parts(session, order, action, vendor)),
    )


def write_of_refund(session: Session, order: Order, amount_minor: int) -> None:
    """Write that money goes back; who was told that their order is cancelled knows it already."""
    if order.state is OrderStatus.CANCELLED:
        return

    def say(vendor: str) -> tuple[str, Iterable[str]]:
        told = _(
            "%(vendor)s gives you back %(amount)s for your order, the way it was paid. Your bank may take some days.",
            vendor=vendor,
            amount=format_money(amount_minor, order.currency),
        )
        return _("Money back for order %(number)s", number=order.number), [
            _greeting(order),
            told,
            _where(order),
        ]

    _send(session, order, "refund", say)


def _send(
    session: Session, order: Order, occasion: str, say: Callable[[str], tuple[str, Iterable[str]]]
) -> None:
    """Send what `say` answers, given the vendor's name: subject and paragraphs, in the customer's language."""
    if not order.page_url:
        return
    locale = order.locale or session.get_one(Platform, order.platform_id).default_locale
    with force_locale(locale):
        subject, parts = say(listing_service.get_vendor_name(session, order.vendor_id))
        text = "\n\n".join(part for part in parts if part)
        mail.send(
            session,
            to=order.customer_email,
            subject=subject,
            text=f"{text}\n",
            locale=locale,
            key=f"orders:{order.id}:{occasion}:{order.version}",
        )


def _subject(order: Order, action: Action) -> str:
    if action is Action.PAY:
        return _("Your payment for order %(number)s has arrived", number=order.number)
    if action is Action.FULFIL:
        return _("Order %(number)s is on its way", number=order.number)
    if action is Action.CANCEL:
        return _("Order %(number)s is cancelled", number=order.number)
    return _("Your order %(number)s", number=order.number)


def _parts(session: Session, order: Order, action: Action, vendor: str) -> Iterator[str]:
    """Yield the paragraphs of a mail."""
    yield _greeting(order)
    total = format_money(order.total_minor, order.currency)
    if action is Action.PLACE:
        yield _("thank you for your order from %(vendor)s. This is what you have ordered:", vendor=vendor)
        yield _goods(order)
        if order.due_minor:
            yield _("If you have not paid yet, the page of your order shows how.")
    elif action is Action.PAY:
        yield _(
            "we have received %(amount)s. %(vendor)s now prepares your parcel.", amount=total, vendor=vendor
        )
    elif action is Action.FULFIL:
        yield _("%(vendor)s has sent a parcel to you.", vendor=vendor)
        yield _parcel(session, order)
    elif order.paid_minor:
        yield _("your order is cancelled. What you have paid goes back to you the way it came.")
    else:
        yield _("your order is cancelled. Nothing was charged.")
    yield _where(order)


def _greeting(order: Order) -> str:
    return _("Hello %(name)s,", name=order.customer_name)


def _where(order: Order) -> str:
    return _("See at any time where your order stands:\n%(url)s", url=order.page_url)


def _goods(order: Order) -> str:
    lines = [
        f"{line.quantity} × {line.title}: {format_money(line.unit_price_minor * line.quantity, order.currency)}"
        for line in order.lines
    ]
    if order.delivery_title:
        lines.append(f"{order.delivery_title}: {format_money(order.delivery_minor, order.currency)}")
    lines.append(_("Total: %(amount)s", amount=format_money(order.total_minor, order.currency)))
    lines += [
        f"{_('of which VAT %(rate)s', rate=format_percent(group.rate / 100))}: "
        f"{format_money(group.tax_minor, order.currency)}"
        for group in order_service.compute_totals(order).groups
    ]
    return "\n".join(lines)


def _parcel(session: Session, order: Order) -> str:
    """Return what lies in the parcel that was sent last, and how it is followed."""
    query = sa.select(Fulfilment).where(Fulfilment.order_id == order.id).order_by(Fulfilment.id.desc())
    parcel = session.scalars(query.limit(1)).one_or_none()
    if parcel is None:
        return ""
    titles = {line.id: line.title for line in order.lines}
    goods = [f"{part.quantity} × {titles[part.line_id]}" for part in parcel.lines]
    tracking = " ".join(
        part for part in (parcel.carrier, parcel.tracking_number, parcel.tracking_url) if part
    )
    return "\n\n".join(part for part in ("\n".join(goods), tracking) if part)
