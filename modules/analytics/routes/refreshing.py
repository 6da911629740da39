"""Computing figures anew on demand, with its progress."""

from typing import Any

from flask import flash, render_template, url_for
from flask_login import current_user

from modules.analytics.routes.blueprints import admin
from modules.analytics.routes.context import Asked, ask, today
from modules.analytics.tasks import REBUILD
from wizamart.database import db
from wizamart.i18n import current_locale, gettext as _
from wizamart.permissions import requires
from wizamart.platform_context import current_platform
from wizamart.queue import Task, TaskStatus, enqueue, list_tasks, progress_of
from wizamart.web.htmx import go_to

UNDER_WAY = (TaskStatus.QUEUED, TaskStatus.RUNNING, TaskStatus.FAILED)


@admin.post("/analytics/refreshes")
@requires("analytics:report:refresh")
def refresh_create() -> Any:
    """Compute the days of the period and of the one before anew; while that runs, asking again adds nothing."""
    asked = ask()
    if find_running(current_platform.id) is None:
        enqueue(
            db.session(),
            REBUILD,
            {
                "start": min(asked.choice.period.start, asked.choice.compared.start).isoformat(),
                "end": today().isoformat(),
            },
            platform_id=current_platform.id,
            user_id=current_user.id,
            locale=current_locale(),
        )
        flash(_("The figures are being computed anew."), "success")
    return go_to(_back(asked))


@admin.get("/analytics/refreshes/current")
@requires("analytics:report:read")
def refresh_current() -> str:
    """Show how far it is; a page without script shows the same when it is loaded again."""
    asked = ask()
    return render_template(
        "analytics/admin/_refresh.html",
        running=find_running(current_platform.id),
        asked=asked,
        was_running=True,
    )


def find_running(platform_id: int) -> dict[str, Any] | None:
    """Return how far the platform's latest run is, if it is not over."""
    latest: list[Task] = list(list_tasks(db.session(), platform_id=platform_id, name=REBUILD, limit=1))
    if not latest or latest[0].status not in UNDER_WAY:
        return None
    percent, _note = progress_of(latest[0])
    return {"percent": percent, "is_failing": latest[0].status == TaskStatus.FAILED}


def _back(asked: Asked) -> str:
    arguments: dict[str, Any] = dict(asked.arguments)
    return url_for(".sales_report", **arguments)
