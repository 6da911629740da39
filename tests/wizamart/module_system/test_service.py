"""Switching through the service: one transaction, an honest trail, and events that match what committed."""

import pytest
import sqlalchemy as sa
from pydantic import BaseModel, Field, SecretStr

from tests.wizamart.module_system.sample_modules import make_module, make_registry
from wizamart.audit import AuditEntry
from wizamart.database import db, unit_of_work
from wizamart.exceptions import InvalidInput
from wizamart.module_system import config_service, delivery, module_service, service
from wizamart.module_system.events import ModuleEvent, module_event_bus
from wizamart.module_system.exceptions import (
    CoreModuleLocked,
    HookFailed,
    InvalidMenuItem,
    PlanVetoed,
    UndoRefused,
    UnknownModule,
    UnknownPlatform,
)
from wizamart.module_system.models import PlatformModule
from wizamart.module_system.plan import StalePlan
from wizamart.platforms import Platform
from wizamart.queue import Task


@pytest.fixture
def heard():
    events = []

    def note(kind):
        def listen(data):
            events.append((kind, data.module_code, data.operation_id))

        return listen

    listeners = [(kind, note(kind)) for kind in ModuleEvent]
    for kind, listener in listeners:
        module_event_bus.subscribe(kind)(listener)
    yield events
    for kind, listener in listeners:
        module_event_bus.unsubscribe(kind, listener)


@pytest.fixture
def platform(make_platform):
    return make_platform("oms")


def effective(session, platform):
    return {module.code for module in service.get_platform_modules(session, platform.id)}


def trail(session):
    return session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()


def test_enabling_switches_on_what_is_required_and_says_who_did_it(session, platform, make_user):
    user = make_user()

    module_service.enable_module(session, platform.id, "billing", user_id=user.id)

    assert {"payments", "billing", "base", "people"} == effective(session, platform)
    row = session.scalars(sa.select(PlatformModule).where(PlatformModule.module_code == "payments")).one()
    assert row.is_enabled
    assert row.enabled_by_user_id == user.id
    assert [(entry.target, entry.cause) for entry in trail(session)] == [
        ("module:payments", "required_by:billing"),
        ("module:billing", "asked"),
    ]


def test_disabling_switches_off_dependents_and_keeps_rows_and_configuration(session, platform):
    module_service.enable_module(session, platform.id, "returns")

    module_service.disable_module(session, platform.id, "payments")

    assert effective(session, platform) == {"base", "people"}
    assert session.scalar(sa.select(sa.func.count()).select_from(PlatformModule)) == 4


def test_asking_for_what_holds_writes_nothing(session, platform):
    module_service.enable_module(session, platform.id, "stock")
    before = session.get(Platform, platform.id).module_revision

    plan = module_service.enable_module(session, platform.id, "stock")

    assert plan.is_empty
    assert session.get(Platform, platform.id).module_revision == before
    assert len(trail(session)) == 1


def test_the_revision_grows_by_one_for_each_operation(session, platform):
    module_service.enable_module(session, platform.id, "returns")
    module_service.disable_module(session, platform.id, "payments")

    assert session.get(Platform, platform.id).module_revision == platform.module_revision == 2


def test_unknown_codes_and_platforms_raise_named_errors(session, platform):
    with pytest.raises(UnknownModule):
        module_service.is_module_enabled(session, platform.id, "nowhere")
    with pytest.raises(UnknownPlatform):
        module_service.is_module_enabled(session, 4711, "stock")
    with pytest.raises(UnknownPlatform):
        module_service.enable_module(session, 4711, "stock")
    with pytest.raises(CoreModuleLocked):
        module_service.disable_module(session, platform.id, "base")
    with pytest.raises(InvalidMenuItem):
        module_service.is_menu_item_module_enabled(session, platform.id, "nothing")


def test_a_plan_made_before_somebody_else_changed_the_platform_is_stale_and_brings_the_new_one(
    session, platform
):
    plan = service.plan(session, platform.id, enable=["orders"])
    module_service.enable_module(session, platform.id, "payments")

    with pytest.raises(StalePlan) as refusal:
        service.apply(session, plan)

    assert refusal.value.plan.codes("enable") == ("orders",)
    assert "orders" not in effective(session, platform)


def test_events_leave_after_the_commit_in_the_order_of_the_plan(app, platform, heard):
    with app.app_context(), unit_of_work() as session:
        module_service.enable_module(session, platform.id, "billing")
        assert heard == []

    assert [(kind, code) for kind, code, _operation in heard] == [
        (ModuleEvent.ENABLED, "payments"),
        (ModuleEvent.ENABLED, "billing"),
    ]
    assert len({operation for _kind, _code, operation in heard}) == 1
    with app.app_context():
        tasks = db.session().scalars(sa.select(Task)).all()
        assert [(task.name, task.status) for task in tasks] == [(delivery.ANNOUNCE, "succeeded")]


