"""Any sequence of changes, undos, failing hooks and restarts leaves what is promised.

The machine drives the real service on a real database, and keeps a model of its own beside it.
"""

import itertools

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings as hypothesis_settings, strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from pydantic import BaseModel, Field

from tests.wizamart.module_system.sample_modules import make_module, make_registry
from wizamart.app import create_app
from wizamart.audit import AuditEntry
from wizamart.database import db, unit_of_work
from wizamart.exceptions import WizamartError
from wizamart.module_system import config_service, service
from wizamart.module_system.events import ModuleEvent, module_event_bus
from wizamart.module_system.exceptions import HookFailed
from wizamart.module_system.models import PlatformModule
from wizamart.platforms import Platform
from wizamart.testing.factories import Factory

STEPS = 60
EXAMPLES = {"sqlite": 34, "postgresql": 17}  # 2,040 steps, and half as many once more
BROKEN: set[str] = set()


class Limits(BaseModel):
    days: int = Field(default=7, ge=1, le=99)


def on_enable(code):
    def hook(_platform_id):
        if code in BROKEN:
            raise ValueError(code)

    return hook


def on_disable(code):
    def hook(_platform_id):
        if code in BROKEN:
            raise ValueError(code)

    return hook


def switchable(code, **fields):
    return make_module(code, on_enable=on_enable(code), on_disable=on_disable(code), **fields)


REGISTRY = make_registry(
    make_module("base", is_core=True),
    make_module("people", is_core=True, requires=["base"]),
    switchable("payments"),
    switchable("billing", requires=["payments"], config_schema=Limits, default_config={"days": 14}),
    switchable("orders", requires=["payments", "people"]),
    switchable("returns", requires=["orders", "billing"]),
    switchable("stock"),
    switchable("market", requires=["stock"]),
    switchable("inspector", is_internal=True, requires=["market"]),
)
SWITCHABLE = sorted(set(REGISTRY) - REGISTRY.core_codes)
CODES = st.sampled_from(SWITCHABLE)


