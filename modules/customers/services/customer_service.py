"""Customers of a platform: finding, creating, changing them, and which vendors they deal with."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from modules.customers import events
from modules.customers.exceptions import (
    CustomerAnonymised,
    CustomerEmailTaken,
    CustomerNotFound,
    CustomerShared,
)
from modules.customers.models.address import Address
from modules.customers.models.customer import Customer, CustomerVendor
from modules.customers.schemas.customer import AddressForm, CustomerForm, ProfileForm
from modules.customers.services import record_service
from wizamart.auth import user_service


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


def find_by_email(session: Session, email: str) -> Customer | None:
    """Return the customer of the platform with this address, whatever its case."""
    return session.scalars(sa.select(Customer).where(Customer.email == email.strip().lower())).one_or_none()


def find_for_user(session: Session, *, user_id: int, email: str) -> Customer | None:
    """Return the customer that a signed-in person is: by their account, or by the address that it proves."""
    query = sa.select(Customer).where(
        sa.or_(
            Customer.user_id == user_id,
            sa.and_(Customer.user_id.is_(None), Customer.email == email.strip().lower()),
        )
    )
    return session.scalars(query.order_by(Customer.user_id.is_(None), Customer.id)).first()


def list_customers(
    session: Session, *, vendor_id: int | None = None, text: str = "", limit: int = 20
) -> Sequence[Customer]:
    """Return customers by name whose name, address or phone holds the text."""
    query = sa.select(Customer).where(Customer.anonymised_at.is_(None))
    if vendor_id is not None:
        query = query.where(Customer.id.in_(_ids_of(vendor_id)))
    for word in text.split():
        columns = (Customer.name, Customer.email, Customer.phone)
        query = query.where(sa.or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return session.scalars(query.order_by(Customer.name, Customer.id).limit(limit)).all()


def names_of(session: Session, customer_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of customers by id, in one query."""
    query = sa.select(Customer.id, Customer.name).where(Customer.id.in_(set(customer_ids)))
    return {row.id: row.name for row in session.execute(query)}


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

    A known customer keeps their name. Two who ask at once get the same row.

    :raises EmailInvalid: when the address cannot be one.
    """
    address = user_service.check_email(email)
    customer = find_by_email(session, address)
    if customer is None:
        try:
            with session.begin_nested():
                customer = _add(
                    session, platform_id=platform_id, email=address, name=name, at=at, locale=locale
                )
        except IntegrityError:
            customer = session.scalars(sa.select(Customer).where(Customer.email == address)).one()
        else:
            _tell_created(session, customer, vendor_id=vendor_id)
    if vendor_id is not None:
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
) -> Customer:
    """Create a customer; with `vendor_id` as one of that vendor's.

    :raises CustomerEmailTaken: when the platform knows the address, whoever deals with them: a vendor must not get at
        another's customer by typing their address.
    :raises EmailInvalid: when the address cannot be one.
    """
    address = user_service.check_email(form.email)
    if find_by_email(session, address) is not None:
        raise CustomerEmailTaken
    customer = _add(
        session, platform_id=platform_id, email=address, name=form.name, at=at, locale=form.locale
    )
    _apply_profile(session, customer, form, at=at, actor_id=actor_id, source=source)
    record_service.set_tags(session, customer, form.tags, vendor_id=vendor_id)
    if vendor_id is not None:
        link_vendor(session, customer, vendor_id=vendor_id, at=at)
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
    """
    if vendor_id is not None and not is_vendors_own(session, customer, vendor_id=vendor_id):
        raise CustomerShared
    address = user_service.check_email(form.email)
    other = find_by_email(session, address)
    if other is not None and other.id != customer.id:
        raise CustomerEmailTaken
    _apply_profile(session, customer, form, at=at, actor_id=actor_id, source=source)
    customer.email = address
    record_service.set_tags(session, customer, form.tags, vendor_id=vendor_id)


def update_profile(
    session: Session, customer: Customer, form: ProfileForm, *, at: datetime, user_id: int
) -> None:
    """Change what customers say of themselves; their account and the row belong together from then on."""
    _apply_profile(session, customer, form, at=at, actor_id=user_id, source="storefront")
    customer.user_id = user_id


def link_vendor(session: Session, customer: Customer, *, vendor_id: int, at: datetime) -> None:
    """Note that a customer deals with a vendor; doing it again changes nothing."""
    query = sa.select(CustomerVendor.id).where(
        CustomerVendor.customer_id == customer.id, CustomerVendor.vendor_id == vendor_id
    )
    if session.scalars(query).first() is None:
        session.add(
            CustomerVendor(
                platform_id=customer.platform_id, customer_id=customer.id, vendor_id=vendor_id, created_at=at
            )
        )


def is_vendors_own(session: Session, customer: Customer, *, vendor_id: int) -> bool:
    """Tell whether a customer has no account and deals with nobody but this vendor."""
    links = sa.select(CustomerVendor.__table__.c.vendor_id).where(
        CustomerVendor.__table__.c.customer_id == customer.id
    )
    return customer.user_id is None and set(session.scalars(links)) == {vendor_id}


def count_customers(session: Session, *, vendor_id: int | None = None, since: datetime | None = None) -> int:
    """Count the customers, of a vendor if one is given, and only those who came since then."""
    query = sa.select(sa.func.count(Customer.id)).where(Customer.anonymised_at.is_(None))
    if vendor_id is not None:
        query = query.where(Customer.id.in_(_ids_of(vendor_id)))
    if since is not None:
        query = query.where(Customer.created_at >= since)
    return session.scalar(query) or 0


def _ids_of(vendor_id: int) -> sa.Select[Any]:
    return sa.select(CustomerVendor.customer_id).where(CustomerVendor.vendor_id == vendor_id)


def _add(
    session: Session, *, platform_id: int, email: str, name: str, at: datetime, locale: str | None
) -> Customer:
    customer = Customer(
        platform_id=platform_id,
        email=email,
        name=name.strip()[:120] or email,
        locale=locale,
        created_at=at,
        addresses=[],
    )
    session.add(customer)
    session.flush()  # links and events need the id, and the address may be taken
    return customer


def _apply_profile(
    session: Session,
    customer: Customer,
    form: ProfileForm,
    *,
    at: datetime,
    actor_id: int | None,
    source: str,
) -> None:
    if customer.is_anonymised:
        raise CustomerAnonymised
    customer.name, customer.phone, customer.locale = form.name, form.phone, form.locale
    _set_addresses(customer, form.addresses)
    record_service.set_consent(
        session, customer, is_given=form.marketing_consent, source=source, actor_id=actor_id, at=at
    )


def _set_addresses(customer: Customer, forms: Sequence[AddressForm]) -> None:
    """Replace the addresses: orders keep what was sent where, so nothing else refers to these rows."""
    customer.addresses = [
        Address(platform_id=customer.platform_id, position=position, **form.model_dump())
        for position, form in enumerate(forms)
    ]
    customer.country = forms[0].country if forms else None


def _tell_created(session: Session, customer: Customer, *, vendor_id: int | None) -> None:
    payload = events.CustomerChanged(
        platform_id=customer.platform_id, customer_id=customer.id, vendor_id=vendor_id
    )
    events.customer_created.emit(session, payload, platform_id=customer.platform_id, vendor_id=vendor_id)
