import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from wizamart import queue
from wizamart.database import unit_of_work
from wizamart.observability import ModuleCensus, count_toggle, set_module_census
from wizamart.queue import registry, task
from wizamart.queue.execution import run_task


@pytest.fixture
def scrape(client, operator):
    return lambda: client.get("/metrics", headers=operator).text


def test_requests_are_counted_by_endpoint_and_platform_never_by_path(app, client, scrape):
    app.add_url_rule("/orders/<int:object>", "orders.show", str)
    environ = {"wizamart.platform": SimpleNamespace(code="market")}
    for number in (17, 18):
        client.get(f"/orders/{number}", environ_overrides=environ)
    client.get("/never/heard/of")
    client.open("/orders/1", method="FANCY")

    text = scrape()

    expected = 'endpoint="orders.show",method="GET",platform="market",status="200"} 2.0'
    assert expected in text
    assert 'endpoint="unmatched",method="GET",platform="none",status="404"} 1.0' in text
    assert 'method="other"' in text
    assert "FANCY" not in text
    assert "/orders/" not in text
    assert "never" not in text


def test_the_queue_is_counted_by_status_at_each_scrape(app, scrape):
    with app.app_context(), unit_of_work() as session:
        queue.enqueue(session, "framework.wait")

    assert 'wizamart_queue_tasks{status="queued"} 1.0' in scrape()
    assert 'wizamart_queue_tasks{status="dead"} 0.0' in scrape()


def test_the_outcome_of_each_attempt_is_counted(app, scrape, monkeypatch):
    monkeypatch.setattr(registry, "TASKS", dict(registry.TASKS))

    @task("framework.measured")
    def measured(context):
        return None

    with app.app_context(), unit_of_work() as session:
        task_id = queue.enqueue(session, "framework.measured").id
    monkeypatch.setattr("wizamart.queue.execution.TASKS", registry.TASKS)
    run_task(app, task_id)

    assert 'wizamart_task_outcomes_total{outcome="succeeded",task="framework.measured"} 1.0' in scrape()


@pytest.mark.parametrize(("fails", "outcome"), [(False, "succeeded"), (True, "failed")])
def test_what_became_of_an_event_is_counted_under_its_name(app, scrape, monkeypatch, fails, outcome):
    monkeypatch.setattr(registry, "TASKS", dict(registry.TASKS))

    @task("shop.handle_event")
    def handle(context, event):
        if fails:
            raise RuntimeError("no")

    with app.app_context(), unit_of_work() as session:
        task_id = queue.enqueue(session, "shop.handle_event", {"event": "orders.order_placed"}).id
    monkeypatch.setattr("wizamart.queue.execution.TASKS", registry.TASKS)
    run_task(app, task_id)

    assert f'wizamart_event_outcomes_total{{event="orders.order_placed",outcome="{outcome}"}} 1.0' in scrape()


def test_toggles_and_module_states_are_there(app, scrape):
    states = [("market", "billing", True), ("market", "letzshop", False)]
    set_module_census(app, lambda: ModuleCensus({"billing": 1}, states))
    with app.app_context():
        count_toggle("market", "billing", "enabled")

    text = scrape()

    assert 'wizamart_module_toggles_total{module="billing",platform="market",state="enabled"} 1.0' in text
    assert 'wizamart_module_enabled{module="letzshop",platform="market"} 0.0' in text
    assert 'wizamart_module_platforms{module="billing"} 1.0' in text


@pytest.mark.processes
def test_several_processes_are_added_up(tmp_path):
    environment = os.environ | {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    program = Path(__file__).with_name("counting_process.py")

    outputs = [
        subprocess.run(
            [sys.executable, str(program)], env=environment, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]

    assert outputs[1].splitlines()[-1].endswith(" 2.0")
