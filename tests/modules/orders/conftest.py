"""A platform with orders on, two vendors and the people around them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from modules.orders.schemas.order import LineForm, OrderForm
from modules.orders.services import order_service
from modules.orders.services.step_service import Step
from wizamart.database import unit_of_work
from wizamart.module_system.models import PlatformModule
from wizamart.platforms import Platform, Vendor, scoped

NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


@dataclass
class Shop:
    platform: Platform
    vendor: Vendor
    other: Vendor


@pytest.fixture
def shop(factory) -> Shop:
    platform = factory.platform("lux", modules=["orders"])
    return Shop(platform, factory.vendor(platform, code="honey"), factory.vendor(platform, code="tea"))


@pytest.fixture
def read(app, shop):
    """Return `read(entity)`: all rows of the platform."""

    def rows(entity):
        with app.app_context(), unit_of_work(read_only=True) as session, scoped(session, shop.platform.id):
            found = list(session.scalars(sa.select(entity)))
            session.expunge_all()
            return found

    return rows


def order_form(**changes: Any) -> OrderForm:
    values = {
        "customer_email": "lea@example.com",
        "customer_name": "Léa Weber",
        "delivery_method": "standard",
        "shipping_address": {"street": "1, Grand-Rue", "postal_code": "1660", "city": "Luxembourg"},
    }
    return OrderForm.model_validate(values | changes)


def line_form(**changes: Any) -> LineForm:
    values = {"title": "Honey", "sku": "HON", "unit_price_minor": 1000, "quantity": 3, "tax_rate": Decimal(3)}
    return LineForm.model_validate(values | changes)


def step(key: str | None = None, version: int | None = None) -> Step:
    return Step(NOON, 7, key, version)


@pytest.fixture
def make_order(session, shop):
    """Return a maker of orders at a state of the usual way; must be used in the vendor's scope."""
    from modules.orders.schemas.order import FulfilmentForm, PaymentForm
    from modules.orders.services import fulfilment_service, settlement_service

    def make(status="draft", *, key="form-1", lines=(None,), vendor=None):
        vendor = vendor or shop.vendor
        with scoped(session, shop.platform.id, vendor.id):
            order = order_service.create_order(
                session,
                order_form(),
                platform_id=shop.platform.id,
                vendor_id=vendor.id,
                currency="EUR",
                form_key=key,
                actor_id=None,
                at=NOON,
            )
            for line in lines:
                order_service.add_line(session, order.id, line or line_form(), step())
            if status != "draft":
                order_service.place_order(session, order.id, step())
            if status in {"paid", "fulfilled"}:
                form = PaymentForm(amount_minor=order.due_minor, method="transfer")
                settlement_service.record_payment(session, order.id, form, step())
            if status == "fulfilled":
                fulfilment_service.fulfil(session, order.id, FulfilmentForm(), step())
            return order

    return make


def open_test_account(session, shop, **changes):
    """Let the vendor take payments by the test provider."""
    from modules.payments.services import account_service
    from tests.modules.payments.conftest import account_values

    with scoped(session, shop.platform.id):
        return account_service.create_account(
            session,
            "test",
            account_values(**changes),
            platform_id=shop.platform.id,
            vendor_id=shop.vendor.id,
            actor_id=None,
            at=NOON,
        )


def turn(app, platform_id, code, *, is_on):
    """Let a module go off or come back as its package does: nobody asks for it, and no hook is told."""
    with app.app_context(), unit_of_work() as session:
        row = sa.update(PlatformModule).where(
            PlatformModule.platform_id == platform_id, PlatformModule.module_code == code
        )
        session.execute(row.values(is_enabled=is_on))
        platform = session.get_one(Platform, platform_id)
        platform.module_revision += 1
