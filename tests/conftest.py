"""What all tests share comes from the plugin that module authors use too."""

import gc
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest
from flask import has_request_context, request
from sqlalchemy import event
from sqlalchemy.engine import Engine

from wizamart.audit import AuditEntry
from wizamart.auth.login import SAFE_METHODS
from wizamart.module_system.registry import discover

pytest_plugins = ["wizamart.testing.plugin", "tests.demo_site"]
LONG = {"slow", "browser", "processes"}
OF_DEMONSTRATION = ("tests/e2e/", "tests/contracts/test_pages.py")
WRITES: Final = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|MERGE|WITH\b.*\b(INSERT|UPDATE|DELETE))\b", re.IGNORECASE | re.DOTALL
)
written_by_reading: Final[list[str]] = []


@cache
def _actions_in_words() -> frozenset[str]:
    return frozenset(discover().audit_actions)


@event.listens_for(AuditEntry, "before_insert")
def _every_action_has_words(_mapper: object, _connection: object, entry: AuditEntry) -> None:
    """Hold, in whatever test writes one, that no entry of the trail is shown to people by its code."""
    assert entry.action in _actions_in_words(), (
        f"{entry.action}: no definition's audit_actions says what it means"
    )


@event.listens_for(Engine, "before_cursor_execute")
def _notice_what_reading_writes(_connection: object, _cursor: object, statement: str, *_: object) -> None:
    if has_request_context() and request.method in SAFE_METHODS and WRITES.match(statement):
        written_by_reading.append(f"{request.method} {request.path}: {statement}")


@pytest.fixture(autouse=True)
def _a_get_never_writes() -> Iterator[None]:
    """Hold, whatever a test asks for, that no row changes by it."""
    written_by_reading.clear()
    yield
    assert not written_by_reading, "\n".join(written_by_reading)


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
