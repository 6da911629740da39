"""The addresses that orchestrators and Prometheus ask: /health, /health/live, /health/ready, /metrics."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from prometheus_client import CONTENT_TYPE_LATEST

from wizamart.observability.access import is_operator
from wizamart.observability.health import HealthReport, HealthStatus
from wizamart.observability.metrics import metrics_of
from wizamart.permissions import public

bp = Blueprint("observability", __name__)

OK = 200
UNAUTHORIZED = 401
UNAVAILABLE = 503


@bp.get("/health")
@public
def health() -> Response:
    """Say how everything is; details only to operators."""
    return _answer(current_app.extensions["health"].run())


@bp.get("/health/live")
@public
def live() -> Response:
    """Say that the process answers; asks nothing else."""
    return _uncached({"status": HealthStatus.HEALTHY.value}, OK)


@bp.get("/health/ready")
@public
def ready() -> Response:
    """Say whether requests may be sent here."""
    return _answer(current_app.extensions["readiness"].run())


@bp.get("/metrics")
@public
def metrics() -> Response:
    """Return the metrics to operators."""
    known = metrics_of(current_app)
    if known is None or not is_operator():
        response = _uncached({"status": UNAUTHORIZED, "title": "Operator token required"}, UNAUTHORIZED)
        response.headers["WWW-Authenticate"] = "Bearer"
        return response
    return Response(known.as_text(), content_type=CONTENT_TYPE_LATEST)


def _answer(report: HealthReport) -> Response:
    status = UNAVAILABLE if report.status is HealthStatus.UNHEALTHY else OK
    return _uncached(report.as_dict(with_details=is_operator()), status)


def _uncached(body: dict[str, Any], status: int) -> Response:
    response = jsonify(body)
    response.status_code = status
    response.headers["Cache-Control"] = "no-store"
    return response
