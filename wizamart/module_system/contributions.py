"""Soft relations: a consumer asks by a hook's name, and only providers whose module is in effect answer.

`contributions.py` of a module registers with `@contributes("core.dashboard_card")`; the consumer documents what a
provider is called with and what it returns. Neither imports the other.
"""

import inspect
import logging
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from typing import Any, NamedTuple, TypeVar

from sqlalchemy.orm import Session

from wizamart.database import contained
from wizamart.module_system.state import ModuleState

log = logging.getLogger(__name__)
Provider = TypeVar("Provider", bound=Callable[..., Any])


class Contribution(NamedTuple):
    """One provider of a hook."""

    module_code: str
    provide: Callable[..., Any]
    order: int


_ATTRIBUTE = "wizamart_contributes"


def contributes(hook: str, *, order: int = 100) -> Callable[[Provider], Provider]:
    """Register a function as provider of a hook; lower `order` comes first."""

    def mark(provider: Provider) -> Provider:
        setattr(provider, _ATTRIBUTE, (*getattr(provider, _ATTRIBUTE, ()), (hook, order)))
        return provider

    return mark


class Contributions:
    """All providers of an application by hook."""

    def __init__(self) -> None:
        self._by_hook: dict[str, list[Contribution]] = {}

    def add_from(self, module_code: str, namespace: dict[str, Any]) -> None:
        """Take the marked functions of a module's `contributions.py`."""
        for value in filter(
            inspect.isfunction, namespace.values()
        ):  # a proxy may not be asked outside of a request
            for hook, order in getattr(value, _ATTRIBUTE, ()):
                providers = self._by_hook.setdefault(hook, [])
                providers.append(Contribution(module_code, value, order))
                providers.sort(key=lambda contribution: (contribution.order, contribution.module_code))

    def providers(self, hook: str, state: ModuleState) -> list[Contribution]:
        """Return the providers of a hook whose module is in effect."""
        return [
            contribution
            for contribution in self._by_hook.get(hook, ())
            if contribution.module_code in state.effective
        ]

    def installed(self, hook: str) -> list[Contribution]:
        """Return all providers of a hook that belongs to no platform, such as the demonstration's."""
        return list(self._by_hook.get(hook, ()))

    def of_module(self, module_code: str) -> list[tuple[str, Contribution]]:
        """Return what a module contributes, by hook."""
        return [
            (hook, contribution)
            for hook, providers in sorted(self._by_hook.items())
            for contribution in providers
            if contribution.module_code == module_code
        ]

    def collect(self, hook: str, state: ModuleState, *args: Any, **kwargs: Any) -> Iterator[tuple[str, Any]]:
        """Yield `(module code, answer)` of each provider; one that raises is logged and left out."""
        session = next((argument for argument in args if isinstance(argument, Session)), None)
        for contribution in self.providers(hook, state):
            try:
                with contained(session) if session is not None else nullcontext():
                    answer = contribution.provide(*args, **kwargs)
                    if inspect.isgenerator(answer):
                        answer = list(answer)  # what fails half-way fails here, and not where it is used
            except Exception:
                log.exception(
                    "contribution_failed", extra={"hook": hook, "module_code": contribution.module_code}
                )
                continue
            if answer is not None:
                yield contribution.module_code, answer
