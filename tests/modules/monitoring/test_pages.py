"""Pages of monitoring: who sees them, what they show and hide."""

import pytest

from wizamart import clock, mail
from wizamart.database import db, unit_of_work
from wizamart.logging import clear_recent_records
from wizamart.module_system import config_service
from wizamart.queue.models import Task, TaskStatus

PAGES = (
    "/admin/tasks",
    "/admin/tasks/activity",
    "/admin/tasks/schedules",
    "/admin/tasks/workers",
    "/admin/logs",
    "/admin/logs/lines",
    "/admin/logs/slow-requests",
    "/admin/logs/mails",
    "/admin/health",
    "/admin/health/report",
)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.backends("sqlite")
def test_super_admin_opens_every_page(operator, path):
    assert operator.get(path).status_code == 200


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.backends("sqlite")
def test_platform_admin_with_all_rights_is_refused(client, platform, make_user, sign_in, path):
    sign_in(client, make_user(admin_of=platform))

    assert client.get(path).status_code == 403


@pytest.mark.backends("sqlite")
def test_pages_are_not_there_where_the_module_is_off(client, make_platform, make_user, sign_in):
    make_platform()
    sign_in(client, make_user(is_super_admin=True))

    assert {client.get(path).status_code for path in PAGES} == {404}


@pytest.mark.backends("sqlite")
def test_pages_say_what_would_be_there_when_nothing_is(operator):
    assert "No mails yet" in operator.get("/admin/logs/mails").text
    clear_recent_records()  # on a busy machine any of the requests above may have been slow
    assert "No slow requests" in operator.get("/admin/logs/slow-requests").text
    assert "No samples yet" in operator.get("/admin/health").text
    assert "Nobody holds anything" in operator.get("/admin/tasks/workers").text


def test_task_list_shows_all_platforms_and_narrows_by_status_module_and_platform(
    operator, platform, make_platform, make_task
):
    other = make_platform("paris")
    make_task("orders.export", platform_id=platform.id, status=TaskStatus.DEAD)
    make_task("billing.remind", platform_id=other.id)
    make_task("framework.send_mail")

    everything = operator.get("/admin/tasks").text
    dead = operator.get("/admin/tasks?status=dead").text
    elsewhere = operator.get(f"/admin/tasks?platform={other.id}").text
    own = operator.get("/admin/tasks?module=framework").text

    assert all(name in everything for name in ("orders.export", "billing.remind", "framework.send_mail"))
    assert "orders.export" in dead
    assert "billing.remind" not in dead
    assert "billing.remind" in elsewhere
    assert "orders.export" not in elsewhere
    assert "framework.send_mail" in own
    assert "billing.remind" not in own


def test_task_list_asks_the_same_number_of_queries_for_any_number_of_tasks(
    operator, make_task, count_queries
):
    make_task()
    operator.get("/admin/tasks")
    with count_queries() as few:
        operator.get("/admin/tasks")
    for _number in range(20):
        make_task(status=TaskStatus.RUNNING, started_at=clock.now())
    with count_queries() as many:
        operator.get("/admin/tasks")

    assert len(many) == len(few), str(many)


@pytest.mark.backends("sqlite")
def test_task_page_shows_the_trace_and_the_payload_without_secrets(operator, make_task):
    task_id = make_task(
        status=TaskStatus.DEAD,
        payload={"order": 17, "api_key": "hunter2"},
        error="Traceback (most recent call last)\nValueError: password=hunter2",
    )

    page = operator.get(f"/admin/tasks/{task_id}").text

    assert "ValueError" in page
    assert "17" in page
    assert "hunter2" not in page


@pytest.mark.backends("sqlite")
def test_task_that_does_not_exist_is_not_found(operator):
    assert operator.get("/admin/tasks/999").status_code == 404
    assert operator.post("/admin/tasks/999/attempts").status_code == 404


