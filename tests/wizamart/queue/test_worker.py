import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from structlog.testing import capture_logs

from wizamart import clock, queue
from wizamart.database import db, unit_of_work
from wizamart.queue import EmbeddedWorkers, TaskStatus, leases, run_worker, task
from wizamart.queue.execution import execute

VICTIM = Path(__file__).with_name("hanging_worker.py")


def test_hundreds_of_tasks_run_once_each(app, wait_for_outcomes):
    runs = Counter()

    @task("framework.count")
    def count(context, number):
        runs[number] += 1

    with app.app_context(), unit_of_work() as session:
        moment = clock.now()
        rows = [
            queue.Task(name="framework.count", payload={"number": n}, run_at=moment, created_at=moment)
            for n in range(300)
        ]
        session.add_all(rows)
    workers = EmbeddedWorkers(app, threads=4, with_scheduler=False)
    workers.start()
    try:
        outcomes = wait_for_outcomes(300)
    finally:
        workers.stop()

    assert set(outcomes) == {TaskStatus.SUCCEEDED}
    assert len(runs) == 300
    assert set(runs.values()) == {1}


def test_a_sleeping_worker_is_woken_by_the_commit(app, enqueue, wait_for_outcomes):
    @task("framework.now")
    def now(context):
        return None

    workers = EmbeddedWorkers(app, threads=1, poll=3600, with_scheduler=False)
    workers.start()
    try:
        enqueue("framework.now")
        assert wait_for_outcomes(1) == [TaskStatus.SUCCEEDED]
    finally:
        workers.stop()


def test_a_worker_outlives_a_database_that_fails(app, enqueue, wait_for_outcomes, monkeypatch):
    failed = threading.Event()
    real = leases.claim

    def failing_once(*args, **kwargs):
        if not failed.is_set():
            failed.set()
            raise sa.exc.OperationalError("SELECT", {}, Exception("gone"))
        return real(*args, **kwargs)

    monkeypatch.setattr(leases, "claim", failing_once)

    @task("framework.now")
    def now(context):
        return None

    workers = EmbeddedWorkers(app, threads=1, poll=0.05, with_scheduler=False)
    workers.start()
    try:
        assert failed.wait(10)
        enqueue("framework.now")
        assert wait_for_outcomes(1) == [TaskStatus.SUCCEEDED]
        assert workers.is_running
    finally:
        workers.stop()


def test_without_redis_a_burst_works_off_what_is_due(app, enqueue, load):
    @task("framework.now")
    def now(context):
        return None

    due = [enqueue("framework.now") for _ in range(3)]
    later = enqueue("framework.now", run_at=clock.now() + timedelta(hours=1))

    run_worker(app, burst=True)

    assert {load(task_id).status for task_id in due} == {TaskStatus.SUCCEEDED}
    assert load(later).status == TaskStatus.QUEUED


@pytest.mark.processes
def test_a_killed_workers_task_is_run_by_another_once_its_lease_is_over(app, url, enqueue, load):
    @task("framework.hang")
    def hang(context):
        return "done by another"

    task_id = enqueue("framework.hang")
    victim = subprocess.Popen([sys.executable, str(VICTIM), url, str(task_id)], stdout=subprocess.PIPE)
    try:
        assert victim.stdout.readline() == b"running\n"
    finally:
        victim.kill()
        victim.communicate(timeout=10)

    assert load(task_id).status == TaskStatus.RUNNING
    with app.app_context():
        assert leases.claim(db.engine, now=clock.now()) is None
        claim = leases.claim(db.engine, now=clock.now() + timedelta(seconds=61))
    assert execute(app, claim) == TaskStatus.SUCCEEDED
    assert (load(task_id).result, load(task_id).attempts) == ("done by another", 2)


def test_a_database_that_is_not_migrated_is_named_once_and_not_at_every_look(make_app):
    workers = EmbeddedWorkers(make_app(), threads=1, poll=0.001, with_scheduler=False)
    looks, seen_often, look = [], threading.Event(), workers.run_next

    def counting():
        looks.append(1)
        if len(looks) > 3:
            seen_often.set()
        return look()

    workers.run_next = counting
    with capture_logs() as logs:
        workers.start()
        assert seen_often.wait(timeout=30)
        workers.stop()

    reports = [entry for entry in logs if entry["event"] == "queue_worker_error"]
    assert len(reports) == 1
    assert "tasks" in reports[0]["error"]
    assert "exc_info" not in reports[0]
