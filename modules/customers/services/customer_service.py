"""Customers of a platform: finding, creating, changing them, and which vendors they deal with."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modules.customers import events
from modules.customers.exceptions import (
    CustomerAnonymised,
    CustomerEmailKept,
    CustomerEmailTaken,
    CustomerNotFound,
    CustomerShared,
)
from modules.customers.models.customer import IS_PERSON, Customer, CustomerVendor
from modules.customers.schemas.customer import AboutForm, CustomerForm, ProfileForm
from modules.customers.services import address_service, match_service, record_service
from wizamart.auth import user_service
from wizamart.invisible import shows_nothing


@dataclass(frozen=True, slots=True)
class Change:
    """When, by whom and where something was changed; `consent_detail` names the occasion of an imported consent."""

    at: datetime
    actor_id: int | None
    source: str
    consent_detail: str = ""


def find_customer(session: Session, customer_id: int, *, vendor_id: int | None = None) -> Customer | None:
    """Return a customer; with `vendor_id` only one that deals with this vendor."""
    query = sa.select(Customer).where(Customer.id == customer_id)
    if vendor_id is not None:
        query = query.where(Customer.id.in_(_ids_of(vendor_id)))
    return session.scalars(query).one_or_none()


def get_customer(session: Session, customer_id: int, *, vendor_id: int | None = None) -> Customer:
    """Return a customer; with `vendor_id` only one that deals with this vendor.

    :raises CustomerNotFound: when there is none.
    """
    customer = find_customer(session, customer_id, vendor_id=vendor_id)
    if customer is None:
        raise CustomerNotFound
    return customer


def find_by_email(session: Session, email: str, *, vendor_id: int | None = None) -> Customer | None:
    """Return the platform's customer with this address, whatever its case.

    With `vendor_id`, the one that this vendor sees: who deals with it, or else its own entry.
    """
    query = sa.select(Customer).where(Customer.email == email.strip().lower())
    if vendor_id is None:
        return session.scalars(query.where(Customer.owner_vendor_id.is_(None))).one_or_none()
    query = query.where(Customer.id.in_(_ids_of(vendor_id)))
    return session.scalars(query.order_by(Customer.owner_vendor_id.is_not(None))).first()


def find_for_user(session: Session, *, user_id: int, email: str) -> Customer | None:
    """Return the customer that a signed-in person is: by their account, or by the address that it proves."""
    query = sa.select(Customer).where(
        sa.or_(
            Customer.user_id == user_id,
            sa.and_(
                Customer.user_id.is_(None),
                Customer.owner_vendor_id.is_(None),
                Customer.email == email.strip().lower(),
            ),
        )
    )
    return session.scalars(query.order_by(Customer.user_id.is_(None), Customer.id)).first()


def list_customers(
    session: Session, *, vendor_id: int | None = None, text: str = "", limit: int = 20
) -> Sequence[Customer]:
    """Return customers by name whose name, address or phone holds the text; a vendor does not search by phone."""
    query = sa.select(Customer).where(IS_PERSON)
    if vendor_id is not None:
        query = query.where(Customer.id.in_(_ids_of(vendor_id)))
    for word in text.split():
        columns = (Customer.name, Customer.email, *([] if vendor_id is not None else [Customer.phone]))
        query = query.where(sa.or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return session.scalars(query.order_by(Customer.name, Customer.id).limit(limit)).all()


def find_or_create_by_email(
    session: Session,
    *,
    platform_id: int,
    email: str,
    name: str,
    at: datetime,
    locale: str | None = None,
    vendor_id: int | None = None,
) -> Customer:
    """Return the platform's customer with this address, made now if there is none; links them to the vendor.

    A known customer keeps their name. Two who ask at once get the same row. Whom the vendor sees already comes
    first, its own entry included.

    :raises EmailInvalid: when the address cannot be one.
    """
    address = user_service.check_email(email)
    customer = _find_known(session, address, vendor_id=vendor_id)
    if customer is None:
        try:
            with session.begin_nested():
                customer = _add(
                    session, platform_id=platform_id, email=address, name=name, at=at, locale=locale
                )
        except IntegrityError:
            query = sa.select(Customer).where(Customer.email == address, Customer.owner_vendor_id.is_(None))
            customer = session.scalars(query).one()
        else:
            match_service.refresh_keys(session, customer)
            _tell_created(session, customer, vendor_id=vendor_id)
    if vendor_id is not None:
        link_vendor(session, customer, vendor_id=vendor_id, at=at)
    return customer


def find_or_create_for_vendor(
    session: Session, *, platform_id: int, vendor_id: int, email: str, name: str, at: datetime
) -> Customer:
    """Return whom a vendor sees under this address, or else an entry of its own, made now.

    The platform's customer, whom it has not met, is none of its business. Two who ask at once get the same row.

    :raises EmailInvalid: when the address cannot be one.
    """
    address = user_service.check_email(email)
    known = find_by_email(session, address, vendor_id=vendor_id)
    if known is not None:
        return known
    try:
        with session.begin_nested():
            customer = _add(
                session,
                platform_id=platform_id,
                email=address,
                name=name,
                at=at,
                locale=None,
                owner_vendor_id=vendor_id,
            )
    except IntegrityError:
        query = sa.select(Customer).where(Customer.email == address, Customer.owner_vendor_id == vendor_id)
        customer = session.scalars(query).one()
    else:
        match_service.refresh_keys(session, customer)
        _tell_created(session, customer, vendor_id=vendor_id)
    link_vendor(session, customer, vendor_id=vendor_id, at=at)
    return customer


def create_customer(
    session: Session,
    form: CustomerForm,
    *,
    platform_id: int,
    at: datetime,
    actor_id: int | None,
    source: str,
    vendor_id: int | None = None,
    is_announced: bool = True,
    consent_detail: str = "",
) -> Customer:
    """Create a customer; with `vendor_id` as that vendor's own entry, whomever the platform knows.

    Who brings in many announces none of them.

    :raises CustomerEmailTaken: when whoever asks sees a customer with this address already.
    :raises EmailInvalid: when the address cannot be one.
    """
    address = user_service.check_email(form.email)
    if find_by_email(session, address, vendor_id=vendor_id) is not None:
        raise CustomerEmailTaken
    customer = _add(
        session,
        platform_id=platform_id,
        email=address,
        name=form.name,
        at=at,
        locale=form.locale,
        owner_vendor_id=vendor_id,
    )
    change = Change(at=at, actor_id=actor_id, source=source, consent_detail=consent_detail)
    _apply_profile(session, customer, form, change)
    address_service.set_addresses(customer, form.addresses)
    match_service.refresh_keys(session, customer)
    record_service.set_tags(session, customer, form.tags, vendor_id=vendor_id)
    if vendor_id is not None:
        link_vendor(session, customer, vendor_id=vendor_id, at=at)
    if is_announced:
        _tell_created(session, customer, vendor_id=vendor_id)
    return customer


def update_customer(
    session: Session,
    customer: Customer,
    form: CustomerForm,
    *,
    at: datetime,
    actor_id: int | None,
    source: str,
    vendor_id: int | None = None,
) -> None:
    """Change what is known of a customer; a vendor only changes one who is its alone.

    :raises CustomerAnonymised: when the person is gone.
    :raises CustomerShared: when it is not this vendor's to change.
    :raises CustomerEmailTaken: when another customer has the address.
    :raises CustomerEmailKept: when a vendor changes an address under which the platform knows the person.
    """
    if vendor_id is not None and not is_vendors_own(session, customer, vendor_id=vendor_id):
        raise CustomerShared
    address = user_service.check_email(form.email)
    if address != customer.email:
        _check_new_email(session, customer, address, vendor_id=vendor_id)
    _apply_profile(session, customer, form, Change(at=at, actor_id=actor_id, source=source))
    customer.email = address
    address_service.set_addresses(customer, form.addresses)
    match_service.refresh_keys(session, customer)
    record_service.set_tags(session, customer, form.tags, vendor_id=vendor_id)


def _check_new_email(session: Session, customer: Customer, email: str, *, vendor_id: int | None) -> None:
    if vendor_id is not None and customer.owner_vendor_id is None:
        raise CustomerEmailKept
    query = sa.select(Customer.id).where(
        Customer.email == email, Customer.owner_vendor_id == customer.owner_vendor_id
    )
    if session.scalars(query).first() is not None:
        raise CustomerEmailTaken


def update_profile(
    session: Session, customer: Customer, form: AboutForm, *, at: datetime, user_id: int
) -> None:
    """Change what customers say of themselves; their account and the row belong together from then on."""
    _apply_profile(session, customer, form, Change(at=at, actor_id=user_id, source="storefront"))
    customer.user_id = user_id
    match_service.refresh_keys(session, customer)


def set_email(session: Session, customer: Customer, email: str) -> None:
    """Give a customer the address that they have proved to be theirs.

    :raises CustomerEmailTaken: when another customer of the platform has it.
    """
    _check_new_email(session, customer, email, vendor_id=None)
    customer.email = email
    match_service.refresh_keys(session, customer)


def link_vendor(session: Session, customer: Customer, *, vendor_id: int, at: datetime) -> None:
    """Note that a customer deals with a vendor; doing it again changes nothing."""
    query = sa.select(CustomerVendor.id).where(
        CustomerVendor.customer_id == customer.id, CustomerVendor.vendor_id == vendor_id
    )
    if session.scalars(query).first() is not None:
        return
    link = CustomerVendor(
        platform_id=customer.platform_id, customer_id=customer.id, vendor_id=vendor_id, created_at=at
    )
    with suppress(IntegrityError), session.begin_nested():  # an order at the same moment may have noted it
        session.add(link)


def is_vendors_own(session: Session, customer: Customer, *, vendor_id: int) -> bool:
    """Tell whether a customer is this vendor's entry, or has no account and deals with nobody else."""
    if customer.owner_vendor_id is not None:
        return customer.owner_vendor_id == vendor_id
    links = sa.select(CustomerVendor.__table__.c.vendor_id).where(
        CustomerVendor.__table__.c.customer_id == customer.id
    )
    return customer.user_id is None and set(session.scalars(links)) == {vendor_id}