@pytest.mark.backends("sqlite")
def test_failed_task_is_run_again_from_its_page(app, operator, make_task):
    task_id = make_task(status=TaskStatus.DEAD, attempts=5, error="boom", finished_at=clock.now())

    answer = operator.post(f"/admin/tasks/{task_id}/attempts")

    assert answer.status_code == 303
    with app.app_context():
        task = db.session.get(Task, task_id)
        assert (task.status, task.attempts, task.error) == (TaskStatus.QUEUED, 0, None)


@pytest.mark.backends("sqlite")
def test_waiting_task_is_cancelled_and_a_finished_one_cannot_be(app, operator, make_task):
    waiting, finished = make_task(), make_task(status=TaskStatus.SUCCEEDED)

    assert operator.post(f"/admin/tasks/{waiting}/cancellation").status_code == 303
    assert operator.post(f"/admin/tasks/{finished}/cancellation").status_code == 409
    with app.app_context():
        assert db.session.get(Task, waiting).status == TaskStatus.CANCELLED


@pytest.mark.backends("sqlite")
def test_platform_admin_can_neither_retry_nor_cancel(client, platform, make_user, sign_in, make_task):
    task_id = make_task(status=TaskStatus.DEAD, platform_id=platform.id)
    sign_in(client, make_user(admin_of=platform))

    assert client.post(f"/admin/tasks/{task_id}/attempts").status_code == 403
    assert client.post(f"/admin/tasks/{task_id}/cancellation").status_code == 403


@pytest.mark.backends("sqlite")
def test_updates_of_tasks_and_log_stop_when_they_are_paused(operator):
    for live, paused in (
        ("/admin/tasks/activity", "/admin/tasks/activity?paused=1"),
        ("/admin/logs/lines", "/admin/logs/lines?paused=1"),
    ):
        assert 'data-hx-trigger="every' in operator.get(live).text
        assert 'data-hx-trigger="every' not in operator.get(paused).text


@pytest.mark.backends("sqlite")
def test_updating_keeps_the_filters_of_the_list(operator, make_task):
    make_task(status=TaskStatus.DEAD)

    assert "/admin/tasks?status=dead" in operator.get("/admin/tasks/activity?status=dead").text


@pytest.mark.backends("sqlite")
def test_mail_log_shows_who_got_what_and_never_what_it_says(app, operator):
    with app.app_context(), unit_of_work() as session:
        mail.send(session, to="ada@example.org", subject="Set a new password", text="https://x/reset/abcdef")

    page = operator.get("/admin/logs/mails").text

    assert "ada@example.org" in page
    assert "Set a new password" in page
    assert "abcdef" not in page


@pytest.mark.backends("sqlite")
def test_log_narrows_by_request(operator):
    operator.get("/admin/health", headers={"X-Request-ID": "first-request-1"})
    operator.get("/admin/tasks", headers={"X-Request-ID": "second-request-2"})

    page = operator.get("/admin/logs/lines?request_id=first-request-1").text

    assert "monitoring_admin.health_detail" in page
    assert "monitoring_admin.task_list" not in page


@pytest.mark.backends("sqlite")
def test_log_passes_over_filters_that_mean_nothing(operator):
    assert operator.get("/admin/logs?level=loud&module=nothing").status_code == 200


@pytest.mark.backends("sqlite")
def test_links_to_other_tools_are_shown_once_they_are_configured(app, operator, platform):
    assert "grafana.example.org" not in operator.get("/admin/health").text
    with app.app_context(), unit_of_work() as session:
        values = {"grafana_url": "https://grafana.example.org/"}
        config_service.set_module_config(session, platform.id, "monitoring", values)

    assert 'href="https://grafana.example.org/"' in operator.get("/admin/health").text


@pytest.mark.backends("sqlite")
def test_schedules_say_when_they_run_next(operator):
    page = operator.get("/admin/tasks/schedules").text

    assert "monitoring.sample_health" in page
    assert "5 minutes" in page
    assert "framework.delete_ended_sign_ins" in page
