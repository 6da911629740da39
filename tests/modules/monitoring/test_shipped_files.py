"""The dashboard for Grafana and the rules for Prometheus ask for nothing that is not exported."""

import json
import re
from pathlib import Path

import pytest
import yaml

from wizamart.observability.metrics import Metrics

FOLDER = Path(__file__).parents[3] / "modules" / "monitoring"
DASHBOARD = FOLDER / "grafana" / "dashboard.json"
RULES = FOLDER / "prometheus" / "alerts.yml"
NAME = re.compile(r"\bwizamart_[a-z_]+\b")
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "counter": ("",), "gauge": ("",)}


@pytest.fixture
def exported(app):
    """Return the names that `/metrics` can give, by their declared types."""
    with app.app_context():
        text = app.extensions["metrics"].as_text().decode()
    types = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
    return {name + suffix for name, kind in types for suffix in SUFFIXES[kind]}


@pytest.mark.parametrize("file", [DASHBOARD, RULES], ids=lambda file: file.name)
@pytest.mark.backends("sqlite")
def test_every_metric_that_is_asked_for_is_exported(exported, file):
    asked = set(NAME.findall(file.read_text()))

    assert asked
    assert asked <= exported


@pytest.mark.backends("sqlite")
def test_every_label_that_is_asked_for_belongs_to_the_metric():
    metrics = Metrics()
    labels = {"status", "platform", "endpoint", "method", "le", "instance", "job"}
    for metric in (metrics.requests, metrics.tasks, metrics.task_seconds, metrics.events, metrics.toggles):
        labels |= set(metric._labelnames)
    text = DASHBOARD.read_text() + RULES.read_text()

    grouped = re.findall(r"\bby \(([^)]*)\)", text)

    assert grouped
    assert {name.strip() for group in grouped for name in group.split(",")} <= labels


def test_dashboard_has_panels_with_ids_of_their_own_that_do_not_overlap():
    panels = json.loads(DASHBOARD.read_text())["panels"]
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len(set(cells)) == len(cells)
    assert all(target["expr"] for panel in panels for target in panel["targets"])


def test_each_rule_says_how_grave_it_is_and_what_to_do():
    rules = [rule for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]

    assert len({rule["alert"] for rule in rules}) == len(rules)
    for rule in rules:
        assert rule["expr"].strip()
        assert rule["labels"]["severity"] in {"warning", "critical"}
        assert {"summary", "description"} <= set(rule["annotations"])
