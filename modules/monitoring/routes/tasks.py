"""Background tasks, schedules and workers."""

from typing import Any, cast

from babel.dates import format_timedelta
from flask import current_app, flash, render_template, request, url_for
from flask_login import current_user

from modules.monitoring.routes.blueprints import admin as bp, module_choices, show
from modules.monitoring.services import schedule_service, task_service, worker_service
from wizamart import clock, queue
from wizamart.config import Settings
from wizamart.database import db
from wizamart.i18n import current_locale, gettext as _, lazy_gettext, lazy_pgettext
from wizamart.permissions import requires
from wizamart.queue import Task, TaskStatus
from wizamart.web.htmx import go_to
from wizamart.web.tables import Column, Filter, Table

STATUS_LABELS = {
    TaskStatus.QUEUED: lazy_pgettext("task", "Queued"),
    TaskStatus.RUNNING: lazy_pgettext("task", "Running"),
    TaskStatus.SUCCEEDED: lazy_pgettext("task", "Succeeded"),
    TaskStatus.FAILED: lazy_pgettext("task", "Waiting for another attempt"),
    TaskStatus.DEAD: lazy_pgettext("task", "Failed"),
    TaskStatus.PARKED: lazy_pgettext("task", "Parked"),
    TaskStatus.CANCELLED: lazy_pgettext("task", "Cancelled"),
}
STATUS_TONES = {
    TaskStatus.RUNNING: "note",
    TaskStatus.SUCCEEDED: "good",
    TaskStatus.FAILED: "warn",
    TaskStatus.DEAD: "bad",
    TaskStatus.PARKED: "warn",
}
STATUSES = {"labels": STATUS_LABELS, "tones": STATUS_TONES}
COLUMNS = (
    Column("name", lazy_gettext("Task"), Task.name),
    Column("status", lazy_gettext("Status")),
    Column("platform", lazy_gettext("Platform")),
    Column("attempts", lazy_gettext("Attempts"), align="end"),
    Column("run_at", lazy_gettext("Runs at"), Task.run_at),
    Column("created", lazy_gettext("Asked for"), Task.id),
)


@bp.get("/tasks")
@requires("monitoring:task:read")
def task_list() -> str:
    """List the background tasks of all platforms."""
    session = db.session()
    modules = [(task_service.FRAMEWORK, _("Framework")), *module_choices()]
    platforms = task_service.list_platforms(session)
    table = Table.from_select(
        session,
        task_service.select_tasks(),
        columns=COLUMNS,
        search=[Task.name],
        filters=[
            Filter("status", _("Any status"), Task.status, choices=list(STATUS_LABELS.items())),
            Filter("module", _("Any module"), task_service.of_module, choices=modules),
            Filter("platform", _("Any platform"), Task.platform_id, choices=platforms),
        ],
        default_sort="-created",
        no_count=True,
    )
    return show(
        "task_list.html", table=table, statuses=STATUSES, **_activity(is_live="paused" not in request.args)
    )


@bp.get("/tasks/activity")
@requires("monitoring:task:read")
def task_activity() -> str:
    """Answer what is going on now; a page that is not paused asks again and again."""
    return render_template(
        "monitoring/admin/_activity.html", is_update=True, **_activity(is_live="paused" not in request.args)
    )


def _activity(*, is_live: bool) -> dict[str, Any]:
    session = db.session()
    query = {name: text for name, text in request.args.items() if name != "paused"}
    return {
        "counts": queue.count_tasks_by_status(session),
        "running": task_service.list_running(session),
        "is_live": is_live,
        "query": query,
        "labels": STATUS_LABELS,
    }


@bp.get("/tasks/<int:task_id>")
@requires("monitoring:task:read")
def task_detail(task_id: int) -> str:
    """Show one task, with its payload, its result and the trace of its failure."""
    session = db.session()
    task, platform = task_service.get_task(session, task_id)
    return show(
        "task_detail.html",
        task=task,
        platform=platform,
        progress=queue.progress_of(task),
        payload=task_service.written(task.payload),
        result=task_service.written(task.result) if task.result is not None else "",
        trace=task_service.written_trace(task),
        children=task_service.list_children(session, task_id),
        statuses=STATUSES,
        can_retry=task.status not in {TaskStatus.RUNNING, TaskStatus.SUCCEEDED},
        can_cancel=task.status
        in {TaskStatus.QUEUED, TaskStatus.RUNNING, TaskStatus.FAILED, TaskStatus.PARKED},
    )


@bp.get("/tasks/<int:task_id>/progress")
@requires("monitoring:task:read")
def task_progress(task_id: int) -> str:
    """Answer how far a task is."""
    task, _platform = task_service.get_task(db.session(), task_id)
    return render_template(
        "monitoring/admin/_progress.html", task=task, progress=queue.progress_of(task), statuses=STATUSES
    )


@bp.post("/tasks/<int:task_id>/attempts")
@requires("monitoring:task:retry")
def task_retry(task_id: int) -> Any:
    """Give a task its attempts back."""
    task_service.retry(db.session(), task_id, actor_id=current_user.id, at=clock.now())
    flash(_("The task runs again."), "success")
    return go_to(url_for("monitoring_admin.task_detail", task_id=task_id))


@bp.post("/tasks/<int:task_id>/cancellation")
@requires("monitoring:task:cancel")
def task_cancel(task_id: int) -> Any:
    """Cancel a task."""
    task_service.cancel(db.session(), task_id, actor_id=current_user.id, at=clock.now())
    flash(_("The task is cancelled."), "success")
    return go_to(url_for("monitoring_admin.task_detail", task_id=task_id))


@bp.get("/tasks/schedules")
@requires("monitoring:task:read")
def task_schedule_list() -> str:
    """List what runs again and again."""
    rows = schedule_service.list_schedules(db.session(), at=clock.now())
    intervals = {row.name: format_timedelta(row.interval, locale=current_locale()) for row in rows}
    return show("schedule_list.html", rows=rows, intervals=intervals, statuses=STATUSES)


@bp.get("/tasks/workers")
@requires("monitoring:task:read")
def task_worker_list() -> str:
    """List who works."""
    settings = cast("Settings", current_app.extensions["settings"])
    workers = current_app.extensions.get("embedded_workers")
    return show(
        "worker_list.html",
        holders=worker_service.list_holders(db.session()),
        redis=worker_service.list_redis_workers(str(settings.redis_url)) if settings.redis_url else None,
        threads=settings.embedded_workers,
        is_working=workers is not None and workers.is_running,
        now=clock.now(),
    )
