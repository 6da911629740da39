"""Makers of customers."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from modules.customers.schemas.customer import AddressForm, CustomerForm
from modules.customers.services import customer_service
from wizamart.database import unit_of_work
from wizamart.platforms import scoped

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOME = {"line1": "4, rue de la Gare", "postal_code": "4031", "city": "Esch-sur-Alzette", "country": "LU"}


@pytest.fixture
def within(app) -> Callable[..., AbstractContextManager[Session]]:
    """Return `within(platform, vendor=None)`: a session in this scope, committed at the end."""

    @contextmanager
    def work(platform: Any, vendor: Any = None) -> Iterator[Session]:
        with (
            app.app_context(),
            unit_of_work() as session,
            scoped(session, platform.id, vendor.id if vendor else None),
        ):
            yield session

    return work


@pytest.fixture
def make_customer(within) -> Callable[..., int]:
    """Return `make_customer(platform, email, *, vendors=(), **fields)`, which returns the id."""

    def make(platform: Any, email: str = "jos@example.com", *, vendors: Any = (), **fields: Any) -> int:
        values = {"name": "Jos Weber", "addresses": [AddressForm(**HOME)], **fields}
        with within(platform) as session:
            customer = customer_service.create_customer(
                session,
                CustomerForm(email=email, **values),
                platform_id=platform.id,
                at=NOON,
                actor_id=None,
                source="admin",
            )
            for vendor in vendors:
                customer_service.link_vendor(session, customer, vendor_id=vendor.id, at=NOON)
            return customer.id

    return make
