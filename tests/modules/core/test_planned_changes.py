"""Modules that are switched at a time that is set."""

import dataclasses
from datetime import timedelta

import pytest
import sqlalchemy as sa

from modules.core.services import activation_service, timed_change_service
from wizamart import audit, clock
from wizamart.auth.models import User
from wizamart.database import db, unit_of_work
from wizamart.permissions import RoleAssignment
from wizamart.queue.execution import run_task
from wizamart.queue.models import Task, TaskStatus

LATER = timedelta(days=2)


@pytest.fixture
def admin(platform, make_user):
    return make_user("later@wizamart.test", admin_of=platform)


@pytest.fixture
def portal(client, admin, sign_in):
    sign_in(client, admin)
    return client


@pytest.fixture
def plan(portal):
    def send(code, way="enable", when=None):
        text = (clock.now() + (LATER if when is None else when)).strftime("%Y-%m-%dT%H:%M")
        return portal.post(f"/admin/modules/{code}/planned-changes", data={"way": way, "run_at": text})

    return send


def tasks(app):
    with app.app_context(), unit_of_work(read_only=True) as session:
        query = sa.select(Task).where(Task.name == timed_change_service.APPLY)
        return [(task.id, task.status, task.error) for task in session.scalars(query)]


def run_when_its_time_has_come(app, task_id):
    with app.app_context(), unit_of_work() as session:
        session.get(Task, task_id).run_at = clock.now() - timedelta(seconds=1)
    return run_task(app, task_id)


def test_a_change_waits_for_its_time_and_takes_along_what_is_required_then(
    app, plan, portal, platform, effective, admin
):
    assert plan("orders").status_code == 303
    assert plan("orders").status_code == 303  # pressed twice
    page = portal.get("/admin/modules/orders").text
    assert page.count("Cancel it") == 1
    assert "orders" not in effective()

    ((task_id, status, _error),) = tasks(app)
    assert status == TaskStatus.QUEUED
    assert run_task(app, task_id) is None  # not yet
    assert run_when_its_time_has_come(app, task_id) == "succeeded"

    assert {"payments", "orders"} <= effective()
    with app.app_context(), unit_of_work(read_only=True) as session:
        query = sa.select(audit.AuditEntry).where(audit.AuditEntry.target == "module:orders")
        entry = session.scalars(query).one()
        assert (entry.origin, entry.actor_id) == ("schedule", admin.id)


@pytest.mark.parametrize(
    ("when", "words"), [(-timedelta(hours=30), "has passed"), (timedelta(days=500), "within a year")]
)
@pytest.mark.backends("sqlite")
def test_a_time_that_makes_no_sense_is_refused_at_its_field(app, plan, when, words):
    answer = plan("orders", when=when)

    assert answer.status_code == 422
    assert words in answer.text
    assert not tasks(app)


@pytest.mark.backends("sqlite")
def test_a_change_can_be_given_up_and_planned_again(app, plan, portal):
    moment = LATER
    plan("inventory", when=moment)
    ((task_id, _status, _error),) = tasks(app)

    for _click in range(2):
        assert (
            portal.post(f"/admin/modules/inventory/planned-changes/{task_id}/cancellation").status_code == 303
        )
    assert "Nothing is planned" in portal.get("/admin/modules/inventory").text
    plan("inventory", when=moment)

    assert "Cancel it" in portal.get("/admin/modules/inventory").text
    assert portal.post("/admin/modules/inventory/planned-changes/999999/cancellation").status_code == 404


def test_whoever_may_not_any_more_changes_nothing(
    app, plan, effective, admin, make_user, make_client, sign_in
):
    plan("inventory")
    ((task_id, _status, _error),) = tasks(app)
    with app.app_context(), unit_of_work() as session:
        session.execute(sa.delete(RoleAssignment).where(RoleAssignment.user_id == admin.id))

    run_when_its_time_has_come(app, task_id)

    assert "inventory" not in effective()
    ((_id, status, _error),) = tasks(app)
    assert status == TaskStatus.DEAD
    overseer = make_client()
    sign_in(overseer, make_user("super@wizamart.test", is_super_admin=True))
    assert "You do not have permission to do this." in overseer.get("/admin/modules/inventory").text


def test_a_change_that_somebody_else_is_just_ahead_of_is_tried_again(app, plan, effective, monkeypatch):
    plan("inventory")
    ((task_id, _status, _error),) = tasks(app)
    work_out = activation_service.plan_change

    def work_out_too_early(*args, **kwargs):
        monkeypatch.setattr(activation_service, "plan_change", work_out)
        made = work_out(*args, **kwargs)
        return dataclasses.replace(made, revision=made.revision - 1)

    monkeypatch.setattr(activation_service, "plan_change", work_out_too_early)

    assert run_when_its_time_has_come(app, task_id) == TaskStatus.FAILED
    assert "inventory" not in effective()
    assert run_when_its_time_has_come(app, task_id) == "succeeded"
    assert "inventory" in effective()


@pytest.mark.backends("sqlite")
def test_another_platforms_change_is_not_there(app, plan, make_platform, make_user, sign_in, make_client):
    plan("inventory")
    ((task_id, _status, _error),) = tasks(app)
    elsewhere = make_platform("elsewhere")
    stranger = make_client()
    sign_in(stranger, make_user("stranger@wizamart.test", admin_of=elsewhere))

    answer = stranger.post(
        f"/platforms/elsewhere/admin/modules/inventory/planned-changes/{task_id}/cancellation"
    )

    assert answer.status_code == 404
    with app.app_context(), unit_of_work(read_only=True):
        assert db.session().get(Task, task_id).status == TaskStatus.QUEUED
        assert db.session().get(User, 1) is not None
