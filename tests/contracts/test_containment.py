"""What fails in a module stays in it: contained, named, visible; and what is off takes no part in anything."""

import importlib
import logging
import re
import sys
import time
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.contracts.breaker import BREAKER, FAULTY, PACKAGES
from wizamart import clock
from wizamart.app import create_app
from wizamart.audit import AuditEntry
from wizamart.auth import token_service
from wizamart.database import after_commit, contained, db, unit_of_work
from wizamart.module_system import menus, service
from wizamart.module_system.checks import check_modules
from wizamart.module_system.definition import FrontendType
from wizamart.module_system.events import ModuleEvent, module_event_bus
from wizamart.module_system.manager import HOOKS
from wizamart.module_system.models import PlatformModule
from wizamart.module_system.registry import Registry, installed_registry
from wizamart.module_system.state import build_state
from wizamart.observability import register_module_health_checks
from wizamart.platforms import Platform
from wizamart.queue import enqueue
from wizamart.queue.execution import run_task
from wizamart.queue.models import Task, TaskStatus
from wizamart.queue.registry import SCHEDULES, TASKS
from wizamart.queue.schedules import Scheduler

HTMX = {"HX-Request": "true"}
SWITCHABLE = [code for code, module in installed_registry().items() if not module.is_core]


@pytest.fixture(scope="module", autouse=True)
def packages(tmp_path_factory):
    """Write two packages as strangers would publish them, and forget what they declared afterwards."""
    root = tmp_path_factory.mktemp("packages")
    for package, files in PACKAGES.items():
        for name, text in files.items():
            file = root / package / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
    tasks, schedules = dict(TASKS), dict(SCHEDULES)
    sys.path.insert(0, str(root))
    yield
    sys.path.remove(str(root))
    module_event_bus.forget("acme_breaker")
    for name in [name for name in sys.modules if name.startswith("acme_")]:
        del sys.modules[name]
    for table, before in ((TASKS, tasks), (SCHEDULES, schedules)):
        for name in [name for name in table if name.startswith("breaker.") and name not in before]:
            del table[name]


@pytest.fixture
def part():
    """Return the parts of the breaker's package by their names."""
    return lambda name: importlib.import_module(f"acme_breaker.{name}")


@pytest.fixture
def app(settings, part):
    app = create_app(settings, registry=Registry([*installed_registry().values(), BREAKER, FAULTY]))
    part("handlers").heard.clear()
    part("handlers").told.clear()
    part("tasks").done.clear()
    yield app
    part("hooks").release.set()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def platform(make_platform):
    return make_platform("shop", modules=["breaker"])


@pytest.fixture
def admin(client, platform, make_user, sign_in):
    user = make_user("super@wizamart.test", is_super_admin=True)
    sign_in(client, user)
    return user


@pytest.fixture
def change(app, monkeypatch):
    """Return `change(code, **fields)`, which gives an installed module other hooks."""
    registry = app.modules.registry

    def other(code, **fields):
        monkeypatch.setitem(registry._modules, code, replace(registry[code], **fields))

    return other


@pytest.fixture
def effective(app, platform):
    def read():
        with app.app_context(), unit_of_work(read_only=True) as session:
            return app.modules.state_of(session, platform.id).effective

    return read


def count_of(app, *criteria):
    with app.app_context(), unit_of_work(read_only=True) as session:
        return session.scalar(sa.select(sa.func.count()).select_from(AuditEntry).where(*criteria))


def blamed(caplog, event):
    return {getattr(record, "module_code", None) for record in caplog.records if record.getMessage() == event}


def test_what_a_module_contributes_to_pages_fails_alone_and_is_blamed(client, admin, app, caplog):
    with caplog.at_level(logging.ERROR):
        dashboard = client.get("/admin/")
        found = client.get("/admin/search?q=modules")
        badges = client.get("/admin/menu/badges", headers=HTMX)
        listed = client.get("/admin/notifications")

    assert [page.status_code for page in (dashboard, found, badges, listed)] == [200] * 4
    assert "A good card" in dashboard.text
    assert "Half a card" not in dashboard.text
    assert 'href="/admin/modules"' in found.text
    assert blamed(caplog, "contribution_failed") == {"breaker"}
    assert blamed(caplog, "badge_failed") == {"breaker"}
    with app.app_context(), unit_of_work(read_only=True) as session:
        assert session.scalar(sa.select(Platform.id).where(Platform.code == "unwanted")) is None


