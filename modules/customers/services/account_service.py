"""Customers who register themselves, change their address and leave. Nobody learns whether an address is known.

The address proves itself by the link that is mailed to it; only then can anybody sign in with it, and so a stranger
cannot get at the orders of a customer by registering with their address.
"""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from modules.customers.models.customer import Customer
from modules.customers.schemas.customer import RegistrationForm
from modules.customers.services import customer_service, merge_service, privacy_service, record_service
from wizamart import mail
from wizamart.auth import email_service, reset_service, throttle_service, user_service
from wizamart.auth.throttle_service import Limit
from wizamart.exceptions import TooManyRequests
from wizamart.i18n import gettext as _
from wizamart.platforms import scoped

REGISTRATIONS: Final = Limit(10, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Shop:
    """Where somebody registers; `build_url(token)` is the address at which they choose a password."""

    platform_id: int
    name: str
    sign_in_url: str
    build_url: Callable[[str], str]


def register(
    session: Session, form: RegistrationForm, *, shop: Shop, ip: str | None, locale: str, at: datetime
) -> None:
    """Send a link to choose a password, or to somebody who has one already a note that says so.

    :raises EmailInvalid: when the address cannot be one.
    :raises TooManyRequests: when this network address registers too often.
    """
    address = user_service.check_email(form.email)
    throttle_service.count_try(session, f"register:{ip or 'unknown'}", limit=REGISTRATIONS, at=at)
    try:
        throttle_service.count_try(
            session, throttle_service.mail_key(address), limit=throttle_service.MAIL, at=at
        )
    except TooManyRequests:
        return  # silently: the sender may not be the owner of the address
    user = user_service.find_or_create_user(
        session, email=address, display_name=form.name, locale=locale, at=at
    )
    if user.password_hash or not user.is_active:
        _say_account_exists(session, address, shop=shop, locale=user.locale or locale)
        return
    _ensure_customer(session, form, address, user_id=user.id, shop=shop, locale=locale, at=at)
    reset_service.invite(
        session,
        user,
        inviter_name=shop.name,
        place=shop.name,
        build_url=shop.build_url,
        at=at,
        payload={"shop": shop.platform_id},
        say=functools.partial(_confirm_registration, shop.name),
    )


def _confirm_registration(shop_name: str, url: str) -> tuple[str, str]:
    text = _(
        "Hello,\n\nyou have asked for a customer account at %(shop)s. Choose your password here within a week:\n\n"
        "%(url)s\n\nIf it was not you, there is nothing you need to do.",
        shop=shop_name,
        url=url,
    )
    return _("Your customer account at %(shop)s", shop=shop_name), text


def confirm_email(session: Session, token: str, *, at: datetime) -> Customer | None:
    """Give an account its new address, and its customer too; what came under that address before becomes theirs.

    :raises LinkInvalid: when the link is not good any more.
    :raises EmailTaken: when somebody took the address meanwhile.
    """
    user, old = email_service.confirm_change(session, token, at=at)
    customer = customer_service.find_for_user(session, user_id=user.id, email=old)
    if customer is None:
        return None
    customer.user_id = user.id
    other = customer_service.find_by_email(session, user.email)
    if other is not None and other.id != customer.id:
        merge_service.merge(
            session,
            platform_id=customer.platform_id,
            kept_id=customer.id,
            gone_id=other.id,
            actor_id=user.id,
            at=at,
        )
    customer_service.set_email(session, customer, user.email)
    return customer


def close_account(
    session: Session, customer: Customer | None, *, platform_id: int, user_id: int, email: str, at: datetime
) -> None:
    """Take the person out of the platform, on their own wish; who works in a portal keeps the account for that.

    `email` is the account's address, under which vendors may have entered the person, too.

    :raises RuleViolation: when something of theirs is not done yet, such as an order.
    """
    if customer is not None:
        customer.user_id = user_id
        session.flush()  # the account is found by the row
        privacy_service.anonymise(session, customer, actor_id=user_id, at=at, email=email)
    else:
        with scoped(session, platform_id):
            privacy_service.anonymise_vendor_entries(session, email, actor_id=user_id, at=at)
        privacy_service.close_account(session, user_id, at=at)


def _ensure_customer(
    session: Session,
    form: RegistrationForm,
    email: str,
    *,
    user_id: int,
    shop: Shop,
    locale: str,
    at: datetime,
) -> Customer:
    """Make the customer, unless one has the address: theirs is found by it, once it is proved."""
    known = customer_service.find_by_email(session, email)
    if known is not None:
        return known
    customer = customer_service.find_or_create_by_email(
        session, platform_id=shop.platform_id, email=email, name=form.name, locale=locale, at=at
    )
    customer.user_id = user_id
    record_service.set_consent(
        session, customer, is_given=form.marketing_consent, source="storefront", actor_id=user_id, at=at
    )
    return customer


def _say_account_exists(session: Session, email: str, *, shop: Shop, locale: str) -> None:
    text = _(
        "Hello,\n\nsomebody, probably you, wanted to create an account at %(shop)s with this address. You have one "
        "already. Sign in here, or set a new password there:\n\n%(url)s\n\nIf it was not you, do nothing.",
        shop=shop.name,
        url=shop.sign_in_url,
    )
    mail.send(session, to=email, subject=_("You have an account already"), text=text, locale=locale)
