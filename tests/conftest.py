"""What all tests share comes from the plugin that module authors use too."""

import gc
from functools import cache
from typing import Any

import pytest
from sqlalchemy import event

from wizamart.audit import AuditEntry
from wizamart.module_system.registry import discover

pytest_plugins = ["wizamart.testing.plugin", "tests.demo_site"]
LONG = {"slow", "browser", "processes"}
OF_DEMONSTRATION = ("tests/e2e/", "tests/contracts/test_pages.py")


@cache
def _actions_in_words() -> frozenset[str]:
    return frozenset(discover().audit_actions)


@event.listens_for(AuditEntry, "before_insert")
def _every_action_has_words(_mapper: object, _connection: object, entry: AuditEntry) -> None:
    """Hold, in whatever test writes one, that no entry of the trail is shown to people by its code."""
    assert entry.action in _actions_in_words(), (
        f"{entry.action}: no definition's audit_actions says what it means"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process is left alone with it at the end."""
    long = {item.path for item in items if any(mark.name in LONG for mark in item.iter_markers())}
    items.sort(key=lambda item: (not item.nodeid.startswith(OF_DEMONSTRATION), item.path not in long))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep a file with one process, and with one all that looks at the demonstration: it is made in that one only."""
    from xdist.scheduler import LoadFileScheduling  # there, since it asks

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return "demonstration" if nodeid.startswith(OF_DEMONSTRATION) else super()._split_scope(nodeid)

    return Scheduling(config, log)


def pytest_collection_finish() -> None:
    """Keep the collector from looking again and again through what lives as long as the tests do."""
    gc.collect()
    gc.freeze()
