"""What all tests share comes from the plugin that module authors use too."""

import pytest

pytest_plugins = ["wizamart.testing.plugin", "tests.demo_site"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no process is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)