def test_checks_that_raise_cannot_keep_a_broken_module_on(client, admin, effective, caplog):
    shown = client.get("/admin/modules/plan?disable=breaker")
    answer = client.delete("/admin/modules/breaker/activation", headers=HTMX)

    assert (shown.status_code, answer.status_code) == (200, 200)
    assert "breaker" not in effective()
    assert blamed(caplog, "validator_failed") == blamed(caplog, "count_rows_failed") == {"breaker"}


def test_a_hook_that_raises_names_its_module_and_changes_nothing(client, admin, app, change, effective, part):
    change("payments", on_enable=part("hooks").spoil)
    before = count_of(app)

    answer = client.put("/admin/modules/payments/activation")

    assert answer.status_code == 409
    assert "Payments" in answer.text
    assert "a_table_that_is_not_there" in answer.text
    assert "payments" not in effective()
    assert count_of(app) == before
    assert 'id="module-payments"' in client.get("/admin/modules").text


def test_a_check_that_raises_or_refuses_forbids_switching_on_with_its_reason(
    client, admin, change, effective, part
):
    change("payments", can_enable=part("hooks").spoil)
    plan = client.put("/admin/modules/payments/activation", headers=HTMX)
    assert "Payments: " in plan.text
    assert "a_table_that_is_not_there" in plan.text

    change(
        "payments", can_enable=lambda _session, _platform_id: ["No contract was signed.", "No bank is known."]
    )
    plan = client.put("/admin/modules/payments/activation", headers=HTMX)
    assert "No contract was signed." in plan.text
    assert "No bank is known." in plan.text
    assert "payments" not in effective()


@pytest.mark.backends("sqlite")
def test_hooks_that_lead_nowhere_are_named_and_contained(client, admin, app, change, effective):
    nowhere = dict.fromkeys((*HOOKS, "count_rows"), "modules.payments.nowhere:hook")
    change("payments", **nowhere | {"can_enable": None})

    refused = client.put("/admin/modules/payments/activation")
    assert (refused.status_code, "payments" in effective()) == (409, False)
    assert "No module named &#39;modules.payments.nowhere&#39;" in refused.text

    change("payments", on_enable=None)
    assert client.put("/admin/modules/payments/activation", headers=HTMX).status_code == 200
    assert client.delete("/admin/modules/payments/activation", headers=HTMX).status_code == 200
    assert "payments" not in effective()
    with app.app_context():
        app.modules.start()
        register_module_health_checks()
        verdicts = {check.name: check.status for check in app.extensions["health"].run().checks}
        faults = {fault.sentence for fault in check_modules(app) if fault.module_code == "payments"}
    assert (verdicts["module:payments"], verdicts["module:core"]) == ("unhealthy", "healthy")
    assert {fault.partition(":")[0] for fault in faults} == {*nowhere} - {"can_enable", "on_enable"}


@pytest.mark.backends("sqlite")
def test_a_check_that_hangs_delays_neither_the_modules_page_nor_health_beyond_its_deadline(
    client, admin, app, part
):
    part("hooks").release.clear()
    began = time.monotonic()

    assert client.get("/admin/modules").status_code == 200
    health = client.get("/health")
    dots = client.get("/admin/modules/health", headers=HTMX)
    page = client.get("/admin/modules")

    assert time.monotonic() - began < 15
    assert health.status_code == 200
    assert health.get_json()["status"] == "degraded"
    verdicts = {check["name"]: check["status"] for check in health.get_json()["checks"]}
    assert verdicts["module:breaker"] == "unhealthy"
    assert verdicts["module:core"] == "healthy"
    for text in (dots.text, page.text):
        assert re.search(r'wz-health-unhealthy" id="health-breaker"[^>]*aria-label="Does not work"', text)


@pytest.mark.backends("sqlite")
@pytest.mark.parametrize("page", ["syntax", "undefined", "missing"])
def test_a_broken_template_breaks_its_own_page_only(client, admin, app, page):
    app.config["PROPAGATE_EXCEPTIONS"] = False

    broken = client.get(f"/admin/breaker/{page}")

    assert broken.status_code == 500
    assert "Something went wrong" in broken.text
    assert "Traceback" not in broken.text
    assert broken.text.count("<h1") == 1
    assert client.get(f"/admin/breaker/{page}", headers=HTMX).status_code == 500
    for address in ("/admin/breaker/fine", "/admin/", "/admin/modules", "/admin/modules/breaker"):
        assert client.get(address).status_code == 200, address


