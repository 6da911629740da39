"""What the list of customers is made of: one statement, and the expressions to search, order and narrow it by."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from modules.customers.models.customer import IS_PERSON, Customer, CustomerVendor
from modules.customers.models.record import Tag


@dataclass(frozen=True, slots=True)
class Listing:
    """The parts of a table of customers."""

    select: sa.Select[Any]
    search: tuple[Any, ...]
    name: Any
    email: Any
    country: Any
    consent: Any
    created_at: Any
    tagged: Callable[[str], Any]


def build_listing(*, vendor_id: int | None = None) -> Listing:
    """Return the list of all customers who are still persons; with `vendor_id` of those who deal with it."""
    select = sa.select(Customer).where(IS_PERSON)
    if vendor_id is not None:
        linked = sa.select(CustomerVendor.customer_id).where(CustomerVendor.vendor_id == vendor_id)
        select = select.where(Customer.id.in_(linked))

    def tagged(name: str) -> Any:
        query = sa.select(Tag.customer_id).where(Tag.name == name, Tag.vendor_id == vendor_id)
        return Customer.id.in_(query)

    return Listing(
        select=select,
        search=(Customer.name, Customer.email, Customer.phone),
        name=Customer.name,
        email=Customer.email,
        country=Customer.country,
        consent=Customer.marketing_consent,
        created_at=Customer.created_at,
        tagged=tagged,
    )


def with_details(select: sa.Select[Any]) -> sa.Select[Any]:
    """Return the list with addresses and tags, read for many customers at once."""
    return select.options(selectinload(Customer.addresses), selectinload(Customer.tags))


def list_countries(session: Session, *, vendor_id: int | None = None) -> Sequence[str]:
    """Return the codes of the countries that customers live in, with `vendor_id` those who deal with it."""
    query = sa.select(Customer.country).where(Customer.country.is_not(None)).distinct()
    if vendor_id is not None:
        linked = sa.select(CustomerVendor.customer_id).where(CustomerVendor.vendor_id == vendor_id)
        query = query.where(Customer.id.in_(linked))
    return [code for code in session.scalars(query) if code]
