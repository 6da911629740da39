"""Sixteen processes switch modules of one platform at once: nothing is lost, nothing locks up, the closure holds."""

import multiprocessing
import random

import pytest
import sqlalchemy as sa

from wizamart.audit import AuditEntry
from wizamart.database import db, unit_of_work
from wizamart.module_system import service
from wizamart.module_system.plan import StalePlan
from wizamart.platforms import Platform

WRITERS, ROUNDS = 16, 6


def toggle_at_random(app, platform_id, seed, start, outcomes):
    """Plan, then apply what was planned, as somebody does who looks at a dialog first."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, guards nothing
    switchable = sorted(set(app.modules.registry) - app.modules.registry.core_codes)
    with app.app_context():
        db.engine.dispose(close=False)  # the connections belong to the parent
    start.wait(timeout=60)
    for _round in range(ROUNDS):
        code, is_on = chance.choice(switchable), chance.random() < 0.5
        with app.app_context(), unit_of_work(read_only=True) as session:
            plan = service.plan(session, platform_id, **{"enable" if is_on else "disable": [code]})
        try:
            with app.app_context(), unit_of_work() as session:
                service.apply(session, plan, origin=f"writer {seed}")
        except StalePlan as refusal:
            outcomes.put("stale" if refusal.plan.revision > plan.revision else "stale without a newer plan")
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent fails with it
            outcomes.put(repr(error))
        else:
            outcomes.put("nothing" if plan.is_empty else "done")


@pytest.mark.processes
@pytest.mark.slow
def test_sixteen_writers_lose_no_update_and_keep_the_closure(app, make_platform):
    platform = make_platform("contested")
    processes = multiprocessing.get_context("fork")
    outcomes, start = processes.Queue(), processes.Event()
    writers = [
        processes.Process(target=toggle_at_random, args=(app, platform.id, seed, start, outcomes))
        for seed in range(WRITERS)
    ]
    for writer in writers:
        writer.start()
    start.set()
    seen = [outcomes.get(timeout=120) for _ in range(WRITERS * ROUNDS)]
    for writer in writers:
        writer.join(timeout=60)
        assert writer.exitcode == 0

    assert set(seen) <= {"done", "stale", "nothing"}, set(seen)
    assert seen.count("done") > 0
    with app.app_context():
        session = db.session()
        entries = session.scalars(sa.select(AuditEntry).order_by(AuditEntry.id)).all()
        operations = {entry.operation_id for entry in entries}
        assert session.get(Platform, platform.id).module_revision == seen.count("done") == len(operations)
        wanted = set()
        for entry in entries:
            code, is_on = entry.target.removeprefix("module:"), entry.after["is_enabled"]
            assert (code in wanted) is not is_on
            wanted ^= {code}
        state = app.modules.state_of(session, platform.id)
        assert state.wanted == wanted
        for code in state.effective:
            assert app.modules.registry.requirements_of(code) <= state.effective