@pytest.mark.backends("sqlite")
def test_a_subscriber_that_raises_is_named_and_the_change_holds(client, admin, effective, caplog):
    def fall_over(_data):
        raise LookupError("no such shelf")

    module_event_bus.subscribe(ModuleEvent.ENABLED)(fall_over)
    try:
        answer = client.put("/admin/modules/payments/activation", headers=HTMX)
    finally:
        module_event_bus.unsubscribe(ModuleEvent.ENABLED, fall_over)

    assert answer.status_code == 200
    assert "payments" in effective()
    assert "fall_over" in next(r.subscriber for r in caplog.records if r.getMessage() == "subscriber_failed")


@pytest.mark.backends("sqlite")
def test_subscribers_of_a_module_hear_only_where_it_is_on_and_of_itself(app, part, platform, make_platform):
    without = make_platform("without")
    part("handlers").told.clear()

    for place, code in ((platform, "payments"), (without, "payments"), (without, "breaker")):
        with app.app_context(), unit_of_work() as session:
            service.enable_module(session, place.id, code)

    assert part("handlers").told == [(platform.id, "payments"), (without.id, "breaker")]
    assert importlib.import_module("acme_faulty.handlers").told == []
    with app.app_context():
        metrics = app.extensions["metrics"].as_text().decode()
    assert 'wizamart_module_toggles_total{module="breaker",platform="without",state="enabled"} 1.0' in metrics
    assert 'wizamart_event_outcomes_total{event="modules.enabled",outcome="succeeded"}' in metrics
    assert 'wizamart_module_enabled{module="breaker",platform="without"} 1.0' in metrics
    assert 'wizamart_module_enabled{module="orders",platform="shop"} 0.0' in metrics
    assert 'wizamart_module_platforms{module="payments"} 2.0' in metrics
    assert 'wizamart_module_platforms{module="core"} 2.0' in metrics


def emit(app, part, platform, name):
    events = part("events")
    with app.app_context(), unit_of_work() as session:
        session.add(Platform(code="witness", name="Witness", created_at=clock.now()))
        session.flush()  # so that there is something to roll back
        getattr(events, name).emit(session, events.Happened(name=name), platform_id=platform.id)


def witnesses(app):
    with app.app_context(), unit_of_work(read_only=True) as session:
        return session.scalar(sa.select(sa.func.count()).where(Platform.code == "witness"))


def test_a_handler_in_the_transaction_that_raises_rolls_back_and_is_named(app, part, platform, caplog):
    with pytest.raises(LookupError):
        emit(app, part, platform, "at_once")

    assert witnesses(app) == 0
    assert blamed(caplog, "handler_failed") == {"breaker"}
    with app.app_context():
        counted = app.extensions["metrics"].as_text().decode()
    assert 'wizamart_event_outcomes_total{event="breaker.at_once",outcome="failed"} 1.0' in counted


def test_a_handler_after_the_commit_is_tried_again_and_ends_as_a_visible_dead_letter(
    app, part, platform, client, admin
):
    emit(app, part, platform, "later")
    outcomes = []
    for _attempt in range(9):
        with app.app_context(), unit_of_work() as session:
            task = session.scalars(sa.select(Task).where(Task.name == "breaker.handle_event")).one()
            task.run_at = clock.now()
            task_id = task.id
        outcomes.append(run_task(app, task_id))
        if outcomes[-1] == TaskStatus.DEAD:
            break

    assert witnesses(app) == 1
    assert outcomes[-1] == TaskStatus.DEAD
    assert set(outcomes[:-1]) == {TaskStatus.FAILED}
    assert part("handlers").heard == ["later"] * len(outcomes)
    with app.app_context(), unit_of_work(read_only=True) as session:
        assert "no such shelf" in session.get(Task, task_id).error


@pytest.mark.backends("sqlite")
def test_packages_that_are_faulty_or_gone_are_named_with_their_reasons(client, admin, app, platform):
    with app.app_context(), unit_of_work() as session:
        session.add(PlatformModule(platform_id=platform.id, module_code="vanished", is_enabled=True))
        session.get(Platform, platform.id).module_revision += 1

    page = client.get("/admin/modules")

    missing = page.text.partition('id="missing-title"')[2].partition("</section>")[0]
    assert page.status_code == 200
    assert re.search(r"faulty</span>: ModuleNotFoundError: .*a_package_that_is_not_there", missing)
    assert re.search(r"vanished</span>: Its package is not installed\.", missing)
    assert "wanted here" in missing
    assert client.get("/admin/modules/vanished").status_code == 404