class Switching(RuleBasedStateMachine):
    """Two platforms, everything that can be done to their modules, in any order."""

    settings = None
    numbers = itertools.count(1)  # examples share the database
    operations = Bundle("operations")
    plans = Bundle("plans")

    def __init__(self):
        super().__init__()
        BROKEN.clear()
        self.heard = []
        self.app = create_app(self.settings, registry=REGISTRY)
        factory = Factory(self.app)
        self.platforms = [factory.platform(f"p{next(self.numbers)}").id for _ in range(2)]
        self.listeners = [(event, self._listener(event)) for event in ModuleEvent]
        for event, listener in self.listeners:
            module_event_bus.subscribe(event)(listener)

    def _listener(self, event):
        def listen(data):
            if data.platform_id in self.platforms:
                self.heard.append((event, data.module_code, data.platform_id, data.operation_id))

        return listen

    def teardown(self):
        for event, listener in self.listeners:
            module_event_bus.unsubscribe(event, listener)
        self._close()

    def _close(self):
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()

    def _snapshot(self):
        with self.app.app_context():
            session = db.session()
            rows = session.execute(
                sa.select(
                    PlatformModule.platform_id,
                    PlatformModule.module_code,
                    PlatformModule.is_enabled,
                    PlatformModule.config,
                )
                .where(PlatformModule.platform_id.in_(self.platforms))
                .order_by(PlatformModule.id)
            ).all()
            revisions = session.execute(
                sa.select(Platform.id, Platform.module_revision)
                .where(Platform.id.in_(self.platforms))
                .order_by(Platform.id)
            ).all()
            entries = session.scalar(sa.select(sa.func.count()).select_from(AuditEntry))
            return [tuple(row) for row in rows], [tuple(row) for row in revisions], entries

    def _attempt(self, change):
        """Run a change in a unit of work; what is refused must leave everything as it was."""
        before, heard = self._snapshot(), len(self.heard)
        refusal = None
        try:
            with self.app.app_context(), unit_of_work() as session:
                change(session)
        except WizamartError as error:
            refusal = error
        if refusal is not None:
            assert self._snapshot() == before
            assert len(self.heard) == heard
        return refusal

    def _newest_operation(self, platform):
        with self.app.app_context():
            return db.session().scalar(
                sa.select(AuditEntry.operation_id)
                .where(AuditEntry.platform_id == platform, AuditEntry.action != "modules.configure")
                .order_by(AuditEntry.id.desc())
            )

    @rule(which=st.integers(0, 1), code=CODES, target=operations)
    def enable(self, which, code):
        platform = self.platforms[which]
        self._attempt(lambda session: service.enable_module(session, platform, code))
        return platform, self._newest_operation(platform)

    @rule(which=st.integers(0, 1), code=CODES, target=operations)
    def disable(self, which, code):
        platform = self.platforms[which]
        result = self._attempt(lambda session: service.disable_module(session, platform, code))
        assert not isinstance(result, HookFailed)  # nothing can keep a module on
        return platform, self._newest_operation(platform)

    @rule(
        which=st.integers(0, 1), on=st.lists(CODES, max_size=3), off=st.lists(CODES, max_size=3), target=plans
    )
    def plan(self, which, on, off):
        before = self._snapshot()
        with self.app.app_context(), unit_of_work(read_only=True) as session:
            try:
                made = service.plan(session, self.platforms[which], enable=on, disable=off)
            except WizamartError:
                made = None
        assert self._snapshot() == before
        return made

    @rule(plan=plans)
    def apply(self, plan):
        if plan is not None:
            self._attempt(lambda session: service.apply(session, plan))

    @rule(operation=operations)
    def undo(self, operation):
        platform, operation_id = operation
        if operation_id is not None:
            self._attempt(lambda session: service.undo_operation(session, platform, operation_id))

    @rule(which=st.integers(0, 1), days=st.integers(-1, 120))
    def configure(self, which, days):
        platform = self.platforms[which]
        result = self._attempt(
            lambda session: config_service.set_module_config(session, platform, "billing", {"days": days})
        )
        assert isinstance(result, WizamartError) == (not 1 <= days <= 99)

    @rule(code=CODES)
    def break_hooks(self, code):
        BROKEN.add(code)

    @precondition(lambda _self: BROKEN)
    @rule()
    def mend_hooks(self):
        BROKEN.clear()

    @rule()
    def restart(self):
        self._close()
        self.app = create_app(self.settings, registry=REGISTRY)

    @invariant()
    def requirements_of_what_is_on_are_on(self):
        with self.app.app_context():
            for platform in self.platforms:
                effective = self.app.modules.state_of(db.session(), platform).effective
                assert REGISTRY.core_codes <= effective
                for code in effective:
                    assert REGISTRY.requirements_of(code) <= effective

    @invariant()
    def the_trail_explains_every_state_and_the_events_match_it(self):
        with self.app.app_context():
            session = db.session()
            entries = session.scalars(
                sa.select(AuditEntry)
                .where(AuditEntry.platform_id.in_(self.platforms))
                .order_by(AuditEntry.id)
            ).all()
            wanted = {platform: set() for platform in self.platforms}
            told = []
            for entry in entries:
                code = entry.target.partition(":")[2]
                if entry.action == "modules.configure":
                    told.append((ModuleEvent.CONFIG_CHANGED, code, entry.platform_id, entry.operation_id))
                    continue
                is_on = entry.action == "modules.enable"
                assert entry.before["is_enabled"] is not is_on
                assert (code in wanted[entry.platform_id]) is not is_on
                wanted[entry.platform_id] ^= {code}
                event = ModuleEvent.ENABLED if is_on else ModuleEvent.DISABLED
                told.append((event, code, entry.platform_id, entry.operation_id))
            for platform in self.platforms:
                assert self.app.modules.state_of(session, platform).wanted == wanted[platform]
            assert self.heard == told


@pytest.mark.slow
def test_any_sequence_keeps_the_promises(settings, backend):
    machine = type("SwitchingHere", (Switching,), {"settings": settings})

    run_state_machine_as_test(
        machine,
        settings=hypothesis_settings(
            max_examples=EXAMPLES[backend],
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
