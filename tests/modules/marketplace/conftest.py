"""A platform with the marketplace on, and vendors with products."""

import csv
import io
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from modules.inventory.schemas.product import ProductForm
from modules.inventory.services import product_service
from modules.marketplace.services import connection_service
from wizamart.database import db, unit_of_work
from wizamart.platforms import Platform, Vendor, scoped
from wizamart.queue import Task, TaskStatus, run_task

NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
URL = "/platforms/lux"


@dataclass
class Market:
    platform: Platform
    vendor: Vendor
    other: Vendor


@pytest.fixture
def market(factory) -> Market:
    platform = factory.platform("lux", modules=["marketplace"])
    vendor = factory.vendor(platform, code="honey", name="Honey & Co")
    return Market(platform, vendor, factory.vendor(platform, code="tea"))


@pytest.fixture
def in_shop(app, market):
    """Return a runner of a function `(session)` in the vendor's scope, committed."""

    def run(act, vendor=None):
        owner = vendor or market.vendor
        with app.app_context(), unit_of_work() as session, scoped(session, market.platform.id, owner.id):
            return act(session)

    yield run
    with app.app_context():
        db.session.remove()


@pytest.fixture
def make_product(in_shop, market):
    def make(vendor=None, **changes):
        sku = changes.pop("sku", "HON-1")
        row = {"sku": sku, "price_minor": 895, "gtin": "4006381333931"} | changes.pop("variant", {})
        values = {
            "title": "Acacia honey",
            "description": "From the Mullerthal.",
            "status": "active",
            "images": ["https://img.example.com/honey.jpg"],
            "variants": [row],
        }
        form = ProductForm.model_validate(values | changes)
        owner = vendor or market.vendor
        return in_shop(
            lambda session: (
                product_service.create_product(
                    session,
                    form,
                    platform_id=market.platform.id,
                    vendor_id=owner.id,
                    currency="EUR",
                    at=NOON,
                ).id
            ),
            owner,
        )

    return make


@pytest.fixture
def feed_urls(in_shop, market):
    """Connect the vendor and return the paths of its feeds by language."""

    def connect(session):
        connection = connection_service.connect(
            session,
            platform_id=market.platform.id,
            vendor_id=market.vendor.id,
            locales=["fr", "de", "en"],
            actor_id=None,
            at=NOON,
        )
        return {
            locale: f"{URL}/marketplace-feeds/{connection.feed_token}/{locale}.tsv"
            for locale in connection.locales
        }

    return in_shop(connect)


@pytest.fixture
def owner(market, make_client, factory, sign_in):
    client = make_client()
    sign_in(client, factory.user(owner_of=market.vendor))
    return client


def fetch(client, url, **options):
    """Return the status, the headers and the rows of a feed."""
    with client.get(url, **options) as answer:
        rows = list(csv.DictReader(io.StringIO(answer.text), dialect="excel-tab"))
        return answer.status_code, answer.headers, rows


@pytest.fixture
def work_off(app):
    """Return a runner of all tasks that wait, and of those that they leave."""

    def run():
        while True:
            with app.app_context(), unit_of_work(read_only=True) as session:
                waiting = sa.select(Task.id).where(
                    Task.status == TaskStatus.QUEUED, Task.name.like("inventory.%")
                )
                task_id = session.scalar(waiting.order_by(Task.id).limit(1))
            if task_id is None:
                return
            assert run_task(app, task_id) == TaskStatus.SUCCEEDED

    return run
