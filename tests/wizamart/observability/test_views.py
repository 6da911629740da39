from datetime import timedelta
from types import SimpleNamespace

import pytest
from flask_login import LoginManager

from wizamart import clock, queue
from wizamart.database import unit_of_work
from wizamart.queue import TaskStatus


def test_strangers_see_names_and_statuses_only(client):
    response = client.get("/health")

    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-store"
    assert response.json == {
        "status": "healthy",
        "checks": [{"name": "database", "status": "healthy"}, {"name": "queue", "status": "healthy"}],
    }


def test_operators_see_details(client, operator):
    checks = {check["name"]: check for check in client.get("/health", headers=operator).json["checks"]}

    assert checks["database"]["message"] == "sqlite"
    assert checks["queue"]["message"].startswith("embedded, 2 threads")


@pytest.mark.parametrize("given", ["Bearer wrong", "Bearer ", "Basic bGV0OmlU", "let-the-operator-in", ""])
def test_a_wrong_token_opens_nothing(client, given):
    headers = {"Authorization": given}

    assert "message" not in client.get("/health", headers=headers).json["checks"][0]
    assert client.get("/metrics", headers=headers).status_code == 401


@pytest.mark.parametrize(("is_super_admin", "status"), [(True, 200), (False, 401)])
def test_a_signed_in_super_admin_needs_no_token(app, client, is_super_admin, status):
    manager = LoginManager(app)
    user = SimpleNamespace(is_authenticated=True, is_super_admin=is_super_admin)
    manager.request_loader(lambda _request: user)

    assert client.get("/metrics").status_code == status


def test_a_failing_critical_check_makes_it_503_and_another_does_not(app, client):
    app.extensions["health"].register("module:letzshop", lambda: False)
    response = client.get("/health")
    assert (response.status_code, response.json["status"]) == (200, "degraded")

    app.extensions["health"].register("registry", lambda: False, critical=True)
    assert client.get("/health").status_code == 503


def test_a_process_that_is_not_ready_is_still_alive(app, client):
    assert client.get("/health/ready").status_code == 200

    app.extensions["readiness"].register("migrations", lambda: False, critical=True)

    assert client.get("/health/ready").status_code == 503
    assert client.get("/health/live").status_code == 200


def test_dead_tasks_degrade_the_queue(app, client, operator):
    with app.app_context(), unit_of_work() as session:
        queue.enqueue(session, "framework.lost").status = TaskStatus.DEAD

    response = client.get("/health", headers=operator)

    assert response.json["status"] == "degraded"
    assert "1 dead" in response.json["checks"][1]["message"]


def test_a_task_that_waits_too_long_degrades_the_queue(app, client, operator):
    with app.app_context(), unit_of_work() as session:
        queue.enqueue(session, "framework.late", run_at=clock.now() - timedelta(minutes=6))

    assert "the oldest waits" in client.get("/health", headers=operator).json["checks"][1]["message"]
