"""What all tests share comes from the plugin that module authors use too."""

import gc

import pytest

pytest_plugins = ["wizamart.testing.plugin", "tests.demo_site"]
LONG = {"slow", "browser", "processes"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no process is left alone with one at the end."""
    long = {item.path for item in items if any(mark.name in LONG for mark in item.iter_markers())}
    items.sort(key=lambda item: item.path not in long)


def pytest_collection_finish() -> None:
    """Keep the collector from looking again and again through what lives as long as the tests do."""
    gc.collect()
    gc.freeze()
