"""Services of monitoring: samples of health, schedules, workers, log records."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from modules.monitoring.models.health_sample import HealthSample
from modules.monitoring.services import (
    health_service,
    log_service,
    schedule_service,
    task_service,
    worker_service,
)
from wizamart import audit, queue
from wizamart.observability import CheckReport, HealthReport, HealthStatus
from wizamart.queue.models import Lease, TaskStatus

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def report(**statuses):
    checks = tuple(
        CheckReport(name, HealthStatus(status), "why", 1.5, critical=False)
        for name, status in statuses.items()
    )
    worst = "healthy" if set(statuses.values()) == {"healthy"} else "degraded"
    return HealthReport(HealthStatus(worst), checks)


def test_one_sample_is_kept_for_each_step_however_many_platforms_ask(session):
    assert health_service.record_sample(session, report(queue="healthy"), at=NOON)
    assert not health_service.record_sample(
        session, report(queue="degraded"), at=NOON + timedelta(seconds=299)
    )
    assert health_service.record_sample(session, report(queue="degraded"), at=NOON + timedelta(seconds=300))

    kept = session.scalars(sa.select(HealthSample).order_by(HealthSample.id)).all()
    assert [(row.taken_at, row.status) for row in kept] == [
        (NOON, "healthy"),
        (NOON + timedelta(minutes=5), "degraded"),
    ]


def test_old_samples_are_deleted_and_newer_ones_stay(session):
    for days in (0, 29, 31):
        health_service.record_sample(session, report(queue="healthy"), at=NOON - timedelta(days=days))

    assert health_service.delete_old_samples(session, before=NOON - health_service.KEPT) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(HealthSample)) == 2


def test_history_shows_the_worst_of_each_half_hour_and_gaps_where_nobody_looked():
    samples = [
        HealthSample(taken_at=NOON - timedelta(minutes=ago), checks=[{"name": "queue", "status": status}])
        for ago, status in ((50, "healthy"), (20, "unhealthy"), (10, "healthy"))
    ]

    (history,) = health_service.build_history(samples, until=NOON)

    statuses = [slot.status for slot in history.slots]
    assert statuses[-2:] == ["healthy", "unhealthy"]
    assert set(statuses[:-2]) == {None}
    assert history.healthy_share == pytest.approx(2 / 3)


def test_history_puts_the_check_with_the_most_trouble_first():
    checks = [{"name": "database", "status": "healthy"}, {"name": "queue", "status": "degraded"}]
    samples = [HealthSample(taken_at=NOON - timedelta(minutes=1), checks=checks)]

    histories = health_service.build_history(samples, until=NOON)

    assert [history.name for history in histories] == ["queue", "database"]


def test_sampling_task_asks_the_checks_and_keeps_what_they_say(session, app, make_platform):
    platform = make_platform(modules=["monitoring"])
    task = queue.enqueue(session, "monitoring.sample_health", platform_id=platform.id)
    session.commit()

    assert queue.run_task(app, task.id) == TaskStatus.SUCCEEDED

    sample = session.scalars(sa.select(HealthSample)).one()
    assert {"database", "queue", "module:monitoring"} <= {check["name"] for check in sample.checks}


@pytest.mark.parametrize("name", ["monitoring.sample_health", "framework.delete_ended_sign_ins"])
@pytest.mark.backends("sqlite")
def test_schedule_says_when_it_last_ran_and_when_it_runs_next(session, name):
    for _number in range(2):
        last = queue.enqueue(session, name)

    row = next(row for row in schedule_service.list_schedules(session, at=NOON) if row.name == name)

    assert row.last.id == last.id
    assert NOON < row.next_at <= NOON + row.interval
    assert queue.SCHEDULES[name].cadence(row.next_at) == row.next_at


def test_schedules_are_read_in_one_query(session, count_queries):
    with count_queries() as queries:
        schedule_service.list_schedules(session, at=NOON)

    assert len(queries) == 1


def test_holders_of_tasks_and_leases_are_put_together_by_process(session):
    until = NOON + timedelta(minutes=1)
    session.add(Lease(name="scheduler", owner="alpha:17:aaa", until=until))
    for owner in ("alpha:17:bbb", "beta:3:ccc"):
        task = queue.enqueue(session, "framework.send_mail")
        task.status, task.leased_by, task.lease_until = TaskStatus.RUNNING, owner, until
    session.flush()

    holders = worker_service.list_holders(session)

    assert [(one.host, one.process, len(one.leases), len(one.tasks)) for one in holders] == [
        ("alpha", "17", 1, 1),
        ("beta", "3", 0, 1),
    ]


@pytest.mark.redis
def test_workers_that_signed_on_to_redis_are_listed(redis_url):
    assert worker_service.list_redis_workers(redis_url).error == ""


def test_redis_that_does_not_answer_is_said_and_not_raised():
    found = worker_service.list_redis_workers("redis://127.0.0.1:1/0")

    assert found.error
    assert not found.workers


def test_retrying_and_cancelling_leave_a_trace_of_who_wanted_it(session, make_user):
    actor = make_user()
    task = queue.enqueue(session, "framework.send_mail")

    task_service.cancel(session, task.id, actor_id=actor.id, at=NOON)
    task_service.cancel(session, task.id, actor_id=actor.id, at=NOON)
    task_service.retry(session, task.id, actor_id=actor.id, at=NOON)

    entries = session.scalars(sa.select(audit.AuditEntry).order_by(audit.AuditEntry.id)).all()
    assert [(entry.action, entry.actor_id, entry.target) for entry in entries] == [
        ("queue.task.cancel", actor.id, f"task:{task.id}"),
        ("queue.task.retry", actor.id, f"task:{task.id}"),
    ]


def test_failed_tasks_are_counted_and_none_is_no_number(session):
    assert task_service.count_dead(session, 1, None) is None

    queue.enqueue(session, "framework.send_mail").status = TaskStatus.DEAD
    session.flush()

    assert task_service.count_dead(session, 1, None) == 1


@pytest.mark.backends("sqlite")
def test_slow_requests_are_the_slowest_first_and_none_is_quicker_than_asked(client, make_platform):
    make_platform()
    for path in ("/login", "/nowhere"):
        client.get(path)

    everything = log_service.list_slow_requests(milliseconds=0)

    times = [one.milliseconds for one in everything]
    assert len(times) == 2
    assert times == sorted(times, reverse=True)
    assert [one.milliseconds for one in log_service.list_slow_requests(milliseconds=times[0] + 1)] == []


def test_task_of_an_archived_platform_still_names_it(session, make_platform):
    platform = make_platform("gone", status="archived")
    task = queue.enqueue(session, "framework.send_mail", platform_id=platform.id)

    assert task_service.get_task(session, task.id)[1] == "gone"
