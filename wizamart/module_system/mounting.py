"""Mounting: a URL map for each set of modules in effect, so a module that is off has no URLs at all."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn

from flask import Blueprint, Flask
from werkzeug.routing import Map, Rule, RuleFactory
from werkzeug.routing.rules import RulePart

from wizamart.module_system.definition import FrontendType

URL_PREFIXES: Final = {
    FrontendType.ADMIN: "/admin",
    FrontendType.VENDOR: "/vendor/<vendor_code>",
    FrontendType.STOREFRONT: "",
    FrontendType.API: "/api/v1",
}
# There are a few hundred of them, named in the code: nothing that a request brings is added.
_STATIC_PARTS: Final[dict[tuple[str, bool, bool], RulePart]] = {}


class SharedRule(Rule):
    """A rule that keeps its first binding, so that many maps share what was compiled once.

    What builds its URLs is compiled when a URL is first built: for some hundred rules that is a third of a start.
    """

    def bind(self, map: Map, rebind: bool = False) -> None:  # noqa: A002 - the name in werkzeug
        """Bind to the application's own map; later maps only use the result."""
        if self.map is None:
            super().bind(map, rebind)

    def compile(self) -> None:
        """Compile the rule; parts of paths without a variable are the same objects in all rules."""
        super().compile()
        self._parts = [
            _STATIC_PARTS.setdefault((part.content, part.final, part.suffixed), part) if part.static else part
            for part in self._parts
        ]

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        """Return a builder that puts the compiled one in its place and goes on with it."""
        return SharedRule._build_unknown_first if append_unknown else SharedRule._build_first

    def _build_first(self, /, **values: Any) -> tuple[str, str]:
        self._build = super()._compile_builder(append_unknown=False).__get__(self, None)
        return self._build(**values)

    def _build_unknown_first(self, /, **values: Any) -> tuple[str, str]:
        self._build_unknown = super()._compile_builder(append_unknown=True).__get__(self, None)
        return self._build_unknown(**values)


class MalformedAddress(ValueError):
    """An address of a view that cannot be read; `endpoint` names the view."""

    def __init__(self, rule: Rule, reason: Exception) -> None:
        super().__init__(f"view {rule.endpoint} has the address {rule.rule!r}: {reason}")
        self.endpoint: str = rule.endpoint


class PatientMap(Map):
    """The application's own map, which reads its rules when it is first asked for them, and not one by one.

    For some hundred rules that is a twentieth of a start, and a process that runs tasks or a command never asks.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._unread: list[Rule] = []
        self._reading = threading.Lock()
        super().__init__(*args, **kwargs)

    def add(self, rulefactory: RuleFactory) -> None:
        """Take rules as they are; a malformed one is refused when they are read."""
        self._unread += rulefactory.get_rules(self)

    def update(self) -> None:
        """Read what was added; werkzeug calls this before it matches, builds or lists.

        :raises MalformedAddress: when one of them cannot be read; it stays unread, and so it is said again.
        """
        if self._unread:
            with self._reading:
                while self._unread:
                    rule = self._unread[0]
                    try:
                        super().add(rule)
                    except (LookupError, ValueError) as error:
                        rule.map = None  # type: ignore[assignment]  # it was not bound, and is tried again
                        raise MalformedAddress(rule, error) from error
                    self._unread.pop(0)
        super().update()


class AppWideHook(TypeError):
    """A module asked for a hook that would run on platforms where it is off."""


class ModuleBlueprint(Blueprint):
    """A module's routes for one frontend; it has no way to register application-wide hooks.

    `feature` is what all its views belong to that do not declare another one.
    """

    def __init__(
        self, module_code: str, frontend: FrontendType, import_name: str, feature: str | None = None
    ) -> None:
        package = module_code.replace("-", "_")
        super().__init__(f"{package}_{frontend}", import_name, url_prefix=URL_PREFIXES[frontend])
        self.module_code = module_code
        self.frontend = frontend
        self.feature = feature

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AppWideHook(f"{self.name} registers an app-wide hook, which would run where the module is off")

    before_app_request = _refuse
    after_app_request = _refuse
    teardown_app_request = _refuse
    app_context_processor = _refuse
    app_errorhandler = _refuse
    app_url_value_preprocessor = _refuse
    app_url_defaults = _refuse
    app_template_filter = _refuse
    app_template_test = _refuse
    app_template_global = _refuse
    add_app_template_filter = _refuse
    add_app_template_test = _refuse
    add_app_template_global = _refuse


def module_blueprint(
    module_code: str, frontend: FrontendType, *, feature: str | None = None
) -> ModuleBlueprint:
    """Return the blueprint of a module's `routes/<frontend>.py`, with the feature that its views belong to."""
    package = module_code.replace("-", "_")
    return ModuleBlueprint(module_code, frontend, f"modules.{package}.routes.{frontend}", feature)


def app_wide_hooks(app: Flask) -> dict[str, int]:
    """Count the application-wide hooks of each kind, to see whether a registration added one."""
    return {
        "before_app_request": len(app.before_request_funcs.get(None, ())),
        "after_app_request": len(app.after_request_funcs.get(None, ())),
        "teardown_app_request": len(app.teardown_request_funcs.get(None, ())),
        "app_context_processor": len(app.template_context_processors.get(None, ())),
        "app_errorhandler": sum(len(handlers) for handlers in app.error_handler_spec[None].values()),
        "app_url_value_preprocessor": len(app.url_value_preprocessors.get(None, ())),
        "app_url_defaults": len(app.url_default_functions.get(None, ())),
    }


class MountedMaps:
    """URL maps by set of blueprints that are mounted, bounded and built at first use."""

    def __init__(self, app: Flask, maximum: int = 128) -> None:
        self._app = app
        self._maximum = maximum
        self._maps: OrderedDict[frozenset[str], Map] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, unmounted: frozenset[str]) -> Map:
        """Return the map of all rules but those of the blueprints named."""
        found = self._maps.get(unmounted)
        if found is not None:
            return found
        with self._lock:
            found = self._maps.get(unmounted)
            if found is None:
                found = self._maps[unmounted] = self._build(unmounted)
                while len(self._maps) > self._maximum:
                    self._maps.popitem(last=False)
        return found

    def _build(self, unmounted: frozenset[str]) -> Map:
        full = self._app.url_map
        built = Map(
            default_subdomain=full.default_subdomain,
            strict_slashes=full.strict_slashes,
            merge_slashes=full.merge_slashes,
            redirect_defaults=full.redirect_defaults,
            converters=full.converters,
            sort_parameters=full.sort_parameters,
            sort_key=full.sort_key,
            host_matching=full.host_matching,
        )
        for rule in self._mounted_rules(unmounted):
            built.add(rule)
        return built

    def _mounted_rules(self, unmounted: frozenset[str]) -> Iterator[Rule]:
        for rule in self._app.url_map.iter_rules():
            blueprint, _, _view = rule.endpoint.rpartition(".")
            if blueprint not in unmounted:
                yield rule
