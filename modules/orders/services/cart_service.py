"""Carts: found by their token or their person, changed, joined at sign-in, and thrown away when they are old.

A GET only reads, so a person's cart and the one of their browser are shown as one and joined at the next change.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, selectinload

from modules.orders.exceptions import CartFull, OfferGone
from modules.orders.models.cart import WHOLE_PLATFORM, Cart, CartLine
from modules.orders.services import basket, offer_service, order_service
from modules.orders.services.basket import Group, Wish
from wizamart.platforms import Platform, Vendor, VendorStatus, sells_on


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose cart it is: the shop, the token of the browser, and the person if somebody is signed in."""

    platform_id: int
    vendor_id: int | None = None
    token: str | None = None
    user_id: int | None = None

    @property
    def shop_id(self) -> int:
        """The storefront that the cart belongs to."""
        return self.vendor_id or WHOLE_PLATFORM


def count_lines(session: Session, holder: Holder) -> int:
    """Return how many lines wait in the cart, for the number beside its link."""
    if holder.token is None and holder.user_id is None:
        return 0
    query = (
        sa.select(sa.func.count(CartLine.reference.distinct()))
        .join(Cart, Cart.id == CartLine.cart_id)
        .where(*_of(holder))
    )
    return session.scalar(query) or 0


def list_wishes(session: Session, holder: Holder) -> list[Wish]:
    """Return what lies in the cart, that of the person and that of the browser as one."""
    wishes: dict[str, Wish] = {}
    for cart in _load(session, holder):
        for line in cart.lines:
            known = wishes.get(line.reference)
            if known is None or known.quantity < line.quantity:
                wishes[line.reference] = Wish(
                    line.reference, line.quantity, line.title, line.unit_price_minor, line.vendor_id
                )
    return list(wishes.values())


def list_groups(
    session: Session, holder: Holder, *, wishes: Sequence[Wish] | None = None
) -> tuple[Group, ...]:
    """Return the cart by vendor, with prices, taxes and stock as they are now."""
    if wishes is None:
        wishes = list_wishes(session, holder)
    if not wishes:
        return ()
    platform = session.get_one(Platform, holder.platform_id)
    offers = offer_service.look_up(
        session, [wish.reference for wish in wishes], platform_id=holder.platform_id
    )
    vendors = _vendors(session, holder.platform_id, {wish.vendor_id for wish in wishes})
    entries = []
    for wish in wishes:
        offer = offers.get(wish.reference)
        is_sold = offer is not None and offer.vendor_id in vendors
        entries.append(basket.judge(wish, offer if is_sold else None, currency=platform.currency))
    return basket.group_entries(
        entries,
        vendors,
        currency=platform.currency,
        includes_tax=order_service.get_config(session, holder.platform_id).prices_include_tax,
    )


def add(session: Session, holder: Holder, *, reference: str, quantity: int, at: datetime) -> tuple[Cart, int]:
    """Put pieces into the cart, at most as many as there are; returns the cart and how many it holds of them now.

    :raises OfferGone: when this is not sold here now, or sold out.
    :raises CartFull: when there is no room for another line.
    """
    offer = offer_service.look_up(session, [reference], platform_id=holder.platform_id).get(reference)
    if offer is None or not offer.most() or not _vendors(session, holder.platform_id, {offer.vendor_id}):
        raise OfferGone
    cart = claim(session, holder, at=at)
    line = next((one for one in cart.lines if one.reference == reference), None)
    if line is None:
        if len(cart.lines) >= basket.MOST_LINES:
            raise CartFull
        line = CartLine(platform_id=holder.platform_id, reference=reference, quantity=0)
        cart.lines.append(line)
    line.quantity = min(line.quantity + max(1, quantity), offer.most())
    _remember(line, offer)
    return cart, line.quantity


def change(session: Session, holder: Holder, *, reference: str, quantity: int, at: datetime) -> int:
    """Set how many pieces the cart holds, none takes the line out; returns how many it holds now.

    What nobody offers now can be taken out, and otherwise stays as it is.
    """
    cart = claim(session, holder, at=at)
    line = next((one for one in cart.lines if one.reference == reference), None)
    if line is None:
        return 0
    if quantity < 1:
        cart.lines.remove(line)
        return 0
    offer = offer_service.look_up(session, [reference], platform_id=holder.platform_id).get(reference)
    if offer is not None:
        line.quantity = max(1, min(quantity, offer.most()))
        _remember(line, offer)
    return line.quantity


