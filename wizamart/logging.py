"""Structured logs: each record knows its request, platform, user and module, and no secrets."""

import logging
import re
import sys
import time
import uuid
from collections import deque
from collections.abc import Mapping, MutableMapping
from typing import Any, Final

import structlog
from flask import Flask, Response, g, has_request_context, request
from structlog.contextvars import bind_contextvars, clear_contextvars, merge_contextvars
from structlog.typing import EventDict, Processor

from wizamart.config import Settings

REQUEST_ID_HEADER: Final = "X-Request-ID"
SANE_REQUEST_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,128}")
SECRET_KEY: Final = re.compile(
    r"pass(word|wd|phrase)|token|secret|authorization|cookie|api_?key|credential|private_?key|otp|session_?id",
    re.IGNORECASE,
)
SECRET_IN_TEXT: Final = re.compile(
    r"(?i)(bearer\s+|basic\s+|(?:password|token|secret|api_?key)[\"']?\s*[=:]\s*[\"']?|://[^/\s:@]*:)([^\s\"'@&,;]+)"
)
REDACTED: Final = "[redacted]"
LEVELS: Final = {"debug": 10, "info": 20, "warning": 30, "error": 40, "critical": 50}
QUIET_ROUTES: Final = ("/health", "/metrics", "/static")
KEPT_RECORDS: Final = 2_000
DEEPEST: Final = 6

_recent: deque[dict[str, Any]] = deque(maxlen=KEPT_RECORDS)
log = structlog.get_logger(__name__)


def init_app(app: Flask, settings: Settings) -> None:
    """Configure logging for the process and give every request of the application its id and its log line."""
    configure_as(settings)
    app.before_request(_begin_request)
    app.after_request(_end_request)


def configure_as(settings: Settings) -> None:
    """Configure logging for the process as the settings say."""
    as_json = settings.log_format == "json"
    configure(level=settings.log_level, as_json=as_json, with_routine=as_json or settings.is_production)


def configure(*, level: str, as_json: bool, with_routine: bool = True) -> None:
    """Send structlog's and the standard library's records through the same chain, to stderr and to the ring.

    Without routine, what schedules do every minute goes to the ring only: a developer's terminal stays readable.
    """
    chain: list[Processor] = [
        merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _add_user,
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[*chain, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    renderer: Processor = (
        structlog.processors.JSONRenderer(default=str)
        if as_json
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=chain,
        processors=[_remember, structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
    )
    handler = _WizamartHandler(with_routine=with_routine or level == "DEBUG")
    handler.setFormatter(formatter)
    root = logging.getLogger()
    for old in [known for known in root.handlers if isinstance(known, _WizamartHandler)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for noisy in ("rq.worker", "werkzeug"):
        logging.getLogger(noisy).setLevel(max(logging.WARNING, logging.getLevelName(level)))


class _WizamartHandler(logging.StreamHandler[Any]):
    """The one handler of ours; a class of its own so that configuring twice replaces it."""

    def __init__(self, *, with_routine: bool) -> None:
        super().__init__(sys.stderr)
        self._with_routine = with_routine

    def emit(self, record: logging.LogRecord) -> None:
        """Write the record; what is routine is only remembered, which formatting does."""
        if self._with_routine or not _is_routine(record):
            super().emit(record)
        else:
            self.format(record)


def _is_routine(record: logging.LogRecord) -> bool:
    event: Any = record.msg
    if not isinstance(event, Mapping):
        return False
    return event.get("event") == "task_finished" and event.get("outcome") == "succeeded"


def recent_records(
    *,
    request_id: str | None = None,
    module: str | None = None,
    platform: str | None = None,
    level: str | None = None,
    limit: int = 200,
) -> list[dict[str, Any]]:
    """Return this process's latest records, newest first; `level` is the lowest that is wanted."""
    lowest = LEVELS.get(level.lower(), 0) if level else 0
    wanted = {"request_id": request_id, "module": module, "platform": platform}
    filters = {key: value for key, value in wanted.items() if value is not None}
    found: list[dict[str, Any]] = []
    for record in reversed(tuple(_recent)):
        if len(found) >= limit:
            break
        if LEVELS.get(record.get("level", ""), 0) < lowest:
            continue
        if all(record.get(key) == value for key, value in filters.items()):
            found.append(dict(record))
    return found


def clear_recent_records() -> None:
    """Forget what was kept."""
    _recent.clear()


def redact(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replace the values of keys that name secrets, and what looks like one inside a text."""
    return {key: REDACTED if SECRET_KEY.search(str(key)) else scrub(value) for key, value in event.items()}


def scrub(value: Any, depth: int = 0) -> Any:
    """Return the value without secrets, however deep they lie in lists and mappings."""
    if isinstance(value, str):
        return SECRET_IN_TEXT.sub(lambda match: match[1] + REDACTED, value)
    if depth >= DEEPEST:
        return value
    if isinstance(value, Mapping):
        return {
            key: REDACTED if SECRET_KEY.search(str(key)) else scrub(inner, depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [scrub(inner, depth + 1) for inner in value]
    return value


def _remember(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep a copy that holds no object of the program alive, only simple values."""
    _recent.append({key: _plain(value) for key, value in event.items() if not key.startswith("_")})
    return event


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _add_user(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Add who is signed in, if that is known already; logging must never load anybody."""
    if "user_id" not in event and has_request_context():
        user_id = vars(g.get("_login_user") or object).get("id")
        if isinstance(user_id, int):
            event["user_id"] = user_id
    return event


def _begin_request() -> None:
    clear_contextvars()
    given = request.headers.get(REQUEST_ID_HEADER, "")
    g.request_id = given if SANE_REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
    g.request_began = time.perf_counter()
    bind_contextvars(request_id=g.request_id, **_place())


def _place() -> dict[str, str]:
    """Say which platform and module the request is for."""
    place: dict[str, str] = {}
    platform_code = getattr(request.environ.get("wizamart.platform"), "code", None)
    if platform_code:
        place["platform"] = str(platform_code)
    module = module_of_endpoint(request.endpoint)
    if module:
        place["module"] = module
    return place


def module_of_endpoint(endpoint: str | None) -> str | None:
    """Return the code of the module whose blueprint answers: `dev_tools_admin.index` is of `dev-tools`."""
    blueprint, dot, _rest = (endpoint or "").rpartition(".")
    package, separator, frontend = blueprint.rpartition("_")
    if not dot or not separator or frontend not in {"admin", "vendor", "storefront", "api"}:
        return None
    return package.replace("_", "-")


def _end_request(response: Response) -> Response:
    request_id = g.get("request_id")
    if request_id is None:
        return response
    response.headers[REQUEST_ID_HEADER] = request_id
    # The rule, not the path: paths carry reset tokens and the like.
    route = request.url_rule.rule if request.url_rule is not None else None
    level = logging.DEBUG if route and route.startswith(QUIET_ROUTES) else logging.INFO
    log.log(
        level,
        "request",
        method=request.method,
        route=route,
        endpoint=request.endpoint,
        status=response.status_code,
        milliseconds=round((time.perf_counter() - g.request_began) * 1000, 1),
    )
    return response
