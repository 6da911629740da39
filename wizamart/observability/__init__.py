"""What operators see: health, metrics, Sentry."""

from flask import Flask

from wizamart.config import Settings
from wizamart.module_system.delivery import event_handled
from wizamart.observability import metrics, sentry
from wizamart.observability.access import is_operator
from wizamart.observability.checks import check_database, check_queue
from wizamart.observability.health import (
    CheckReport,
    HealthRegistry,
    HealthReport,
    HealthResult,
    HealthStatus,
    health_registry,
)
from wizamart.observability.metrics import ModuleCensus, count_toggle, set_module_census
from wizamart.observability.modules import register_module_health_checks
from wizamart.observability.views import bp
from wizamart.queue.execution import task_finished

__all__ = [
    "CheckReport",
    "HealthRegistry",
    "HealthReport",
    "HealthResult",
    "HealthStatus",
    "ModuleCensus",
    "count_toggle",
    "health_registry",
    "init_app",
    "is_operator",
    "register_module_health_checks",
    "set_module_census",
]


def init_app(app: Flask, settings: Settings) -> None:
    """Register the addresses, the framework's own checks, the metrics, and Sentry where it is configured.

    `app.extensions["health"]` and `app.extensions["readiness"]` are the registries others add their checks to.
    """
    sentry.init(settings)
    health = HealthRegistry(app)
    health.register("database", check_database, critical=True)
    health.register("queue", check_queue)
    app.extensions["health"] = health
    readiness = HealthRegistry(app)
    readiness.register("database", check_database, critical=True)
    app.extensions["readiness"] = readiness
    metrics.init_app(app)
    task_finished.connect(metrics.record_task)
    event_handled.connect(metrics.record_event)
    app.register_blueprint(bp)
