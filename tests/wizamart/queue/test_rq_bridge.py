import pytest
from redis import Redis

from wizamart import queue
from wizamart.database import unit_of_work
from wizamart.queue import TaskStatus, run_worker, task
from wizamart.queue.rq_bridge import Pusher, sweep

pytestmark = [pytest.mark.redis, pytest.mark.processes]


@pytest.fixture
def pusher(redis_url):
    pusher = Pusher(redis_url)
    yield pusher
    pusher.redis.close()


@pytest.fixture(autouse=True)
def _worked():
    @task("framework.work", back_off=lambda _attempt: 0)
    def work(context, *, fail_first=False):
        if fail_first and context.attempt == 1:
            raise ValueError("first time")
        return context.attempt


def test_a_commit_pushes_the_rows_id_and_a_worker_runs_it(app, pusher, enqueue, load, with_redis):
    queue.queue_state(app).add_waker(pusher)
    task_id = enqueue("framework.work")
    assert pusher.queue.job_ids == [f"task-{task_id}-0"]

    run_worker(app, burst=True)

    assert load(task_id).status == TaskStatus.SUCCEEDED


def test_a_failed_task_is_pushed_again_by_the_sweep(app, enqueue, load, with_redis):
    task_id = enqueue("framework.work", {"fail_first": True})

    run_worker(app, burst=True)
    assert load(task_id).status == TaskStatus.FAILED
    run_worker(app, burst=True)

    assert (load(task_id).status, load(task_id).result) == (TaskStatus.SUCCEEDED, 2)


def test_a_redis_that_lost_everything_loses_no_task(app, pusher, enqueue, load, with_redis):
    queue.queue_state(app).add_waker(pusher)
    task_id = enqueue("framework.work")
    with Redis.from_url(with_redis) as redis:
        redis.flushall()

    run_worker(app, burst=True)

    assert load(task_id).status == TaskStatus.SUCCEEDED


def test_sweeping_twice_pushes_once(app, pusher, enqueue):
    enqueue("framework.work")

    assert sweep(app, pusher) == 1
    assert sweep(app, pusher) == 0
    assert len(pusher.queue) == 1


def test_a_task_pushed_twice_runs_once(app, pusher, enqueue, load, with_redis):
    task_id = enqueue("framework.work")
    pusher.push(task_id, attempts=0)
    pusher.push(task_id, attempts=7)

    run_worker(app, burst=True)

    assert load(task_id).attempts == 1


def test_a_redis_that_is_away_does_not_fail_the_commit(make_app, app, load):
    away = make_app(redis_url="redis://127.0.0.1:1/0")
    with away.app_context(), unit_of_work() as session:
        task_id = queue.enqueue(session, "framework.work").id

    assert load(task_id).status == TaskStatus.QUEUED
