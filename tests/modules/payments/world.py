"""One account at a provider, and what can be done with it, each in a transaction of its own."""

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from modules.payments import conductor
from modules.payments.gateways.registry import get_gateway
from modules.payments.schemas.account import form_model
from modules.payments.services import account_service, checkout_service, payment_service
from tests.modules.payments.benches import Bench
from wizamart import clock
from wizamart.database import db, unit_of_work
from wizamart.money import Money
from wizamart.platforms import scoped
from wizamart.queue import Task, TaskStatus, run_task

PAGE = "https://shop.example/pay/token"


@dataclass
class World:
    """An account at the provider that a bench plays, for the payments of one platform and vendor."""

    app: Any
    platform: Any
    vendor: Any
    bench: Bench
    public_id: str = ""

    @contextmanager
    def scope(self):
        """Work in the platform, outside any transaction."""
        with self.app.app_context(), scoped(db.session(), self.platform.id):
            yield

    @contextmanager
    def session(self):
        """Work in a transaction."""
        with self.scope(), unit_of_work() as session:
            session.expire_on_commit = False
            yield session

    def begin(self, minor=5000, *, holds=False):
        with self.session() as session:
            offers = checkout_service.list_offers(
                session, platform_id=self.platform.id, vendor_id=self.vendor.id, currency="EUR"
            )
            payment = checkout_service.begin(
                session,
                platform_id=self.platform.id,
                vendor_id=self.vendor.id,
                amount=Money(minor, "EUR"),
                reference="A-1",
                customer_id=None,
                customer_email="ada@example.org",
                offer=offers[0].code,
                return_url="/back",
                idempotency_key=f"order-{minor}-{holds}",
                at=clock.now(),
            )
            payment.captures_automatically = not holds
            return payment

    def press(self, payment, key="1", source=None):
        with self.scope():
            return conductor.pay(
                payment.token,
                source=self.bench.accepted_source if source is None else source,
                idempotency_key=key,
                page_url=PAGE,
            )

    def pay(self, minor=5000, *, holds=False):
        payment = self.begin(minor, holds=holds)
        self.press(payment)
        self.bench.customer_pays(self.read(payment))
        self.look_up(payment)
        return self.read(payment)

    def read(self, payment):
        with self.session() as session:
            found = payment_service.get_payment(session, payment.id)
            session.refresh(found, ["entries", "attempts"])
            session.expunge_all()
            return found

    def look_up(self, payment):
        with self.scope():
            conductor.look_up(payment.id)
        self.work_off()

    def deliver(self, messages):
        for headers, body in messages:
            with self.scope():
                conductor.receive(self.public_id, headers, body)
        self.work_off()

    def ask(self, verb, payment, minor=None, key="k"):
        request = getattr(payment_service, f"request_{verb}")
        amount = {} if minor is None else {"amount": Money(minor, "EUR")}
        with self.session() as session:
            found = payment_service.get_payment(session, payment.id)
            request(session, found, idempotency_key=key, at=clock.now(), **amount)
        self.work_off()
        return self.read(payment)

    def work_off(self):
        """Run the waiting tasks of the payments, those that failed too."""
        due = sa.select(Task.id).where(
            Task.name.startswith("payments."), Task.status.in_([TaskStatus.QUEUED, TaskStatus.FAILED])
        )
        with self.app.app_context(), unit_of_work() as session:
            session.execute(sa.update(Task).values(run_at=clock.now()))
            ids = list(session.scalars(due))
        for task_id in ids:
            run_task(self.app, task_id)
        self.bench.carry_out()


def open_world(app, platform, vendor, bench, *, is_own=False):
    """Set up an account at the bench's provider, for all of the platform or as the vendor's own."""
    values = form_model(get_gateway(bench.code)).model_validate(
        {"name": bench.code, "methods": [bench.method], "credentials": dict(bench.credentials)}
    )
    bench.world = World(app, platform, vendor, bench)
    with bench.world.session() as session:
        account = account_service.create_account(
            session,
            bench.code,
            values,
            platform_id=platform.id,
            vendor_id=vendor.id if is_own else None,
            actor_id=None,
            at=clock.now(),
        )
        bench.world.public_id = account.public_id
    return bench.world