def test_work_of_a_module_that_is_off_is_parked_visibly_and_goes_on_when_it_is_back(
    app, part, platform, client, admin
):
    client.delete("/admin/modules/breaker/activation", headers=HTMX)
    with app.app_context(), unit_of_work() as session:
        task_id = enqueue(session, "breaker.work", platform_id=platform.id).id
        owner = session.get(type(admin), admin.id)
        pair = token_service.issue(session, owner, at=clock.now(), ip=None, user_agent="tests")
    bearer = {"Authorization": f"Bearer {pair.access_token}"}

    assert run_task(app, task_id) == TaskStatus.PARKED
    assert client.get(f"/api/v1/jobs/{task_id}", headers=bearer).get_json()["status"] == "parked"
    assert part("tasks").done == []

    client.put("/admin/modules/breaker/activation", headers=HTMX)
    assert run_task(app, task_id) == TaskStatus.SUCCEEDED
    assert part("tasks").done == [platform.id]


@pytest.mark.backends("sqlite")
def test_schedules_and_handlers_rest_where_their_module_is_off(app, part, platform, make_platform):
    without = make_platform("without")

    Scheduler(app).tick(clock.now() + timedelta(hours=2))
    emit(app, part, without, "at_once")
    emit_later = part("events").later
    with app.app_context(), unit_of_work() as session:
        emit_later.emit(session, part("events").Happened(name="x"), platform_id=without.id)

    with app.app_context(), unit_of_work(read_only=True) as session:
        query = sa.select(Task.platform_id).where(Task.module_code == "breaker")
        assert set(session.scalars(query)) == {platform.id}
    assert part("handlers").heard == []


@pytest.mark.parametrize("code", SWITCHABLE)
def test_a_module_that_is_off_takes_no_part_in_anything(shared_app, code):
    manager = shared_app.modules
    rows = [(other, other != code, {}) for other in manager.registry]
    everything = build_state(manager.registry, 1, 1, rows=[(other, True, {}) for other in manager.registry])
    state = build_state(manager.registry, 1, 1, rows=rows)
    module, owned = manager.registry[code], f"{code}:"

    assert code in everything.effective
    assert code not in state.effective
    assert not manager.registry.dependents_of(code) & state.effective
    for hook, contribution in manager.contributions.of_module(code):
        assert contribution in manager.contributions.providers(hook, everything)
        assert contribution not in manager.contributions.providers(hook, state)
    for frontend in FrontendType:
        shown = menus.list_entries(manager.registry, state, frontend)
        assert code not in {entry.module_code for entry in shown}
    assert not [name for name in state.permissions if name.startswith(owned)]
    assert not set(module.features) & state.features
    endpoints = {rule.endpoint for rule in manager.map_for(state.effective).iter_rules()}
    assert code not in {manager.owner_of_endpoint(endpoint) for endpoint in endpoints}


@pytest.fixture(scope="module")
def shared_app(tmp_path_factory):
    """Return an application of which nothing is asked of the database."""
    from wizamart.config import Settings

    url = f"sqlite:///{tmp_path_factory.mktemp('unused') / 'unused.db'}"
    return create_app(Settings(_env_file=None, environment="testing", database_url=url, embedded_workers=0))


def test_a_state_that_was_rolled_back_is_never_served(app, platform):
    """Another process may commit the very revision that this one has seen and given up."""

    def enable_look_and_fail():
        with unit_of_work() as session:
            service.enable_module(session, platform.id, "payments")
            assert service.is_module_enabled(session, platform.id, "payments")
            raise LookupError

    with app.app_context(), pytest.raises(LookupError):
        enable_look_and_fail()

    with app.app_context(), unit_of_work() as session:  # as another process would do it
        session.add(PlatformModule(platform_id=platform.id, module_code="inventory", is_enabled=True))
        session.get(Platform, platform.id).module_revision += 1

    with app.app_context(), unit_of_work(read_only=True) as session:
        assert not service.is_module_enabled(session, platform.id, "payments")
        assert service.is_module_enabled(session, platform.id, "inventory")


def test_what_waits_for_the_commit_outlives_a_part_that_is_rolled_back(app):
    called = []

    def register_and_fail(session):
        with contained(session):
            after_commit(session, lambda: called.append("within"))
            raise LookupError

    with app.app_context(), unit_of_work() as session:
        after_commit(session, lambda: called.append("before"))
        with pytest.raises(LookupError):
            register_and_fail(session)
        after_commit(session, lambda: called.append("after"))

    assert called == ["before", "after"]
