"""Mails to customers of the storefront: each in the language they ordered in, each once."""

from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.orders.models.happening import Fulfilment
from modules.orders.models.order import Order
from modules.orders.schemas.order_state import Action
from modules.orders.services import listing_service, order_service
from wizamart import mail
from wizamart.i18n import force_locale, format_money, format_percent, gettext as _
from wizamart.platforms import Platform


def write(session: Session, order_id: int, action: Action) -> None:
    """Write the mail of a step; orders that were entered by hand have no page to lead to and get none."""
    order = order_service.get_order(session, order_id)
    if not order.page_url or (action is Action.PAY and not order.total_minor):
        return
    locale = order.locale or session.get_one(Platform, order.platform_id).default_locale
    with force_locale(locale):
        vendor = listing_service.get_vendor_name(session, order.vendor_id)
        text = "\n\n".join(part for part in _parts(session, order, action, vendor) if part)
        mail.send(
            session,
            to=order.customer_email,
            subject=_subject(order, action),
            text=f"{text}\n",
            locale=locale,
            key=f"orders:{order.id}:{action}:{order.version}",
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
    yield _("Hello %(name)s,", name=order.customer_name)
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
        yield _tracking(session, order)
    elif order.paid_minor:
        yield _("your order is cancelled. What you have paid goes back to you the way it came.")
    else:
        yield _("your order is cancelled. Nothing was charged.")
    yield _("See at any time where your order stands:\n%(url)s", url=order.page_url)


def _goods(order: Order) -> str:
    lines = [
        f"{line.quantity} × {line.title}: {format_money(line.unit_price_minor * line.quantity, order.currency)}"
        for line in order.lines
    ]
    if order.delivery_title:
        lines.append(f"{order.delivery_title}: {format_money(order.delivery_minor, order.currency)}")
    lines += [
        f"{_('VAT %(rate)s', rate=format_percent(group.rate / 100))}: "
        f"{format_money(group.tax_minor, order.currency)}"
        for group in order_service.compute_totals(order).groups
    ]
    lines.append(_("Total: %(amount)s", amount=format_money(order.total_minor, order.currency)))
    return "\n".join(lines)


def _tracking(session: Session, order: Order) -> str:
    query = sa.select(Fulfilment).where(Fulfilment.order_id == order.id).order_by(Fulfilment.id.desc())
    parcel = session.scalars(query.limit(1)).one_or_none()
    if parcel is None:
        return ""
    return " ".join(part for part in (parcel.carrier, parcel.tracking_number, parcel.tracking_url) if part)
