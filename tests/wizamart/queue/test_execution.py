import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask_babel import Babel, get_locale

from wizamart import clock, queue
from wizamart.database import db, unit_of_work
from wizamart.platforms import Platform, Scope, get_scope
from wizamart.queue import GiveUp, TaskStatus, leases, task
from wizamart.queue.execution import execute, progress_of, run_task


def add_platform(session, code):
    session.add(Platform(code=code, name=code, created_at=clock.now()))


def count_platforms(app):
    with app.app_context(), db.engine.connect() as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(Platform))


def test_a_task_gets_its_payload_and_its_result_is_kept(app, enqueue, load):
    @task("framework.add")
    def add(context, left, right):
        return left + right

    task_id = enqueue("framework.add", {"left": 2, "right": 3})

    assert run_task(app, task_id) == TaskStatus.SUCCEEDED
    done = load(task_id)
    assert (done.result, done.progress, done.attempts) == (5, 100, 1)
    assert run_task(app, task_id) is None


def test_a_task_runs_in_its_tenants_scope_and_its_users_language(app, enqueue, load):
    Babel(app)
    seen = {}

    @task("framework.look")
    def look(context):
        seen["scope"] = get_scope(context.session)
        seen["locale"] = str(get_locale())

    assert run_task(app, enqueue("framework.look", platform_id=2, locale="fr")) == TaskStatus.SUCCEEDED

    assert seen == {"scope": Scope(2), "locale": "fr"}


def test_a_failing_task_leaves_no_effects_and_is_tried_again_later(app, enqueue, load):
    @task("framework.fail", back_off=lambda attempt: 60 * attempt)
    def fail(context):
        add_platform(context.session, "ghost")
        context.session.flush()
        raise ValueError("no luck")

    task_id = enqueue("framework.fail")

    assert run_task(app, task_id) == TaskStatus.FAILED

    failed = load(task_id)
    assert "no luck" in failed.error
    assert timedelta(seconds=50) < failed.run_at - clock.now() < timedelta(seconds=70)
    assert count_platforms(app) == 2
    assert run_task(app, task_id) is None


def test_a_task_is_dead_after_its_last_attempt_and_lives_again_when_retried(app, enqueue, load):
    @task("framework.fail", max_attempts=2, back_off=lambda _attempt: 0)
    def fail(context):
        raise ValueError("no luck")

    task_id = enqueue("framework.fail")

    assert [run_task(app, task_id) for _ in range(3)] == [TaskStatus.FAILED, TaskStatus.DEAD, None]
    with app.app_context(), unit_of_work() as session:
        queue.retry_task(session, queue.get_task(session, task_id), at=clock.now())
    assert run_task(app, task_id) == TaskStatus.FAILED


def test_a_task_that_gives_up_is_not_tried_again(app, enqueue, load):
    @task("framework.hopeless")
    def hopeless(context):
        raise GiveUp("the file is gone")

    assert run_task(app, enqueue("framework.hopeless")) == TaskStatus.DEAD


def test_a_task_that_exits_ends_neither_its_worker_nor_its_row(app, enqueue, load):
    @task("framework.exit", max_attempts=1)
    def leave(context):
        raise SystemExit

    assert run_task(app, enqueue("framework.exit")) == TaskStatus.DEAD


def test_a_task_whose_module_is_off_is_parked_and_goes_on_when_it_is_back(app, enqueue, load):
    @task("billing.remind")
    def remind(context):
        return "reminded"

    queue.set_module_gate(lambda platform_id, module_code: (platform_id, module_code) != (1, "billing"))
    here, elsewhere = enqueue("billing.remind", platform_id=1), enqueue("billing.remind", platform_id=2)

    assert run_task(app, here) == TaskStatus.PARKED
    assert run_task(app, elsewhere) == TaskStatus.SUCCEEDED
    assert load(here).attempts == 0

    queue.set_module_gate(lambda *_: True)
    with app.app_context(), unit_of_work() as session:
        assert queue.unpark(session, 1, ["billing"]) == 1
    assert run_task(app, here) == TaskStatus.SUCCEEDED