def list_shared(session: Session, customers: Sequence[Customer], *, vendor_id: int) -> frozenset[int]:
    """Return the ids of those who are not this vendor's own, in one query."""
    others = [one for one in customers if one.owner_vendor_id != vendor_id]
    links = CustomerVendor.__table__.c
    query = sa.select(links.customer_id).where(
        links.customer_id.in_([one.id for one in others]), links.vendor_id != vendor_id
    )
    elsewhere = set(session.scalars(query))
    return frozenset(one.id for one in others if one.user_id is not None or one.id in elsewhere)


def count_customers(session: Session, *, vendor_id: int | None = None, since: datetime | None = None) -> int:
    """Count the customers, of a vendor if one is given, and only those who came since then."""
    query = sa.select(sa.func.count(Customer.id)).where(IS_PERSON)
    if vendor_id is not None:
        query = query.where(Customer.id.in_(_ids_of(vendor_id)))
    if since is not None:
        query = query.where(Customer.created_at >= since)
    return session.scalar(query) or 0


def _ids_of(vendor_id: int) -> sa.Select[Any]:
    return sa.select(CustomerVendor.customer_id).where(CustomerVendor.vendor_id == vendor_id)


def _find_known(session: Session, email: str, *, vendor_id: int | None) -> Customer | None:
    """Return whom the vendor sees already, or else the platform's customer."""
    seen = find_by_email(session, email, vendor_id=vendor_id) if vendor_id is not None else None
    if seen is not None and seen.owner_vendor_id is None:
        return seen
    known = find_by_email(session, email)
    return known if known is not None and (seen is None or known.user_id is not None) else seen


