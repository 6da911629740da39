"""A server is killed while a provider is asked: the look-up finds what was done there, and nothing is done twice."""

import json
import threading
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from modules.payments import conductor
from modules.payments.schemas.ledger import EntryKind, PaymentStatus
from modules.payments.services import reconcile_service
from tests.crash import Browser, browser_of, kill_worker, serving
from tests.modules.payments.bank_benches import PayPalBench
from tests.modules.payments.benches import StripeBench
from tests.modules.payments.world import World, open_world
from wizamart import clock
from wizamart.queue import EmbeddedWorkers

pytestmark = pytest.mark.processes
MINOR, REFUND = 5000, 1500
BEFORE, DONE = "before", "done"
KILLS = (
    ("stripe", "authorize", BEFORE),
    ("stripe", "authorize", DONE),
    ("stripe", "capture", BEFORE),
    ("stripe", "capture", DONE),
    ("stripe", "refund", DONE),
    ("paypal", "authorize", DONE),
    ("paypal", "complete", BEFORE),
    ("paypal", "complete", DONE),
    ("paypal", "refund", BEFORE),
    ("paypal", "refund", DONE),
)


@dataclass
class Kill:
    """One payment, and the moment at which the server that works on it is killed."""

    world: World
    verb: str
    moment: str
    payment: Any = None

    def prepare(self, minor):
        """Bring the payment to where the verb comes next."""
        world = self.world
        if self.verb in {"authorize", "complete"}:
            self.payment = world.begin(minor)
            if self.verb == "complete":
                world.press(self.payment)
                world.bench.customer_pays(world.read(self.payment))
        else:
            self.payment = world.pay(minor, holds=self.verb == "capture")

    def carry_out(self, server, browser: Browser):
        """Press the button, and kill the server once the provider is asked."""
        is_dead = threading.Event()

        def die(work):
            if self.moment == DONE:
                work()
            kill_worker(server)
            is_dead.set()

        self.world.bench.fake.fail_next(die, path=self.address())
        path, form = self.button()
        answer = browser.post_once(path, form)
        if self.verb in {"capture", "refund"}:  # a task asks the provider after the answer
            assert answer is None or answer.status_code == 303, answer.text
        else:
            assert answer is None
        assert is_dead.wait(20)

    def address(self):
        """Return a part of the address that is asked about this payment; the queue may ask about others meanwhile."""
        name = self.world.read(self.payment).external_id.rpartition(":")[2]
        if self.verb == "authorize":
            return {"stripe": "/checkout/sessions", "paypal": "/checkout/orders"}[self.world.bench.code]
        if self.world.bench.code == "stripe":
            return {"capture": f"/{name}/capture", "refund": "/refunds"}[self.verb]
        return {"complete": f"/{name}/capture", "refund": f"/{name}/refund"}[self.verb]

    def button(self, key="once"):
        """Return where a form is sent, and what it says."""
        base = f"/platforms/{self.world.platform.code}"
        if self.verb == "authorize":
            return f"{base}/pay/{self.payment.token}/attempts", {"form_key": key}
        if self.verb == "complete":
            return f"{base}/pay/{self.payment.token}/status", {}
        page = f"{base}/vendor/{self.world.vendor.code}/payments/{self.payment.id}/{self.verb}s"
        amount = REFUND if self.verb == "refund" else self.payment.amount_minor
        return page, {"amount": f"{amount / 100:.2f}", "idempotency_key": key}

    def come_back(self, browser: Browser):
        """Press again, as a customer does who was not led to the provider, and pay there."""
        if self.verb == "authorize":
            path, form = self.button("again")
            answer = browser.post(path, form)
            assert answer.status_code == 303, answer.text
            self.world.bench.customer_pays(self.world.read(self.payment))

    def is_settled(self):
        """Tell whether all requests are answered and the money is taken."""
        paid = self.world.read(self.payment)
        return paid.balance.is_answered and bool(paid.captured_minor)


@pytest.fixture(scope="module")
def benches():
    made = {bench.code: bench() for bench in (StripeBench, PayPalBench)}
    yield made
    for bench in made.values():
        bench.close()


