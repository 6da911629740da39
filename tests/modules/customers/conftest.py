"""Makers of customers."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.customers.schemas.customer import AddressForm, CustomerForm
from modules.customers.services import customer_service
from modules.customers.services.import_service import CUSTOMER_FILES
from wizamart import imports
from wizamart.database import unit_of_work
from wizamart.platforms import scoped
from wizamart.queue import Task, TaskStatus, run_task

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


@pytest.fixture
def work_off(app) -> Callable[[], list[str]]:
    """Return `work_off()`, which carries out all tasks that wait, and returns what became of them."""

    def work() -> list[str]:
        outcomes: list[str] = []
        while True:
            with app.app_context(), unit_of_work(read_only=True) as session:
                waiting = session.scalars(sa.select(Task.id).where(Task.status == TaskStatus.QUEUED)).all()
            if not waiting:
                return outcomes
            outcomes += [str(run_task(app, task_id)) for task_id in waiting]

    return work


@pytest.fixture
def bring(within, work_off) -> Callable[..., Any]:
    """Return `bring(platform, content, *, vendor=None, is_applied=True, …)`: the row after its tasks."""

    def work(platform, content, *, vendor=None, is_applied=True, all_or_nothing=False, consent_source=""):
        data = content.encode() if isinstance(content, str) else content
        with within(platform, vendor) as session:
            row = imports.create_import(
                session,
                CUSTOMER_FILES,
                [data[start : start + 50] for start in range(0, len(data), 50)],
                file_name="people.csv",
                platform_id=platform.id,
                vendor_id=vendor.id if vendor else None,
                user_id=None,
                locale="en",
                at=NOON,
            )
            import_id = row.id
        assert set(work_off()) == {"succeeded"}
        if is_applied:
            with within(platform, vendor) as session:
                row = imports.get_import(
                    session, CUSTOMER_FILES, import_id, vendor_id=vendor.id if vendor else None
                )
                row.consent_source = consent_source
                imports.start_applying(
                    session, CUSTOMER_FILES, row, is_all_or_nothing=all_or_nothing, locale="en", at=NOON
                )
            assert set(work_off()) <= {"succeeded"}
        with within(platform, vendor) as session:
            row = imports.get_import(
                session, CUSTOMER_FILES, import_id, vendor_id=vendor.id if vendor else None
            )
            row.reasons = {
                line.number: line.reason for line in imports.list_lines(session, CUSTOMER_FILES, row.id)
            }
            session.expunge(row)
            return row

    return work


@pytest.fixture
def make_order(within) -> Callable[..., int]:
    """Return `make_order(platform, vendor, customer_id, *, paid=0, **fields)`, which returns the id of a sold order."""
    from modules.orders.models.order import Order

    numbers = iter(range(1, 1000))

    def make(platform: Any, vendor: Any, customer_id: int | None, *, paid: int = 0, **fields: Any) -> int:
        number = f"T-{next(numbers)}"
        values = {
            "status": "fulfilled",
            "placed_at": NOON,
            "placed_on": NOON.date(),
            "customer_name": "Jos Weber",
            "customer_email": "jos@example.com",
            "shipping_address": {"name": "Jos Weber", "street": "4, rue de la Gare", "country": "LU"},
            "total_minor": paid,
            "paid_minor": paid,
            "currency": "EUR",
            **fields,
        }
        with within(platform, vendor) as session:
            order = Order(
                number=number,
                form_key=number,
                token=number,
                customer_id=customer_id,
                created_at=NOON,
                updated_at=NOON,
                **values,
            )
            session.add(order)
            session.flush()
            return order.id

    return make
