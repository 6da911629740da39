"""Metrics for Prometheus; every label has few values: endpoints, methods, statuses, platforms, modules, tasks."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple, cast

import structlog
from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.exc import OperationalError

from wizamart.database import unit_of_work
from wizamart.queue import count_tasks_by_status

log = structlog.get_logger(__name__)

METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
DELIVERY: Final = ".handle_event"  # how the task of each module is named that brings it events


class ModuleCensus(NamedTuple):
    """On how many platforms each module is in effect, and `(platform, module, is in effect)` of some platforms."""

    platforms: Mapping[str, int]
    states: Iterable[tuple[str, str, bool]]


TakeCensus = Callable[[], ModuleCensus]


class Metrics:
    """The metrics of one application, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.take_census: TakeCensus | None = None
        self.requests = Counter(
            "wizamart_requests",
            "Requests answered.",
            ("endpoint", "method", "status", "platform"),
            registry=self.registry,
        )
        self.latency = Histogram(
            "wizamart_request_seconds", "Time to answer.", ("endpoint", "method"), registry=self.registry
        )
        self.tasks = Counter(
            "wizamart_task_outcomes", "Attempts at tasks.", ("task", "outcome"), registry=self.registry
        )
        self.task_seconds = Histogram(
            "wizamart_task_seconds", "Time an attempt took.", ("task",), registry=self.registry
        )
        self.events = Counter(
            "wizamart_event_outcomes", "Events handled.", ("event", "outcome"), registry=self.registry
        )
        self.toggles = Counter(
            "wizamart_module_toggles",
            "Modules switched on or off.",
            ("platform", "module", "state"),
            registry=self.registry,
        )

    def as_text(self) -> bytes:
        """Return everything in Prometheus' text format, of all processes where there are several."""
        counted = self.counted()
        present = CollectorRegistry()
        try:
            present.register(_StateCollector(self.take_census))
            return counted + generate_latest(present)
        except OperationalError:
            log.warning("metrics_without_database", exc_info=True)
            return counted

    def counted(self) -> bytes:
        """Return what was counted, without what holds now."""
        source = self.registry
        if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
            source = CollectorRegistry()
            MultiProcessCollector(source)  # type: ignore[no-untyped-call]
        return generate_latest(source)


class _StateCollector(Collector):
    """Asks the database at each scrape: what is so now belongs to no single process."""

    def __init__(self, take_census: TakeCensus | None) -> None:
        self._take_census = take_census

    def collect(self) -> Iterator[Metric]:
        depth = GaugeMetricFamily("wizamart_queue_tasks", "Tasks by status.", labels=["status"])
        with unit_of_work(read_only=True) as session:
            for status, count in count_tasks_by_status(session).items():
                depth.add_metric([status], count)
        yield depth
        if self._take_census is None:
            return
        census = self._take_census()
        platforms = GaugeMetricFamily(
            "wizamart_module_platforms",
            "Active platforms on which the module is in effect.",
            labels=["module"],
        )
        for module, count in census.platforms.items():
            platforms.add_metric([module], count)
        yield platforms
        states = GaugeMetricFamily(
            "wizamart_module_enabled",
            "Whether the module is in effect; of the oldest platforms where there are very many.",
            labels=["platform", "module"],
        )
        for platform, module, is_on in census.states:
            states.add_metric([platform, module], float(is_on))
        yield states


def init_app(app: Flask) -> Metrics:
    """Measure the application's requests and its tasks."""
    metrics = Metrics()
    app.extensions["metrics"] = metrics
    app.before_request(_begin_request)
    app.after_request(_end_request)
    return metrics


def metrics_of(app: Flask) -> Metrics | None:
    """Return the application's metrics, if it has any."""
    return cast("Metrics | None", app.extensions.get("metrics"))


def set_module_census(app: Flask, take_census: TakeCensus) -> None:
    """Ask `take_census()` at each scrape where the modules are in effect."""
    metrics = metrics_of(app)
    if metrics is not None:
        metrics.take_census = take_census


def count_toggle(platform: str, module: str, state: str) -> None:
    """Count that a module was switched; `state` is "enabled" or "disabled"."""
    metrics = metrics_of(current_app)
    if metrics is not None:
        metrics.toggles.labels(platform, module, state).inc()


def record_task(
    app: Flask, *, name: str, payload: dict[str, Any], outcome: str, seconds: float, **_: Any
) -> None:
    """Count an attempt at a task, and what became of an event that it brings to a handler."""
    metrics = metrics_of(app)
    if metrics is None:
        return
    metrics.tasks.labels(name, outcome).inc()
    metrics.task_seconds.labels(name).observe(seconds)
    if name.endswith(DELIVERY):
        metrics.events.labels(payload["event"], outcome).inc()


def record_event(app: Flask, *, event: str, outcome: str) -> None:
    """Count what became of an event that was handled in the process where it happened."""
    metrics = metrics_of(app)
    if metrics is not None:
        metrics.events.labels(event, outcome).inc()


def _begin_request() -> None:
    g.metrics_began = time.perf_counter()


def _end_request(response: Response) -> Response:
    metrics = metrics_of(current_app)
    if metrics is not None:
        endpoint = request.endpoint or "unmatched"
        method = request.method if request.method in METHODS else "other"
        platform = getattr(request.environ.get("wizamart.platform"), "code", None) or "none"
        metrics.requests.labels(endpoint, method, str(response.status_code), platform).inc()
        began = g.get("metrics_began")
        if began is not None:
            metrics.latency.labels(endpoint, method).observe(time.perf_counter() - began)
    return response