@pytest.fixture
def settings(settings, benches):
    for bench in benches.values():
        bench.reset()
    addresses = {name: bench.address for name, bench in benches.items()}
    return settings.model_copy(update={"service_addresses": addresses})


@pytest.fixture
def worlds(app, platform, factory, benches):
    return {
        name: open_world(app, platform, factory.vendor(platform, code=name), bench, is_own=True)
        for name, bench in benches.items()
    }


@pytest.fixture
def browsers(worlds, make_client, factory, sign_in):
    """Return, for each vendor, what makes a browser of its owner at a server."""
    clients = {name: make_client() for name in worlds}
    for name, client in clients.items():
        sign_in(client, factory.user(owner_of=worlds[name].vendor))
    return lambda server: {name: browser_of(server, client) for name, client in clients.items()}


@pytest.fixture
def serve(database_url, settings):
    return lambda: serving(
        {
            "WIZAMART_DATABASE_URL": database_url,
            "WIZAMART_SECRET_KEY": settings.secret_key.get_secret_value(),
            "WIZAMART_ENVIRONMENT": "testing",
            "WIZAMART_EMBEDDED_WORKERS": "1",
            "WIZAMART_SERVICE_ADDRESSES": json.dumps(settings.service_addresses),
        }
    )


def test_ten_kills_in_the_middle_of_payments_are_found_and_mended(app, worlds, browsers, serve, monkeypatch):
    kills = [Kill(worlds[name], *how) for name, *how in KILLS]
    for number, kill in enumerate(kills):
        kill.prepare(MINOR + number)

    with serve() as server:
        browser = browsers(server)
        for kill in kills:
            kill.carry_out(server, browser[kill.world.vendor.code])
        for kill in kills:
            kill.come_back(browser[kill.world.vendor.code])
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() + reconcile_service.PATIENCE * 3)
    mend(app, kills)

    for kill in kills:
        check_books(kill)
    for name, world in worlds.items():
        check_provider(world, [kill for kill in kills if kill.world is world])
        assert world.bench.count_refunds(None) == {"stripe": (1, REFUND), "paypal": (2, 2 * REFUND)}[name]


def mend(app, kills):
    """Look up what the schedule finds, as it does, and let the queue carry out what that asks for."""
    world = kills[0].world
    waiting = {kill.payment.id for kill in kills if not kill.is_settled()}
    with world.session() as session:
        due = reconcile_service.list_due(session, platform_id=world.platform.id, at=clock.now())
    assert waiting
    assert waiting <= set(due)
    with world.scope():
        for payment_id in due:
            conductor.look_up(payment_id)
    workers = EmbeddedWorkers(app, with_scheduler=False)
    while workers.run_next():
        pass


def check_books(kill):
    """One line for each thing that was done, and sums that say what it came to."""
    paid = kill.world.read(kill.payment)
    lines = Counter(line.kind for line in paid.entries)
    refunds = int(kill.verb == "refund")

    assert paid.balance.is_answered, (kill, paid.attempts)
    assert (lines[EntryKind.CAPTURED], lines[EntryKind.REFUNDED]) == (1, refunds), kill
    assert (paid.captured_minor, paid.refunded_minor) == (kill.payment.amount_minor, refunds * REFUND)
    assert paid.status is (PaymentStatus.PARTIALLY_REFUNDED if refunds else PaymentStatus.CAPTURED)


def check_provider(world, kills):
    """The provider has opened one page for each payment, and taken each amount once."""
    things = world.bench.fake.things.values()
    if world.bench.code == "stripe":
        pages = [thing for thing in things if thing["object"] == "checkout.session"]
        taken = [thing["amount_received"] for thing in things if thing["object"] == "payment_intent"]
    else:
        pages = [thing for thing in things if thing["_kind"] == "checkout-order"]
        taken = [
            round(float(thing["amount"]["value"]) * 100) for thing in things if thing["_kind"] == "capture"
        ]

    assert len(pages) == len(kills)
    assert sorted(taken) == sorted(kill.payment.amount_minor for kill in kills)
