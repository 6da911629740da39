"""The address book of a customer: which addresses there are, and which of them bills and goods go to."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from modules.customers.exceptions import AddressBookFull, AddressNotFound, CustomerAnonymised
from modules.customers.models.address import Address
from modules.customers.models.customer import Customer
from modules.customers.schemas.customer import MOST_ADDRESSES, AddressForm
from modules.customers.services import match_service

WRITTEN: Final = ("recipient", "company", "line1", "line2", "postal_code", "city", "country")


def get_address(customer: Customer, address_id: int) -> Address:
    """Return one of the customer's own addresses.

    :raises AddressNotFound: when it is none of them.
    """
    for address in customer.addresses:
        if address.id == address_id:
            return address
    raise AddressNotFound


def set_addresses(customer: Customer, forms: Sequence[AddressForm]) -> None:
    """Make the addresses those of the forms; one that says the same stays the row it is."""
    left = list(customer.addresses)
    kept = [next((row for row in left if is_same(row, form)), None) for form in forms]
    left = [row for row in left if row not in kept]
    rows = []
    for form, row in zip(forms, kept, strict=True):
        chosen = row or (left.pop(0) if left else Address(platform_id=customer.platform_id))
        _write(chosen, form)
        rows.append(chosen)
    customer.addresses = rows
    _tidy(customer)


def add_address(session: Session, customer: Customer, form: AddressForm) -> Address:
    """Add an address at the end; one that the book holds already is returned as it is.

    :raises AddressBookFull: when there are too many.
    :raises CustomerAnonymised: when the person is gone.
    """
    if customer.is_gone:
        raise CustomerAnonymised
    for row in customer.addresses:
        if is_same(row, form):
            return row
    if len(customer.addresses) >= MOST_ADDRESSES:
        raise AddressBookFull
    address = Address(platform_id=customer.platform_id)
    _write(address, form)
    customer.addresses.append(address)
    _settle(session, customer, address)
    return address


def update_address(session: Session, customer: Customer, address: Address, form: AddressForm) -> None:
    """Change an address."""
    _write(address, form)
    _settle(session, customer, address)


def delete_address(session: Session, customer: Customer, address: Address) -> None:
    """Take an address out of the book; orders keep what they were sent to."""
    customer.addresses.remove(address)
    _settle(session, customer, None)


def choose(
    session: Session, customer: Customer, address: Address, *, billing: bool = False, shipping: bool = False
) -> None:
    """Send bills, goods or both to this address from now on."""
    address.is_billing = address.is_billing or billing
    address.is_shipping = address.is_shipping or shipping
    _settle(session, customer, address)


def is_same(address: Address, form: AddressForm) -> bool:
    """Tell whether a row and a form write the same on a letter."""
    return all(getattr(address, name) == getattr(form, name) for name in WRITTEN)


def _write(address: Address, form: AddressForm) -> None:
    for name in (*WRITTEN, "is_billing", "is_shipping"):
        setattr(address, name, getattr(form, name))


def _settle(session: Session, customer: Customer, latest: Address | None) -> None:
    """Let the address that was chosen last win, and keep what follows from the addresses in step."""
    for other in customer.addresses:
        if latest is not None and other is not latest:
            other.is_billing = other.is_billing and not latest.is_billing
            other.is_shipping = other.is_shipping and not latest.is_shipping
    _tidy(customer)
    match_service.refresh_keys(session, customer)


def _tidy(customer: Customer) -> None:
    """Give the addresses their numbers and at most one of them each purpose; people live where goods go to."""
    for position, address in enumerate(customer.addresses):
        address.position = position
    for name in ("is_billing", "is_shipping"):
        for other in [one for one in customer.addresses if getattr(one, name)][1:]:
            setattr(other, name, False)
    lives_at = customer.shipping_address
    customer.country = lives_at.country if lives_at is not None else None
