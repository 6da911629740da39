import threading
from datetime import UTC, datetime, timedelta

import pytest

from wizamart import queue
from wizamart.database import unit_of_work
from wizamart.queue import Scheduler, TaskStatus, schedule
from wizamart.queue.cadence import CadenceError, parse_cadence
from wizamart.queue.execution import run_task

NOON = datetime(2026, 3, 4, 12, 0, 30, tzinfo=UTC)  # a Wednesday


@pytest.mark.parametrize(
    ("every", "latest"),
    [
        (timedelta(minutes=5), datetime(2026, 3, 4, 12, 0, tzinfo=UTC)),
        ("hourly at :15", datetime(2026, 3, 4, 11, 15, tzinfo=UTC)),
        ("daily at 03:00", datetime(2026, 3, 4, 3, 0, tzinfo=UTC)),
        ("daily at 12:01", datetime(2026, 3, 3, 12, 1, tzinfo=UTC)),
        ("weekly on wednesday at 12:00", datetime(2026, 3, 4, 12, 0, tzinfo=UTC)),
        ("weekly on thursday at 00:00", datetime(2026, 2, 26, 0, 0, tzinfo=UTC)),
    ],
)
def test_a_cadence_names_its_latest_occurrence(every, latest):
    assert parse_cadence(every)(NOON) == latest


@pytest.mark.parametrize("every", ["sometimes", "daily at 25:00", "weekly on someday at 03:00", timedelta(0)])
def test_words_that_say_no_cadence_are_refused(every):
    with pytest.raises(CadenceError):
        parse_cadence(every)


@pytest.fixture
def reports():
    @schedule("billing.report", every="daily at 03:00")
    def report(context):
        return context.platform_id


def tasks_of(app, **filters):
    with app.app_context(), unit_of_work(read_only=True) as session:
        return sorted((task.name, task.platform_id) for task in queue.list_tasks(session, **filters))


def test_a_schedule_runs_for_each_platform_where_its_module_is_on(app, reports):
    queue.set_module_gate(lambda platform_id, _module_code: platform_id == 2)

    Scheduler(app).tick(NOON)

    assert tasks_of(app) == [("billing.report", 2)]


def test_a_schedule_of_the_installation_runs_once(app):
    @schedule("framework.sweep", every=timedelta(hours=1), per_platform=False)
    def sweep(context):
        return None

    Scheduler(app).tick(NOON)

    assert tasks_of(app) == [("framework.sweep", None)]


def test_schedules_ask_the_source_which_platforms_there_are(app, reports):
    queue.set_platform_source(lambda: [1])

    Scheduler(app).tick(NOON)

    assert tasks_of(app) == [("billing.report", 1)]


def test_an_occurrence_is_enqueued_once_and_the_next_one_again(app, reports):
    scheduler = Scheduler(app)

    for moment in (NOON, NOON + timedelta(seconds=1), NOON + timedelta(days=1)):
        scheduler.tick(moment)

    assert len(tasks_of(app)) == 4


def test_two_schedulers_at_the_same_moment_enqueue_once(make_app, app, reports):
    barrier = threading.Barrier(2)
    schedulers = [Scheduler(app), Scheduler(make_app())]
    counts = []

    def run(scheduler):
        barrier.wait(10)
        counts.append(scheduler.tick(NOON))

    threads = [threading.Thread(target=run, args=(scheduler,)) for scheduler in schedulers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert sorted(counts) == [0, 2]
    assert len(tasks_of(app)) == 2


def test_a_scheduler_that_disappeared_is_followed_by_another_without_doubles(app, reports):
    first, second = Scheduler(app), Scheduler(app)
    first.tick(NOON)

    assert second.tick(NOON + timedelta(seconds=5)) == 0
    second.tick(NOON + timedelta(seconds=20))

    assert len(tasks_of(app)) == 2


def test_a_scheduler_that_stops_leaves_the_lease_to_the_next(app, reports):
    first, second = Scheduler(app), Scheduler(app)
    first.tick(NOON)
    first.stop()

    assert second.tick(NOON) == 2
    assert len(tasks_of(app)) == 2


def test_a_parked_task_that_a_toggle_missed_is_found_by_the_scheduler(app, enqueue, load, reports):
    task_id = enqueue("billing.report", platform_id=1)
    queue.set_module_gate(lambda *_: False)
    run_task(app, task_id)
    queue.set_module_gate(lambda *_: True)

    Scheduler(app).tick(NOON)

    assert load(task_id).status == TaskStatus.QUEUED