def test_what_rolls_back_emits_nothing_and_leaves_no_trace(app, platform, heard):
    with app.app_context():
        with pytest.raises(ZeroDivisionError), unit_of_work() as session:
            module_service.enable_module(session, platform.id, "billing").revision / 0

        assert heard == []
        assert trail(db.session()) == []
        assert effective(db.session(), platform) == {"base", "people"}


def test_a_subscriber_that_raises_keeps_nobody_else_from_hearing(app, platform, heard, caplog):
    @module_event_bus.subscribe(ModuleEvent.ENABLED)
    def broken(_data):
        raise RuntimeError("deaf")

    try:
        with app.app_context(), unit_of_work() as session:
            module_service.enable_module(session, platform.id, "stock")
    finally:
        module_event_bus.unsubscribe(ModuleEvent.ENABLED, broken)

    assert (ModuleEvent.ENABLED, "stock") in [event[:2] for event in heard]
    assert "subscriber_failed" in caplog.text


def test_an_operation_is_undone_whole_and_the_undo_can_be_undone(session, platform):
    module_service.enable_module(session, platform.id, "returns")
    operation = trail(session)[0].operation_id

    service.undo_operation(session, platform.id, operation)
    assert effective(session, platform) == {"base", "people"}

    undo = trail(session)[-1]
    assert undo.cause == f"undo:{operation}"
    service.undo_operation(session, platform.id, undo.operation_id)
    assert "returns" in effective(session, platform)


def test_undo_is_refused_when_a_newer_change_stands_in_its_way(session, platform):
    module_service.enable_module(session, platform.id, "payments")
    first = trail(session)[0].operation_id
    module_service.enable_module(session, platform.id, "orders")

    with pytest.raises(UndoRefused, match="orders"):
        service.undo_operation(session, platform.id, first)

    module_service.disable_module(session, platform.id, "payments")
    with pytest.raises(UndoRefused, match="payments"):
        service.undo_operation(session, platform.id, first)


def test_undo_does_not_reach_another_platform(session, platform, make_platform):
    other = make_platform("loyal", modules=["stock"])
    operation = trail(session)[0].operation_id

    with pytest.raises(UnknownPlatform):
        service.undo_operation(session, platform.id, operation)
    assert "stock" in effective(session, other)


def refuse(_platform_id):
    raise ValueError("no account")


def write_and_refuse(platform_id):
    session = db.session()
    session.get(Platform, platform_id).name = "half done"
    session.flush()
    raise ValueError("half done")


class WithHooks:
    """Modules whose hooks refuse, veto and fail."""

    registry = make_registry(
        make_module("base", is_core=True),
        make_module("fragile", on_enable=refuse),
        make_module("needs-fragile", requires=["fragile"]),
        make_module("sticky", on_disable=write_and_refuse),
        make_module(
            "guarded",
            can_enable=lambda _session, _platform: ["no contract", "no bank account"],
            can_disable=lambda _session, _platform: 1 / 0,
        ),
        make_module("counted", count_rows=lambda _session, _platform: {"parcels": 3, "letters": 0}),
    )


class TestHooks(WithHooks):
    @pytest.fixture
    def registry(self):
        return WithHooks.registry

    def test_an_on_enable_that_raises_undoes_the_whole_cascade_and_is_named(self, app, platform):
        with app.app_context():
            with pytest.raises(HookFailed, match=r"Fragile.*no account"), unit_of_work() as session:
                module_service.enable_module(session, platform.id, "needs-fragile")

            assert effective(db.session(), platform) == {"base"}
            assert trail(db.session()) == []

    def test_an_on_disable_that_raises_cannot_keep_the_module_on_and_leaves_nothing_half_done(
        self, app, platform
    ):
        with app.app_context(), unit_of_work() as session:
            module_service.enable_module(session, platform.id, "sticky")
        with app.app_context(), unit_of_work() as session:
            module_service.disable_module(session, platform.id, "sticky")

        with app.app_context():
            session = db.session()
            assert effective(session, platform) == {"base"}
            assert trail(session)[-1].note == "on_disable: ValueError: half done"
            assert session.get(Platform, platform.id).name != "half done"

    def test_vetoes_are_all_shown_and_nothing_is_written(self, session, platform):
        plan = service.plan(session, platform.id, enable=["guarded"])

        assert plan.vetoes == ("Guarded: no contract", "Guarded: no bank account")
        with pytest.raises(PlanVetoed, match="no contract; Guarded: no bank account"):
            service.apply(session, plan)
        assert trail(session) == []

    def test_a_check_that_fails_itself_does_not_keep_a_broken_module_on(self, session, platform):
        session.add(
            PlatformModule(platform_id=platform.id, module_code="guarded", is_enabled=True, config={})
        )
        session.get(Platform, platform.id).module_revision += 1
        session.flush()

        module_service.disable_module(session, platform.id, "guarded")

        assert effective(session, platform) == {"base"}

    def test_the_plan_says_what_it_hides(self, session, platform):
        module_service.enable_module(session, platform.id, "counted")

        plan = service.plan(session, platform.id, disable=["counted"])

        assert plan.impact.hidden_rows == {"parcels": 3}


