"""The health of the installation now and before."""

from flask import current_app, render_template, request

from modules.monitoring.routes.blueprints import admin as bp, show
from modules.monitoring.services import health_service
from wizamart import clock
from wizamart.database import db
from wizamart.i18n import lazy_gettext, lazy_pgettext
from wizamart.observability import HealthStatus
from wizamart.permissions import requires
from wizamart.web.tables import Column, Table

HEALTH_LABELS = {
    HealthStatus.HEALTHY: lazy_pgettext("health", "Healthy"),
    HealthStatus.DEGRADED: lazy_pgettext("health", "Degraded"),
    HealthStatus.UNHEALTHY: lazy_pgettext("health", "Unhealthy"),
}
HEALTH_TONES = {HealthStatus.HEALTHY: "good", HealthStatus.DEGRADED: "warn", HealthStatus.UNHEALTHY: "bad"}
HEALTH = {"labels": HEALTH_LABELS, "tones": HEALTH_TONES}
TROUBLE_COLUMNS = (
    Column("taken_at", lazy_gettext("When")),
    Column("status", lazy_gettext("Status")),
    Column("troubles", lazy_gettext("What was not well")),
)


@bp.get("/health")
@requires("monitoring:health:read")
def health_detail() -> str:
    """Show the history, and a place into which the present report is loaded."""
    session, now = db.session(), clock.now()
    samples = health_service.list_samples(session, since=now - health_service.SHOWN)
    table = Table.from_select(
        session,
        health_service.select_troubled(),
        columns=TROUBLE_COLUMNS,
        default_sort="",
        no_count=True,
    )
    health = current_app.extensions["health"]
    return show(
        "health_detail.html",
        histories=health_service.build_history(samples, until=now),
        table=table,
        troubles_of=health_service.troubles_of,
        report=health.run() if "ask" in request.args else health.latest,
        kept_days=health_service.KEPT.days,
        **HEALTH,
    )


@bp.get("/health/report")
@requires("monitoring:health:read")
def health_report() -> str:
    """Ask all checks now; the page loads this after itself, so that a slow check does not keep it waiting."""
    return render_template(
        "monitoring/admin/_health_report.html", report=current_app.extensions["health"].run(), **HEALTH
    )
