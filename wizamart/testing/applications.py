"""Applications that are given out again when their test is done: to make one takes longer than most tests do."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy.engine import Engine
from sqlalchemy.engine.events import ConnectionEvents
from sqlalchemy.pool import Pool
from sqlalchemy.pool.events import PoolEvents

from wizamart.app import Wizamart, create_app, occupy_process
from wizamart.config import Settings
from wizamart.database import WRITING_TWIN, db
from wizamart.module_system.state import StateCache
from wizamart.observability.health import HealthRegistry
from wizamart.observability.metrics import Metrics

KEPT: Final = 4
# What answering requests leaves in an application by itself.
_LEFT_BY_USE: Final = frozenset(
    {"_got_first_request", "test_client_class", "states", "metrics", "cache", "logger", "_routes"}
)


class _MemoryCache(BytecodeCache):
    """Templates compiled once per process: each application would compile them anew."""

    def __init__(self) -> None:
        self._codes: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled from the same source; the bucket itself refuses another."""
        if bucket.key in self._codes:
            bucket.bytecode_from_string(self._codes[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self._codes[bucket.key] = bucket.bytecode_to_string()


_COMPILED: Final = _MemoryCache()


class Applications:
    """Gives out applications: one that was made before where settings are the same and nothing of it has changed."""

    def __init__(self) -> None:
        self._spare: list[tuple[Wizamart, Any]] = []

    @contextmanager
    def lend(self, settings: Settings) -> Iterator[Wizamart]:
        """Yield an application for this block alone; it knows nothing of those who had it before."""
        app, original = self._find(settings) or self._make(settings)
        # From here on Flask refuses what would outlive the test: more views, hooks and filters.
        app._got_first_request = True  # noqa: SLF001 - it has no other way to say so
        yield app
        close(app)
        self._spare = [*self._spare[-KEPT + 1 :], (app, original)]

    def _find(self, settings: Settings) -> tuple[Wizamart, Any] | None:
        for spare in self._spare:
            app, original = spare
            if app.extensions["settings"] == settings:
                self._spare.remove(spare)
                # Looked at now and not when it came back: by now the test has undone what it had patched.
                if _copied(_parts_of(app)) != original:
                    return None
                _renew(app)
                return spare
        return None

    @staticmethod
    def _make(settings: Settings) -> tuple[Wizamart, Any]:
        app = make(settings)
        return app, _copied(_parts_of(app))


def make(settings: Settings) -> Wizamart:
    """Make an application."""
    app = create_app(settings)
    app.jinja_env.bytecode_cache = _COMPILED
    return app


def close(app: Wizamart) -> None:
    """Let go of the database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def _renew(app: Wizamart) -> None:
    """Forget what answering others has left in an application."""
    manager = app.modules
    manager.states = StateCache(manager.registry, blocked=manager.states.blocked)
    metrics = Metrics()
    metrics.take_census = app.extensions["metrics"].take_census
    app.extensions["metrics"] = metrics
    for name in ("health", "readiness"):
        checks: HealthRegistry = app.extensions[name]
        checks._report = None  # noqa: SLF001 - a registry otherwise never forgets its last verdict
    occupy_process(app)


def _parts_of(app: Wizamart) -> list[Mapping[str, Any]]:
    """Return what holds everything that a test could add to an application, or put in place of something."""
    with app.app_context():
        engine = db.engine
    return [
        *(vars(part) for part in (app, app.modules, app.modules.contributions, app.jinja_env)),
        {name: app.extensions[name]._checks for name in ("health", "readiness")},  # noqa: SLF001 - it shows them nowhere
        {"wakers": app.extensions["queue"]._wakers, "rules": list(app.url_map.iter_rules())},  # noqa: SLF001 - same
        *(_listeners_of(one) for one in (engine, engine.pool, engine.__dict__.get(WRITING_TWIN, engine))),
    ]


def _listeners_of(target: Engine | Pool) -> dict[str, Any]:
    kind = ConnectionEvents if isinstance(target, Engine) else PoolEvents
    names = [name for name in vars(kind) if not name.startswith("_") and name != "dispatch"]
    return {name: list(getattr(target.dispatch, name)) for name in names}


def _copied(value: Any) -> Any:
    """Copy what holds others, all the way down, without what is empty; the rest is the same object."""
    kind = type(value)  # a proxy would say the class of what it stands for
    if issubclass(kind, Mapping):
        copies = {key: _copied(part) for key, part in value.items() if key not in _LEFT_BY_USE}
        return {key: copy for key, copy in copies.items() if not issubclass(type(copy), dict | list) or copy}
    if issubclass(kind, list | tuple):
        return [_copied(part) for part in value]
    return set(value) if issubclass(kind, set) else value
