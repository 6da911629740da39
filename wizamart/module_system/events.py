"""Events of modules (switched on, off, configured) and of their domains (an order was placed)."""

import enum
import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import BaseModel
from sqlalchemy.orm import Session

from wizamart import clock

log = logging.getLogger(__name__)


class ModuleEvent(enum.StrEnum):
    """What can happen to a module."""

    ENABLED = "enabled"
    DISABLED = "disabled"
    STARTUP = "startup"
    SHUTDOWN = "shutdown"
    CONFIG_CHANGED = "config_changed"


@dataclass(frozen=True, slots=True)
class ModuleEventData:
    """What subscribers are told; `config` never holds secrets."""

    module_code: str
    platform_id: int | None = None
    user_id: int | None = None
    config: dict[str, Any] | None = None
    operation_id: str | None = None
    occurred_at: datetime = field(default_factory=clock.now)


Subscriber = Callable[[ModuleEventData], Any]
AnySubscriber = TypeVar("AnySubscriber", bound=Subscriber)


class ModuleEventBus:
    """Tells subscribers of module events; one that raises is logged and keeps nobody else from hearing."""

    def __init__(self) -> None:
        self._subscribers: dict[ModuleEvent, list[Subscriber]] = {event: [] for event in ModuleEvent}
        self._hears: Callable[[Subscriber, ModuleEventData], bool] = lambda _subscriber, _data: True

    def set_gate(self, hears: Callable[[Subscriber, ModuleEventData], bool]) -> None:
        """Ask `hears(subscriber, data)` before a subscriber is told."""
        self._hears = hears

    def subscribe(self, event: ModuleEvent) -> Callable[[AnySubscriber], AnySubscriber]:
        """Return a decorator that subscribes a function to an event."""

        def add(subscriber: AnySubscriber) -> AnySubscriber:
            self._subscribers[event].append(subscriber)
            return subscriber

        return add

    def unsubscribe(self, event: ModuleEvent, subscriber: Subscriber) -> None:
        """Stop telling a subscriber; one that never listened is no error."""
        if subscriber in self._subscribers[event]:
            self._subscribers[event].remove(subscriber)

    def forget(self, package: str) -> None:
        """Tell nobody in this package any more: it was left out."""
        for event, subscribers in self._subscribers.items():
            self._subscribers[event] = [
                one for one in subscribers if not f"{one.__module__}.".startswith(f"{package}.")
            ]

    def emit(self, event: ModuleEvent, data: ModuleEventData) -> bool:
        """Tell every subscriber, in the order they subscribed; return whether none failed."""
        is_well = True
        for subscriber in list(self._subscribers[event]):
            try:
                if self._hears(subscriber, data):
                    subscriber(data)
            except Exception:
                is_well = False
                name = f"{subscriber.__module__}.{getattr(subscriber, '__qualname__', repr(subscriber))}"
                log.exception("subscriber_failed", extra={"subscriber": name, "module_event": event})
        return is_well

    def emit_enabled(self, module_code: str, platform_id: int, user_id: int | None = None) -> None:
        """Say that a module was switched on."""
        self.emit(ModuleEvent.ENABLED, ModuleEventData(module_code, platform_id, user_id))

    def emit_disabled(self, module_code: str, platform_id: int, user_id: int | None = None) -> None:
        """Say that a module was switched off."""
        self.emit(ModuleEvent.DISABLED, ModuleEventData(module_code, platform_id, user_id))

    def emit_startup(self, module_code: str) -> None:
        """Say that the application starts with this module."""
        self.emit(ModuleEvent.STARTUP, ModuleEventData(module_code))

    def emit_shutdown(self, module_code: str) -> None:
        """Say that the application stops."""
        self.emit(ModuleEvent.SHUTDOWN, ModuleEventData(module_code))

    def emit_config_changed(
        self, module_code: str, platform_id: int, config: dict[str, Any], user_id: int | None = None
    ) -> None:
        """Say that a module's configuration changed."""
        self.emit(ModuleEvent.CONFIG_CHANGED, ModuleEventData(module_code, platform_id, user_id, config))


module_event_bus = ModuleEventBus()

Payload = TypeVar("Payload", bound=BaseModel)
Mode = Literal["in_transaction", "after_commit"]


class Handler(NamedTuple):
    """A module listens to a domain event: `(session, payload)`."""

    event: str
    module_code: str
    function: Callable[[Session, Any], Any]
    mode: Mode

    @property
    def name(self) -> str:
        """The name under which a queued delivery finds the handler again."""
        return f"{self.function.__module__}:{self.function.__qualname__}"


_ATTRIBUTE = "wizamart_listens"
AnyHandler = TypeVar("AnyHandler", bound=Callable[..., Any])


def on(event: str, *, mode: Mode = "after_commit") -> Callable[[AnyHandler], AnyHandler]:
    """Listen to a domain event by its name.

    `in_transaction`: a failure rolls back what caused the event. `after_commit`: delivered through the queue at least
    once, retried with back-off, parked while the listening module is off.
    """

    def mark(handler: AnyHandler) -> AnyHandler:
        setattr(handler, _ATTRIBUTE, (*getattr(handler, _ATTRIBUTE, ()), (event, mode)))
        return handler

    return mark


Dispatcher = Callable[[Session, str, BaseModel, int, int | None], None]
_dispatch: list[Dispatcher] = []


def set_dispatcher(dispatcher: Dispatcher) -> None:
    """Say who delivers domain events; the module manager does, once it has the handlers."""
    _dispatch[:] = [dispatcher]


class DomainEvent(Generic[Payload]):
    """Something that happened in a module, declared in its `events.py`; the payload is a frozen pydantic model."""

    declared: dict[str, "DomainEvent[Any]"] = {}  # noqa: RUF012 - one table for all events of the process

    def __init__(self, name: str, payload: type[Payload]) -> None:
        self.name = name
        self.payload = payload
        DomainEvent.declared[name] = self

    def emit(
        self, session: Session, payload: Payload, *, platform_id: int, vendor_id: int | None = None
    ) -> None:
        """Tell the handlers of modules in effect on this platform, as part of the session's transaction."""
        for dispatcher in _dispatch:
            dispatcher(session, self.name, payload, platform_id, vendor_id)


def handlers_in(module_code: str, namespace: dict[str, Any]) -> list[Handler]:
    """Return the marked functions of a module's `handlers.py`."""
    return [
        Handler(event, module_code, value, mode)
        for value in namespace.values()
        if inspect.isfunction(value)  # a proxy may not be asked outside of a request
        for event, mode in getattr(value, _ATTRIBUTE, ())
    ]
