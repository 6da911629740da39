"""Delivery: module events leave after the commit and in order, domain events reach handlers of modules in effect."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from blinker import signal
from flask import Flask, current_app, has_app_context
from pydantic import BaseModel
from sqlalchemy.orm import Session

from wizamart import clock
from wizamart.database import after_commit, db, immediate_connection
from wizamart.exceptions import WizamartError
from wizamart.module_system.events import (
    DomainEvent,
    Handler,
    ModuleEvent,
    ModuleEventData,
    Subscriber,
    module_event_bus,
)
from wizamart.module_system.manager import current_manager
from wizamart.platforms import Platform
from wizamart.queue import TaskContext, enqueue, task
from wizamart.queue.models import Task, TaskStatus

log = logging.getLogger(__name__)
event_handled = signal("wizamart.event_handled")
"""Sent as (app, event=, outcome=) once an event was handled here; what a task delivers is told by that task."""

# How long the process that committed has for telling its own subscribers before a worker does it instead.
GRACE = timedelta(seconds=30)
ANNOUNCE = "framework.announce_module_events"


def hears(subscriber: Subscriber, data: ModuleEventData) -> bool:
    """Tell whether a subscriber hears of an event: a module's only where that module is on, and always of itself.

    It asks on a connection of its own: the session may be in the midst of its commit.
    """
    if data.platform_id is None or not has_app_context():
        return True
    manager = current_manager()
    owner = manager.owner_of_code(subscriber.__module__)
    if owner is None or owner == data.module_code:
        return True
    with db.engine.connect() as connection:
        query = sa.select(Platform.module_revision).where(Platform.id == data.platform_id)
        revision = connection.scalar(query)
        return (
            revision is not None
            and owner in manager.states.get(connection, data.platform_id, revision).effective
        )


def _emit(event: ModuleEvent, data: ModuleEventData) -> None:
    is_well = module_event_bus.emit(event, data)
    _tell_outcome(f"modules.{event}", is_well=is_well)


def _tell_outcome(event: str, *, is_well: bool) -> None:
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # noqa: SLF001
    event_handled.send(app, event=event, outcome="succeeded" if is_well else "failed")


def announce(session: Session, events: Sequence[tuple[ModuleEvent, ModuleEventData]]) -> None:
    """Tell subscribers of these events once the transaction has committed, even if this process dies meanwhile.

    One row holds all events of an operation, so their order is kept. This process tells them at once and marks the
    row; only if it never comes to that does a worker find the row due.
    """
    payload = {"events": [_as_json(event, data) for event, data in events]}
    row = enqueue(session, ANNOUNCE, payload, run_at=clock.now() + GRACE)
    task_id = row.id

    def tell() -> None:
        for event, data in events:
            _emit(event, data)
        with immediate_connection(db.engine) as connection:
            connection.execute(
                sa.update(Task)
                .where(Task.id == task_id, Task.status == TaskStatus.QUEUED)
                .values(status=TaskStatus.SUCCEEDED, finished_at=clock.now(), progress=100)
            )

    after_commit(session, tell)


@task(ANNOUNCE)
def announce_module_events(_context: TaskContext, events: list[dict[str, Any]]) -> None:
    """Tell subscribers what the process that committed could not tell any more."""
    for raw in events:
        event, data = _from_json(raw)
        _emit(event, data)


def _as_json(event: ModuleEvent, data: ModuleEventData) -> dict[str, Any]:
    return {
        "event": event,
        "module_code": data.module_code,
        "platform_id": data.platform_id,
        "user_id": data.user_id,
        "config": data.config,
        "operation_id": data.operation_id,
        "occurred_at": data.occurred_at.isoformat(),
    }


def _from_json(raw: dict[str, Any]) -> tuple[ModuleEvent, ModuleEventData]:
    values = dict(raw)
    event = ModuleEvent(values.pop("event"))
    values["occurred_at"] = clock.parse(values["occurred_at"])
    return event, ModuleEventData(**values)


def dispatch(
    session: Session, name: str, payload: BaseModel, platform_id: int, vendor_id: int | None
) -> None:
    """Bring a domain event to its handlers: at once in the transaction, or as one task for each handler."""
    manager = current_manager()
    handlers = manager.handlers.get(name, ())
    state = manager.state_of(session, platform_id) if handlers else None
    for handler in handlers:
        if state is None or handler.module_code not in state.effective:
            continue
        if handler.mode == "in_transaction":
            _call(handler, session, payload)
            continue
        enqueue(
            session,
            f"{handler.module_code.replace('-', '_')}.handle_event",
            {"handler": handler.name, "event": name, "payload": payload.model_dump(mode="json")},
            platform_id=platform_id,
            vendor_id=vendor_id,
        )


def _call(handler: Handler, session: Session, payload: BaseModel) -> None:
    """Let a handler take part in the transaction; one that fails by accident is named before all is rolled back."""
    try:
        handler.function(session, payload)
    except WizamartError:
        _tell_outcome(handler.event, is_well=False)
        raise
    except Exception:
        log.exception(
            "handler_failed",
            extra={
                "module_code": handler.module_code,
                "handler": handler.name,
                "domain_event": handler.event,
            },
        )
        _tell_outcome(handler.event, is_well=False)
        raise
    _tell_outcome(handler.event, is_well=True)


def register_handler_tasks(handlers: Sequence[Handler]) -> None:
    """Declare one task for each module that listens, so that its deliveries are parked while it is off."""
    by_name = {handler.name: handler for handler in handlers}

    def handle_event(context: TaskContext, handler: str, event: str, payload: dict[str, Any]) -> None:
        declared = DomainEvent.declared[event]
        by_name[handler].function(context.session, declared.payload.model_validate(payload))

    for code in {handler.module_code for handler in handlers}:
        task(f"{code.replace('-', '_')}.handle_event")(handle_event)
