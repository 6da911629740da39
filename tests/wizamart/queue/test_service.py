from datetime import timedelta

import pytest

from wizamart import clock, queue
from wizamart.database import db, unit_of_work
from wizamart.queue import TaskStateRefuses, TaskStatus, leases


def test_what_is_enqueued_belongs_to_the_module_named_before_the_dot(enqueue, load):
    assert load(enqueue("dev_tools.scan", platform_id=1)).module_code == "dev-tools"
    assert load(enqueue("framework.scan")).module_code is None


def test_enqueuing_with_a_known_key_returns_the_first_task(enqueue):
    first = enqueue("framework.once", {"n": 1}, key="only")
    second = enqueue("framework.once", {"n": 2}, key="only")

    assert second == first


def test_a_transaction_that_rolls_back_leaves_no_task_and_wakes_nobody(app):
    woken = []
    queue.queue_state(app).add_waker(woken.extend)

    def order_and_fail(session):
        queue.enqueue(session, "framework.never")
        raise ZeroDivisionError

    with app.app_context(), pytest.raises(ZeroDivisionError), unit_of_work() as session:
        order_and_fail(session)

    with app.app_context(), unit_of_work(read_only=True) as session:
        assert queue.list_tasks(session) == []
    assert woken == []


def test_workers_are_woken_after_the_commit_and_only_for_what_is_due(app, enqueue):
    woken = []
    queue.queue_state(app).add_waker(woken.extend)

    due = enqueue("framework.now")
    enqueue("framework.later", run_at=clock.now() + timedelta(hours=1))

    assert woken == [due]


def test_a_waker_that_fails_does_not_fail_the_commit(app, enqueue, load):
    queue.queue_state(app).add_waker(lambda _ids: 1 / 0)

    assert load(enqueue("framework.now")).status == TaskStatus.QUEUED


def test_a_waiting_task_can_be_cancelled_and_is_not_claimed_any_more(app, enqueue, load):
    task_id = enqueue("framework.now")

    with app.app_context(), unit_of_work() as session:
        queue.cancel(session, queue.get_task(session, task_id), at=clock.now())

    assert load(task_id).status == TaskStatus.CANCELLED
    with app.app_context():
        assert leases.claim(db.engine, now=clock.now()) is None


def test_a_running_task_cannot_be_retried(app, enqueue):
    task_id = enqueue("framework.now")

    with app.app_context():
        leases.claim(db.engine, now=clock.now())
        with pytest.raises(TaskStateRefuses), unit_of_work() as session:
            queue.retry_task(session, queue.get_task(session, task_id), at=clock.now())


def test_another_platforms_task_does_not_exist(app, enqueue):
    task_id = enqueue("framework.now", platform_id=1)

    with app.app_context(), unit_of_work(read_only=True) as session, pytest.raises(queue.TaskNotFound):
        queue.get_task(session, task_id, platform_id=2)


def test_tasks_are_counted_by_status_and_missing_ones_are_zero(app, enqueue):
    enqueue("framework.a", platform_id=1)
    enqueue("framework.b", platform_id=2)

    with app.app_context(), unit_of_work(read_only=True) as session:
        assert queue.count_tasks_by_status(session)["queued"] == 2
        assert queue.count_tasks_by_status(session, platform_id=1)["queued"] == 1
        assert queue.count_tasks_by_status(session)["dead"] == 0


def test_purging_deletes_what_ended_long_ago_but_never_the_dead(app, enqueue, load):
    old = clock.now() - timedelta(days=40)
    ended, dead, fresh = (enqueue("framework.now") for _ in range(3))
    with app.app_context(), unit_of_work() as session:
        for task_id, status, at in (
            (ended, TaskStatus.SUCCEEDED, old),
            (dead, TaskStatus.DEAD, old),
            (fresh, TaskStatus.SUCCEEDED, clock.now()),
        ):
            task = queue.get_task(session, task_id)
            task.status, task.finished_at = status, at

    with app.app_context(), unit_of_work() as session:
        purged = queue.purge_tasks(session, before=clock.now() - timedelta(days=30))

    assert purged == 1
    assert load(dead).status == TaskStatus.DEAD
    assert load(fresh).status == TaskStatus.SUCCEEDED