def _add(
    session: Session,
    *,
    platform_id: int,
    email: str,
    name: str,
    at: datetime,
    locale: str | None,
    owner_vendor_id: int | None = None,
) -> Customer:
    customer = Customer(
        platform_id=platform_id,
        owner_vendor_id=owner_vendor_id,
        email=email,
        name=email[:120] if shows_nothing(name) else name.strip()[:120],
        locale=locale,
        created_at=at,
        addresses=[],
    )
    session.add(customer)
    session.flush()  # links and events need the id, and the address may be taken
    return customer


def _apply_profile(
    session: Session, customer: Customer, form: ProfileForm | AboutForm, change: Change
) -> None:
    if customer.is_gone:
        raise CustomerAnonymised
    customer.name, customer.phone, customer.locale = form.name, form.phone, form.locale
    record_service.set_consent(
        session,
        customer,
        is_given=form.marketing_consent,
        source=change.source,
        actor_id=change.actor_id,
        at=change.at,
        detail=change.consent_detail,
    )


def _tell_created(session: Session, customer: Customer, *, vendor_id: int | None) -> None:
    payload = events.CustomerChanged(
        platform_id=customer.platform_id, customer_id=customer.id, vendor_id=vendor_id
    )
    events.customer_created.emit(session, payload, platform_id=customer.platform_id, vendor_id=vendor_id)
