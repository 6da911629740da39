import threading
import time

import pytest
from flask import Flask, current_app

from wizamart.observability import HealthRegistry, HealthResult, HealthStatus


@pytest.fixture
def registry():
    return HealthRegistry(Flask(__name__), kept_seconds=0)


@pytest.fixture
def released():
    event = threading.Event()
    yield event
    event.set()


def statuses(report):
    return {check.name: check.status for check in report.checks}


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (None, HealthStatus.HEALTHY),
        (True, HealthStatus.HEALTHY),
        (False, HealthStatus.UNHEALTHY),
        ("degraded", HealthStatus.DEGRADED),
        (("unhealthy", "why"), HealthStatus.UNHEALTHY),
        ({"status": "degraded", "message": "slow"}, HealthStatus.DEGRADED),
        (HealthResult(HealthStatus.DEGRADED, "slow"), HealthStatus.DEGRADED),
        ("nonsense", HealthStatus.UNHEALTHY),
    ],
)
def test_a_check_may_answer_in_several_ways(registry, answer, status):
    registry.register("it", lambda: answer)

    assert statuses(registry.run()) == {"it": status}


def test_a_check_that_raises_is_unhealthy_and_keeps_its_reason_for_operators(registry):
    registry.register("it", lambda: 1 / 0)

    report = registry.run()

    assert report.checks[0].message.startswith("ZeroDivisionError")
    assert report.as_dict(with_details=False) == {
        "status": "degraded",
        "checks": [{"name": "it", "status": "unhealthy"}],
    }


def test_only_a_critical_check_makes_the_whole_unhealthy(registry):
    registry.register("extra", lambda: False)
    assert registry.run().status is HealthStatus.DEGRADED

    registry.register("heart", lambda: False, critical=True)
    assert registry.run().status is HealthStatus.UNHEALTHY


def test_checks_run_side_by_side_in_an_application_context(registry):
    meeting = threading.Barrier(3)

    def check():
        assert current_app
        meeting.wait(1)

    for number in range(3):
        registry.register(f"check-{number}", check, deadline=5)

    assert registry.run().status is HealthStatus.HEALTHY


def test_a_check_that_hangs_is_unhealthy_by_its_deadline_and_delays_nobody(registry, released):
    registry.register("hung", released.wait, deadline=0.05)
    registry.register("fine", lambda: None)
    began = time.monotonic()

    report = registry.run()

    assert time.monotonic() - began < 2
    assert statuses(report) == {"hung": HealthStatus.UNHEALTHY, "fine": HealthStatus.HEALTHY}


def test_a_check_that_still_hangs_is_not_started_again_and_recovers_when_it_ends(registry, released):
    starts, ended = [], threading.Event()

    def hang():
        starts.append(threading.current_thread())
        released.wait()
        ended.set()

    registry.register("hung", hang, deadline=0.01)
    for _ in range(5):
        registry.run()
    assert len(starts) == 1

    released.set()
    starts[0].join(10)
    assert statuses(registry.run()) == {"hung": HealthStatus.HEALTHY}


def test_many_who_ask_at_once_get_one_run(released):
    registry = HealthRegistry(Flask(__name__), kept_seconds=60)
    runs = []
    registry.register("it", lambda: runs.append(1))
    threads = [threading.Thread(target=registry.run) for _ in range(8)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(runs) == 1


def test_a_check_that_is_taken_away_is_not_asked(registry):
    registry.register("it", lambda: False)
    registry.unregister("it")

    assert registry.run().checks == ()
