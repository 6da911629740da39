"""Makers of accounts and payments."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from modules.payments.gateways.interface import Method
from modules.payments.gateways.test_provider import CARDS, TestCredentials, TestProvider
from modules.payments.schemas.account import form_model
from modules.payments.services import account_service, payment_service
from wizamart.database import db, unit_of_work
from wizamart.money import Money
from wizamart.platforms import scoped

NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
SECRET = "a secret between the provider and us"
ACCEPTED, DECLINED, BROKE, CONFIRMED, NO_CAPTURE, NO_REFUND = (card.number for card in CARDS)


@pytest.fixture
def platform(make_platform):
    return make_platform("shops", modules=["payments"])


@pytest.fixture
def vendor(make_vendor, platform):
    return make_vendor(platform, code="bakery", name="Bakery")


def account_values(**changes):
    values = {
        "name": "Test payments",
        "methods": [Method.CARD],
        "credentials": TestCredentials(api_key=SecretStr("key"), webhook_secret=SecretStr(SECRET)),
    }
    return form_model(TestProvider()).model_validate({**values, **changes})


@pytest.fixture
def make_account(app, platform):
    """Return `make_account(vendor_id=None, platform_id=None, **values)`, which commits."""

    def make(vendor_id=None, platform_id=None, **values):
        with app.app_context(), unit_of_work() as session, scoped(session, platform_id or platform.id):
            account = account_service.create_account(
                session,
                "test",
                account_values(**values),
                platform_id=platform_id or platform.id,
                vendor_id=vendor_id,
                actor_id=None,
                at=NOON,
            )
            return account.id

    return make


@pytest.fixture
def make_payment(app, platform, vendor):
    """Return `make_payment(card=…, minor=1000, **options)`, which commits and returns the id."""

    def make(card=ACCEPTED, minor=1000, **options):
        with app.app_context(), unit_of_work() as session, scoped(session, platform.id):
            return start(session, platform, vendor, card=card, minor=minor, **options).id

    return make


def start(session, platform, vendor, *, card=ACCEPTED, minor=1000, **options):
    return payment_service.start_payment(
        session,
        **{
            "platform_id": platform.id,
            "vendor_id": vendor.id,
            "amount": Money(minor, "EUR"),
            "reference": "A-1",
            "source": card,
            "at": NOON,
            **options,
        },
    )


@pytest.fixture
def in_scope(app, platform):
    """Return a context manager: a session in a unit of work, in the platform's scope."""

    @contextmanager
    def scope(read_only=False):
        with app.app_context(), unit_of_work(read_only=read_only):
            session = db.session()
            session.expire_on_commit = False  # rows are looked at after the block
            with scoped(session, platform.id):
                yield session

    return scope