def claim(session: Session, holder: Holder, *, at: datetime) -> Cart:
    """Return the one cart of the holder, locked; made now if there is none, and joined of two if they signed in."""
    carts = list(_load(session, holder, for_update=True))
    cart = next((one for one in carts if one.user_id is not None), None) or next(iter(carts), None)
    if cart is None:
        cart = _create(session, holder, at=at)
    for other in carts:
        if other is not cart:
            _join(session, cart, other)
    if cart.user_id is None and holder.user_id is not None:
        cart.user_id = holder.user_id
    cart.touched_at = at
    return cart


def take_out(session: Session, cart: Cart, references: Sequence[str]) -> None:
    """Take lines out that were ordered."""
    cart.lines = [line for line in cart.lines if line.reference not in set(references)]
    session.flush()  # before anybody else may hold the lock


def remove_old(session: Session, *, platform_id: int, days: int, at: datetime) -> int:
    """Throw away the carts that nobody has touched for so long; returns how many."""
    statement = sa.delete(Cart).where(
        Cart.platform_id == platform_id, Cart.touched_at < at - timedelta(days=days)
    )
    result: Any = session.execute(statement.execution_options(synchronize_session=False))
    return int(result.rowcount)


def _of(holder: Holder) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the condition of carts that are the holder's: a signed-out browser does not open a person's cart."""
    mine: sa.ColumnElement[bool] = sa.false()
    if holder.token is not None:
        mine = sa.and_(Cart.token == holder.token, Cart.user_id.is_(None))
    if holder.user_id is not None:
        mine = sa.or_(mine, Cart.user_id == holder.user_id)
    return Cart.shop_id == holder.shop_id, mine


def _load(session: Session, holder: Holder, *, for_update: bool = False) -> Sequence[Cart]:
    if holder.token is None and holder.user_id is None:
        return ()
    query = sa.select(Cart).where(*_of(holder)).order_by(Cart.id).options(selectinload(Cart.lines))
    if for_update:
        query = query.with_for_update(of=Cart).execution_options(populate_existing=True)
    return session.scalars(query).all()


def _create(session: Session, holder: Holder, *, at: datetime) -> Cart:
    """Make a cart; the other of two first clicks of one person finds it made."""
    cart = Cart(
        platform_id=holder.platform_id,
        shop_id=holder.shop_id,
        token=secrets.token_urlsafe(24),
        user_id=holder.user_id,
        touched_at=at,
        lines=[],
    )
    try:
        with session.begin_nested():
            session.add(cart)
    except IntegrityError:
        return _load(session, holder, for_update=True)[0]
    return cart


def _join(session: Session, cart: Cart, other: Cart) -> None:
    """Put the lines of another cart into this one; of what lies in both, the larger number counts."""
    known = {line.reference: line for line in cart.lines}
    for line in other.lines:
        if line.reference in known:
            known[line.reference].quantity = max(known[line.reference].quantity, line.quantity)
        elif len(cart.lines) < basket.MOST_LINES:
            cart.lines.append(
                CartLine(
                    platform_id=line.platform_id,
                    vendor_id=line.vendor_id,
                    reference=line.reference,
                    title=line.title,
                    unit_price_minor=line.unit_price_minor,
                    quantity=line.quantity,
                )
            )
    session.delete(other)


def _remember(line: CartLine, offer: basket.Offer) -> None:
    line.vendor_id, line.title, line.unit_price_minor = offer.vendor_id, offer.title[:300], offer.unit_price


def _vendors(session: Session, platform_id: int, ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return code and name of those of the vendors that sell here."""
    query = sa.select(Vendor.id, Vendor.code, Vendor.name).where(
        sells_on(platform_id), Vendor.status == VendorStatus.ACTIVE, Vendor.id.in_(ids)
    )
    return {row.id: (row.code, row.name) for row in session.execute(query)}