class Limits(BaseModel):
    trial_days: int = Field(default=7, ge=1)
    prefix: str = "INV"
    api_key: SecretStr | None = None


class TestConfiguration:
    @pytest.fixture
    def registry(self):
        return make_registry(
            make_module("base", is_core=True),
            make_module("billing", config_schema=Limits, default_config={"trial_days": 14}),
        )

    def stored(self, session):
        return session.scalars(sa.select(PlatformModule.config)).one()

    def test_only_differences_from_the_defaults_are_stored(self, session, platform):
        assert module_service.get_module_config(session, platform.id, "billing").trial_days == 14

        config = module_service.set_module_config(session, platform.id, "billing", {"trial_days": 30})

        assert (config.trial_days, config.prefix) == (30, "INV")
        assert self.stored(session) == {"trial_days": 30}
        assert module_service.get_module_config(session, platform.id, "billing").trial_days == 30

    def test_setting_a_default_again_stores_nothing(self, session, platform):
        module_service.set_module_config(session, platform.id, "billing", {"trial_days": 30})
        module_service.set_module_config(session, platform.id, "billing", {"trial_days": 14})

        assert self.stored(session) == {}

    def test_unknown_keys_and_bad_values_are_refused_at_their_place_and_change_nothing(
        self, session, platform
    ):
        with pytest.raises(InvalidInput) as unknown:
            module_service.set_module_config(session, platform.id, "billing", {"weeks": 1})
        with pytest.raises(InvalidInput) as bad:
            module_service.set_module_config(session, platform.id, "billing", {"trial_days": 0})

        assert list(unknown.value.errors) == ["weeks"]
        assert list(bad.value.errors) == ["trial_days"]
        assert session.get(Platform, platform.id).module_revision == 0

    def test_a_secret_is_encrypted_at_rest_and_in_no_trail_or_event(self, app, platform):
        seen = []
        module_event_bus.subscribe(ModuleEvent.CONFIG_CHANGED)(seen.append)
        try:
            with app.app_context(), unit_of_work() as session:
                module_service.set_module_config(session, platform.id, "billing", {"api_key": "sk_live_42"})
        finally:
            module_event_bus.unsubscribe(ModuleEvent.CONFIG_CHANGED, seen.append)

        with app.app_context():
            session = db.session()
            config = module_service.get_module_config(session, platform.id, "billing")
            assert config.api_key.get_secret_value() == "sk_live_42"
            entries = trail(session)
            tasks = session.scalars(sa.select(Task)).all()
            told = str([(entry.before, entry.after) for entry in entries]) + str(
                [task.payload for task in tasks]
            )
            assert "sk_live" not in str(self.stored(session)) + told + str(seen)
            assert len(seen) == 1

    def test_a_stored_value_that_the_schema_rejects_gives_way_and_is_reported_and_not_lost(
        self, session, platform
    ):
        row = PlatformModule(
            platform_id=platform.id,
            module_code="billing",
            is_enabled=True,
            config={"trial_days": -3, "prefix": "X"},
        )
        session.add(row)
        session.get(Platform, platform.id).module_revision += 1
        session.flush()

        config = config_service.get_module_config(session, platform.id, "billing")
        (fault,) = config_service.config_faults(session, platform.id, "billing")

        assert (config.trial_days, config.prefix) == (14, "X")
        assert fault.path == "trial_days"
        assert row.config["trial_days"] == -3


def test_a_toggle_takes_few_queries(session, platform, count_queries):
    service.plan(session, platform.id)  # a request comes with the state in the cache

    with count_queries() as queries:
        module_service.enable_module(session, platform.id, "returns")
        session.flush()

    assert len(queries) <= 8, str(queries)
