"""Events of a platform: those of its modules, and what was delivered to whom; secrets are left out."""

import json
from datetime import datetime
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from modules.dev_tools.exceptions import DeliveryNotFound
from wizamart import clock
from wizamart.logging import scrub
from wizamart.module_system.delivery import ANNOUNCE
from wizamart.queue import Task

ROWS_READ: Final = 300
SHOWN: Final = 100
EVENT: Final = Task.payload["event"].as_string()
LISTENER: Final = Task.payload["handler"].as_string()
_IS_DELIVERY: Final = Task.name.endswith(".handle_event", autoescape=True)


class ModuleEventRow(NamedTuple):
    """Something that happened to a module."""

    at: datetime
    event: str
    module_code: str
    user_id: int | None
    operation_id: str
    config: str


def select_deliveries(platform_id: int) -> Any:
    """Return the statement of a platform's deliveries with the event and the listener of each."""
    return sa.select(Task, EVENT.label("event"), LISTENER.label("listener")).where(
        Task.platform_id == platform_id, _IS_DELIVERY
    )


def get_delivery(session: Session, task_id: int, *, platform_id: int) -> Task:
    """Return one delivery.

    :raises DeliveryNotFound: when it is none of this platform.
    """
    query = sa.select(Task).where(Task.id == task_id, Task.platform_id == platform_id, _IS_DELIVERY)
    task = session.scalar(query)
    if task is None:
        raise DeliveryNotFound
    return task


def list_module_events(session: Session, *, platform_id: int) -> list[ModuleEventRow]:
    """Return the newest events of modules on a platform, found in the announcements that are kept."""
    query = sa.select(Task.payload).where(Task.name == ANNOUNCE).order_by(Task.id.desc()).limit(ROWS_READ)
    rows = [
        _row(event)
        for payload in session.scalars(query)
        for event in reversed(payload.get("events", ()))
        if event.get("platform_id") == platform_id
    ]
    return rows[:SHOWN]


def written(value: Any) -> str:
    """Return a payload as text for a page, without the secrets in it."""
    return json.dumps(scrub(value), indent=2, ensure_ascii=False, default=str)


def _row(event: dict[str, Any]) -> ModuleEventRow:
    return ModuleEventRow(
        at=clock.parse(event["occurred_at"]),
        event=event["event"],
        module_code=event["module_code"],
        user_id=event.get("user_id"),
        operation_id=event.get("operation_id") or "",
        config=written(event["config"]) if event.get("config") else "",
    )


def written_trace(task: Task) -> str:
    """Return why a delivery failed, without what looks like a secret."""
    return str(scrub(task.error)) if task.error else ""
