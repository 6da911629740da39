"""Whatever happens to the stock in whatever order: levels are the sums of the ledger, and never below zero."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings as hypothesis_settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from modules.inventory.exceptions import CountImpossible, OutOfStock
from modules.inventory.models.stock import Level
from modules.inventory.schemas.stock import LocationForm
from modules.inventory.services import (
    ledger_service,
    location_service,
    reservation_service,
    stock_service,
    stock_take_service,
)
from modules.inventory.services.stock_service import Wanted
from modules.inventory.services.stock_take_service import Counted
from tests.modules.inventory.conftest import NOON

EXAMPLES, STEPS = 5, 20
PIECES = st.integers(1, 6)
PLACE = st.integers(0, 1)
ORDER = st.integers(1, 5)

pytestmark = pytest.mark.backends("sqlite")


def machine_of(session, variant_id, places):  # noqa: C901 - one machine of many small rules
    class Stock(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.savepoint = session.begin_nested()
            self.now = NOON
            self.total = 0
            self.held = {}

        def teardown(self):
            self.savepoint.rollback()
            session.expire_all()

        def tried(self, act, *args, **kwargs):
            self.now += timedelta(minutes=1)
            try:
                with session.begin_nested():
                    act(session, *args, at=self.now, **kwargs)
            except OutOfStock:
                return False
            return True

        @rule(pieces=PIECES, place=PLACE)
        def receive(self, pieces, place):
            self.tried(stock_service.receive, variant_id, pieces, location_id=places[place])
            self.total += pieces

        @rule(pieces=PIECES, place=PLACE)
        def sell(self, pieces, place):
            if self.tried(stock_service.sell, variant_id, pieces, location_id=places[place]):
                self.total -= pieces

        @rule(pieces=PIECES, place=PLACE)
        def carry(self, pieces, place):
            ways = {"source_id": places[place], "target_id": places[1 - place]}
            self.tried(stock_service.transfer, variant_id, pieces, **ways)

        @rule(order=ORDER, pieces=PIECES)
        def reserve(self, order, pieces):
            wanted = [Wanted(variant_id, pieces)]
            if order not in self.held and self.tried(
                reservation_service.reserve, wanted, reference=f"order:{order}"
            ):
                self.held[order] = pieces

        @rule(order=ORDER)
        def take(self, order):
            if self.held.get(order) and self.tried(reservation_service.take, f"order:{order}"):
                self.total -= self.held[order]
                self.held[order] = 0

        @rule(order=ORDER)
        def release(self, order):
            reservation_service.release(session, f"order:{order}")
            if order in self.held:
                self.held[order] = 0

        @rule(pieces=PIECES, place=PLACE, sold=PIECES)
        def count_while_selling(self, pieces, place, sold):
            take = stock_take_service.start(session, places[place], note="", actor_id=None, at=self.now)
            stock_take_service.count(session, take, [Counted(variant_id, pieces, self.now)], actor_id=None)
            session.flush()
            difference = stock_take_service.summarise(session, take)
            self.sell(sold, place)
            try:
                with session.begin_nested():
                    stock_take_service.book(session, take, reason="Count", actor_id=None, at=self.now)
            except CountImpossible:
                session.refresh(take)
                stock_take_service.cancel(take, actor_id=None, at=self.now)
            else:
                self.total += difference.surplus - difference.missing
            session.flush()

        @invariant()
        def levels_are_what_the_ledger_says(self):
            assert ledger_service.verify_ledger(session) == []
            levels = session.execute(sa.select(Level.on_hand, Level.reserved)).all()
            assert sum(level.on_hand for level in levels) == self.total
            assert sum(level.reserved for level in levels) == sum(self.held.values())
            assert all(level.on_hand >= 0 for level in levels)

    return Stock


def test_any_sequence_of_movements_leaves_levels_that_are_the_sums_of_the_ledger(shop, make_product, within):
    product = make_product(shop)
    with within(shop) as session:
        second = location_service.create_location(
            session, LocationForm(name="Shop"), vendor_id=shop.vendor.id, at=NOON
        )
        run_state_machine_as_test(
            machine_of(session, product.variant_id, (shop.location_id, second.id)),
            settings=hypothesis_settings(
                max_examples=EXAMPLES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            ),
        )