def test_what_the_gate_reads_does_not_keep_the_task_from_writing(app, enqueue):
    @task("billing.write")
    def write(context):
        with app.app_context(), unit_of_work() as session:
            add_platform(session, "by-another")
        add_platform(context.session, "by-the-task")

    def gate(platform_id, _module_code):
        return db.session().get(Platform, platform_id) is not None

    queue.set_module_gate(gate)

    assert run_task(app, enqueue("billing.write", platform_id=1)) == TaskStatus.SUCCEEDED
    assert count_platforms(app) == 4


def test_a_task_that_no_code_knows_is_parked_with_that_reason(app, enqueue, load):
    task_id = enqueue("vanished.work", platform_id=1)

    assert run_task(app, task_id) == TaskStatus.PARKED
    assert "vanished.work" in load(task_id).error


def test_progress_is_seen_while_the_task_runs(app, enqueue, load):
    seen = []

    @task("framework.slow")
    def slow(context):
        context.progress(40, "Row 40")
        seen.append(progress_of(load(context.task_id)))
        add_platform(context.session, "new")
        context.session.flush()
        context.progress(80, "Row 80")
        seen.append(progress_of(load(context.task_id)))

    assert run_task(app, enqueue("framework.slow")) == TaskStatus.SUCCEEDED
    assert seen == [(40, "Row 40"), (80, "Row 80")]
    assert count_platforms(app) == 3


def test_a_task_cancelled_while_it_runs_stops_at_its_next_word_of_progress(app, enqueue, load):
    @task("framework.slow")
    def slow(context):
        with app.app_context(), unit_of_work() as session:
            queue.cancel(session, queue.get_task(session, context.task_id), at=clock.now())
        context.progress(50)
        pytest.fail("it went on")

    task_id = enqueue("framework.slow")

    assert run_task(app, task_id) == "stopped"
    assert load(task_id).status == TaskStatus.CANCELLED


def test_a_task_out_of_time_is_a_failure(app, enqueue, load):
    @task("framework.slow", timeout=-1)
    def slow(context):
        context.progress(50)

    task_id = enqueue("framework.slow")

    assert run_task(app, task_id) == TaskStatus.FAILED
    assert "out of time" in load(task_id).error


def test_what_a_worker_did_after_losing_its_lease_is_rolled_back(app, enqueue, load):
    later = clock.now() + timedelta(minutes=10)

    @task("framework.slow")
    def slow(context):
        if context.attempt == 1:
            with app.app_context():
                claims.append(leases.claim(db.engine, now=later))
        add_platform(context.session, f"by-{context.attempt}")

    claims = []
    task_id = enqueue("framework.slow")

    assert run_task(app, task_id) == "stopped"
    assert count_platforms(app) == 2
    assert execute(app, claims[0]) == TaskStatus.SUCCEEDED
    assert count_platforms(app) == 3


def test_a_lease_is_renewed_while_the_task_runs(app, enqueue):
    renewals = threading.Event()

    @task("framework.slow")
    def slow(context):
        assert renewals.wait(10)

    real = leases.write_if_held

    def noted(engine, claim, **values):
        written = real(engine, claim, **values)
        if written and "lease_until" in values and values["lease_until"] is not None:
            renewals.set()
        return written

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(leases, "write_if_held", noted)
        outcome = run_task(app, enqueue("framework.slow"), lease=timedelta(milliseconds=300))

    assert outcome == TaskStatus.SUCCEEDED


def test_a_task_that_killed_its_worker_in_its_last_attempt_is_dead(app, enqueue, load):
    task_id = enqueue("framework.killer", max_attempts=1)
    with app.app_context():
        leases.claim(db.engine, now=clock.now())

        assert leases.claim(db.engine, now=clock.now() + timedelta(minutes=10)) is None

    assert load(task_id).status == TaskStatus.DEAD
